//! Decoding off the async threads, admitted by the pool, with a deadline, and cancelled when nobody
//! waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use bombproof::{Error, Interrupt, Interrupted, Limits, Permit, Plan, Request, Thumbnail, probe};
use sha2::{Digest, Sha256};

use crate::counting_allocator::measure;
use crate::failure::Failure;
use crate::metrics;
use crate::service::Service;

/// All sizes of an avatar.
pub(crate) struct Rendition {
    /// The content of all of them.
    pub(crate) hash: String,
    pub(crate) files: Vec<(u32, Bytes)>,
    pub(crate) plan: Plan,
    pub(crate) measured_bytes: u64,
}

/// How long to wait for room in the pool.
#[derive(Clone, Copy)]
pub(crate) enum Admission {
    /// Not at all: somebody waits, and can come back.
    FailFast,
    /// As long as a job may take: nobody waits.
    Patient,
}

/// Decodes `upload` once and makes every size of `request`.
pub(crate) async fn render(
    service: &Service,
    upload: Bytes,
    request: Request,
    admission: Admission,
) -> Result<Rendition, Failure> {
    let time = Duration::from_secs(service.settings.job_seconds.into());
    let deadline = Instant::now() + time;
    let (pool, limits) = (service.pool.clone(), service.limits);
    let bytes = upload.clone();
    let (plan, permit) = off_the_async_threads(move || {
        let plan = plan(&bytes, &request, &limits)?;
        let patience = match admission {
            Admission::FailFast => Duration::ZERO,
            Admission::Patient => time,
        };
        Ok((plan.clone(), pool.reserve(&plan, patience)?))
    })
    .await?;

    let gone = CancelOnDrop(Arc::new(AtomicBool::new(false)));
    let interrupt = Interrupt::at(deadline).or_when(Arc::clone(&gone.0));
    let core = Arc::clone(&service.decoders).acquire_owned();
    let core = tokio::time::timeout_at(deadline.into(), core)
        .await
        .map_err(|_| Error::Interrupted(Interrupted::Deadline))?
        .map_err(|_| Failure::Died)?;
    off_the_async_threads(move || {
        // Memory and core are given back when the job ends, not when its client goes.
        let _held: (Permit, _) = (permit, core);
        let (thumbnails, measured) = measure(|| plan.run_all(&upload, &interrupt));
        metrics::decoded(plan.memory_bytes(), measured.peak_bytes);
        Ok(Rendition::new(plan, thumbnails?, measured.peak_bytes))
    })
    .await
}

pub(crate) fn plan(bytes: &[u8], request: &Request, limits: &Limits) -> Result<Plan, Error> {
    Plan::new(&probe(bytes)?, request, limits)
}

pub(crate) async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Failure> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Died)??)
}

impl Rendition {
    fn new(plan: Plan, thumbnails: Vec<Thumbnail>, measured_bytes: u64) -> Self {
        let files: Vec<_> = thumbnails
            .into_iter()
            .map(|thumbnail| (thumbnail.size().width, Bytes::from(thumbnail.into_bytes())))
            .collect();
        let mut content = Sha256::new();
        for (side, bytes) in &files {
            content.update(side.to_be_bytes());
            content.update((bytes.len() as u64).to_be_bytes());
            content.update(bytes);
        }
        Self { hash: format!("{:x}", content.finalize()), files, plan, measured_bytes }
    }
}

/// Dropped with the future that waits: the client went away.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
