//! Decoding off the async threads, admitted by the pool, with a deadline, and cancelled when nobody
//! waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use bombproof::{Error, Interrupt, Interrupted, Limits, Plan, Request, Thumbnail, probe};
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
    let limits = service.limits;
    let bytes = upload.clone();
    // Refused before it waits for anything.
    let plan = off_the_async_threads(move || plan(&bytes, &request, &limits)).await?;

    let gone = CancelOnDrop(Arc::new(AtomicBool::new(false)));
    let interrupt = Interrupt::at(deadline).or_when(Arc::clone(&gone.0));
    // First come, first served; and who waits for a core holds no memory but its upload.
    let core = tokio::time::timeout_at(deadline.into(), Arc::clone(&service.cores).acquire_owned())
        .await
        .map_err(|_| Error::Interrupted(Interrupted::Deadline))?
        .map_err(|_| Failure::Died)?;
    let pool = service.pool.clone();
    off_the_async_threads(move || {
        // Core and memory are given back when the job ends, not when its client goes.
        let _core = core;
        let _permit = match admission {
            Admission::FailFast => pool.try_reserve(&plan)?,
            Admission::Patient => pool.reserve(&plan, time)?,
        };
        let (thumbnails, measured) = measure(|| plan.run_all(&upload, &interrupt));
        let cancelled = matches!(thumbnails, Err(Error::Interrupted(Interrupted::Cancelled)));
        metrics::decoded(plan.memory_bytes(), measured.peak_bytes, cancelled);
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
