//! Makes all sizes of an avatar: decodes and encodes on blocking threads, within the memory pool
//! and a deadline, and cancels the job when the client disconnects.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::body::Bytes;
use bombproof::{
    Error, Interrupt, Interrupted, Limits, Placeholder, Plan, Request, Thumbnail, probe,
};
use sha2::{Digest, Sha256};

use crate::error::ServiceError;
use crate::heap_usage::measure_peak;
use crate::metrics::record_decode;
use crate::state::AppState;

/// All sizes of an avatar.
pub(crate) struct Rendition {
    /// SHA-256 of the content of all sizes.
    pub(crate) hash: String,
    /// The side of each size, and its JPEG file.
    pub(crate) files: Vec<(u32, Bytes)>,
    /// What a page shows while the avatar loads, made of its largest size.
    pub(crate) placeholder: Option<Placeholder>,
    pub(crate) plan: Plan,
    pub(crate) measured_bytes: u64,
}

/// What to do when the memory pool is full.
#[derive(Clone, Copy)]
pub(crate) enum WhenPoolIsFull {
    /// Fail at once: a client is waiting, and can retry.
    Fail,
    /// Wait for up to the time limit of a job: no client is waiting.
    Wait,
}

/// Decodes `upload` once and makes every size of `request`.
pub(crate) async fn render(
    state: &AppState,
    upload: Bytes,
    request: Request,
    when_pool_is_full: WhenPoolIsFull,
) -> Result<Rendition, ServiceError> {
    let timeout = state.settings.job_timeout();
    let deadline = Instant::now() + timeout;
    let limits = state.limits;
    let bytes = upload.clone();
    // A refusal must not wait for a decode slot.
    let plan = run_blocking(move || plan(&bytes, &request, &limits)).await?;

    let disconnected = CancelOnDrop(Arc::new(AtomicBool::new(false)));
    let interrupt = Interrupt::at(deadline).or_when(Arc::clone(&disconnected.0));
    // Slots are granted first come, first served. A job that waits for one reserves no memory
    // except for its upload.
    let slots = Arc::clone(&state.decode_slots);
    let slot = tokio::time::timeout_at(deadline.into(), slots.acquire_owned())
        .await
        .map_err(|_| Error::Interrupted(Interrupted::Deadline))?
        .map_err(|_| ServiceError::JobPanicked)?;
    let pool = state.pool.clone();
    run_blocking(move || {
        // Slot and memory are released when the job ends, not when the client disconnects.
        let _slot = slot;
        let _permit = match when_pool_is_full {
            WhenPoolIsFull::Fail => pool.try_reserve(&plan)?,
            WhenPoolIsFull::Wait => pool.reserve(&plan, timeout)?,
        };
        let (thumbnails, peak_bytes) = measure_peak(|| plan.run_all(&upload, &interrupt));
        let cancelled = matches!(thumbnails, Err(Error::Interrupted(Interrupted::Cancelled)));
        record_decode(plan.memory_bytes(), peak_bytes, cancelled);
        Ok(Rendition::new(plan, thumbnails?, peak_bytes))
    })
    .await
}

pub(crate) fn plan(bytes: &[u8], request: &Request, limits: &Limits) -> Result<Plan, Error> {
    Plan::new(&probe(bytes)?, request, limits)
}

/// Runs `work` on a thread that may block.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, ServiceError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_| ServiceError::JobPanicked)??)
}

impl Rendition {
    fn new(plan: Plan, thumbnails: Vec<Thumbnail>, measured_bytes: u64) -> Self {
        let placeholder = thumbnails.first().and_then(Thumbnail::placeholder);
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
        Self { hash: format!("{:x}", content.finalize()), files, placeholder, plan, measured_bytes }
    }
}

/// Is dropped together with the future of the request, when the client disconnects.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
