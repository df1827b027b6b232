//! Makes all sizes of an avatar in all formats: decodes and encodes on blocking threads, within the
//! memory pool and a deadline, and cancels the job when the client disconnects.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use bombproof::{
    Error, Interrupt, Interrupted, Limits, MemoryPool, Placeholder, Plan, Rect, Request, probe,
};
use sha2::{Digest, Sha256};

use crate::error::ServiceError;
use crate::file_format::{self, FileFormat};
use crate::heap_usage::measure_peak;
use crate::metrics::record_decode;
use crate::state::AppState;

/// All sizes of an avatar, in all formats.
pub(crate) struct Rendition {
    /// SHA-256 of the content of all files.
    pub(crate) hash: String,
    pub(crate) files: Vec<RenderedFile>,
    /// The part of the upright upload that the largest size shows.
    pub(crate) source_rect: Rect,
    /// What a page shows while the avatar loads, made of its largest size.
    pub(crate) placeholder: Option<Placeholder>,
    /// That of the last format.
    pub(crate) plan: Plan,
    pub(crate) reserved_bytes: u64,
    pub(crate) measured_bytes: u64,
}

pub(crate) struct RenderedFile {
    pub(crate) side: u32,
    pub(crate) format: FileFormat,
    pub(crate) bytes: Bytes,
}

/// What to do when the memory pool is full.
#[derive(Clone, Copy)]
pub(crate) enum WhenPoolIsFull {
    /// Fail at once: a client is waiting, and can retry.
    Fail,
    /// Wait for up to the time limit of a job: no client is waiting.
    Wait,
}

/// Makes every size of every request. Each request decodes `upload`, one after another, so that the
/// library quotes memory and work of all that is done.
pub(crate) async fn render(
    state: &AppState,
    upload: Bytes,
    requests: &[(FileFormat, Request)],
    when_pool_is_full: WhenPoolIsFull,
) -> Result<Rendition, ServiceError> {
    let timeout = state.settings.job_timeout();
    let deadline = Instant::now() + timeout;
    let limits = state.limits;
    let (bytes, requests) = (upload.clone(), requests.to_vec());
    // A refusal must not wait for a decode slot.
    let plans = run_blocking(move || {
        let plans =
            requests.iter().map(|(format, request)| Ok((*format, plan(&bytes, request, &limits)?)));
        plans.collect::<Result<Vec<_>, Error>>()
    })
    .await?;

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
        let reserved_bytes = bytes_to_reserve(&plans);
        let timeout = match when_pool_is_full {
            WhenPoolIsFull::Fail => Duration::ZERO,
            WhenPoolIsFull::Wait => timeout,
        };
        let _permit = pool.reserve_bytes(reserved_bytes, timeout)?;
        Rendition::make(plans, reserved_bytes, &upload, &interrupt, &pool)
    })
    .await
}

/// The most that is live at any moment: the quote of one format, and the files of those before it.
fn bytes_to_reserve(plans: &[(FileFormat, Plan)]) -> u64 {
    let (mut most, mut held) = (0, 0);
    for (_, plan) in plans {
        most = plan.memory_bytes().saturating_add(held).max(most);
        held += file_format::bytes_to_reserve(plan.output_sizes());
    }
    most
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
    fn make(
        plans: Vec<(FileFormat, Plan)>,
        reserved_bytes: u64,
        upload: &[u8],
        interrupt: &Interrupt,
        pool: &MemoryPool,
    ) -> Result<Self, Error> {
        let mut files: Vec<RenderedFile> = Vec::new();
        let mut source_rect = None;
        let mut placeholder = None;
        let mut measured_bytes = 0;
        for (format, plan) in &plans {
            let held_bytes: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
            let needed_bytes = plan.memory_bytes().saturating_add(held_bytes);
            let missing_bytes = needed_bytes.saturating_sub(reserved_bytes);
            let _permit = (missing_bytes > 0)
                .then(|| pool.reserve_bytes(missing_bytes, Duration::ZERO))
                .transpose()?;
            let (thumbnails, peak_bytes) = measure_peak(|| plan.run_all(upload, interrupt));
            let cancelled = matches!(thumbnails, Err(Error::Interrupted(Interrupted::Cancelled)));
            record_decode(plan.memory_bytes(), peak_bytes, cancelled);
            measured_bytes = measured_bytes.max(held_bytes + peak_bytes);
            for thumbnail in thumbnails? {
                source_rect.get_or_insert(thumbnail.source_rect());
                placeholder = placeholder.or(thumbnail.placeholder());
                let side = thumbnail.size().width;
                let bytes = Bytes::from(thumbnail.into_bytes());
                files.push(RenderedFile { side, format: *format, bytes });
            }
        }
        let missing = || Error::Bug("a rendition without a file");
        let source_rect = source_rect.ok_or_else(missing)?;
        let (_, plan) = plans.into_iter().next_back().ok_or_else(missing)?;
        let hash = hash_of(&files);
        Ok(Self { hash, files, source_rect, placeholder, plan, reserved_bytes, measured_bytes })
    }

    /// The length of a file; 0 if there is none.
    pub(crate) fn bytes_of(&self, side: u32, format: FileFormat) -> usize {
        let file = self.files.iter().find(|file| file.side == side && file.format == format);
        file.map_or(0, |file| file.bytes.len())
    }
}

/// The name of an avatar: SHA-256 of the content of all files, in this order.
pub(crate) fn hash_of(files: &[RenderedFile]) -> String {
    let mut content = Sha256::new();
    for RenderedFile { side, bytes, .. } in files {
        content.update(side.to_be_bytes());
        content.update((bytes.len() as u64).to_be_bytes());
        content.update(bytes);
    }
    format!("{:x}", content.finalize())
}

/// Is dropped together with the future of the request, when the client disconnects.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
