//! Regenerates avatars in this process. The rows of the blobs are the job queue, so finished jobs stay
//! finished, and any number of processes share the rest.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bombproof::{Error, Permit, Rect};
use futures_util::future::try_join_all;

use crate::args::RegenerateArgs;
use crate::error::ServiceError;
use crate::file_format::FileFormat;
use crate::publish::store_blob;
use crate::render::{WhenPoolIsFull, render, run_blocking};
use crate::state::{AppState, SharedState};
use crate::storage::blob::Blob;
use crate::storage::original::Original;

#[derive(Default)]
struct Progress {
    done: AtomicU64,
    failed: AtomicU64,
}

pub(crate) async fn run(state: SharedState, options: RegenerateArgs) -> anyhow::Result<ExitCode> {
    let recipe = state.recipe();
    state.database.reset_attempts(&recipe).await?;
    let total = state.database.count_outdated(&recipe).await?;
    println!("{total} avatars to regenerate");
    let progress = Progress::default();
    let workers = (0..state.settings.jobs).map(|_| worker(&state, options, &progress));
    tokio::select! {
        finished = try_join_all(workers) => drop(finished?),
        () = print_periodically(&progress, total) => {}
    }
    let (done, failed) = progress.counts();
    println!("regenerated {done} avatars, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

async fn worker(
    state: &AppState,
    options: RegenerateArgs,
    progress: &Progress,
) -> Result<(), ServiceError> {
    let recipe = state.recipe();
    let lease_ms = i64::from(options.lease_seconds) * 1_000;
    loop {
        let Some(blob) = state.database.lease_outdated(&recipe, lease_ms).await? else {
            if state.database.count_outdated(&recipe).await? == 0 {
                return Ok(());
            }
            // Other workers hold leases on the rest. They may die, so look again later.
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        match regenerate(state, &blob).await {
            Ok(()) => {
                progress.done.fetch_add(1, Ordering::Relaxed);
            }
            // Without store or database no worker can continue. The lease expires by itself.
            Err(error @ (ServiceError::Store(_) | ServiceError::Database(_))) => return Err(error),
            Err(ServiceError::Picture(Error::Busy { .. })) => {
                state.database.release_lease(&blob, 0).await?;
            }
            Err(error) => {
                tracing::warn!(hash = blob.hash, %error, "cannot regenerate the avatar");
                state.database.release_lease(&blob, 1).await?;
                progress.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Uses the original if it was kept, else the largest stored JPEG.
async fn regenerate(state: &AppState, old: &Blob) -> Result<(), ServiceError> {
    let original = load_original(state, old).await?;
    let (source, crop) = match &original {
        Some((original, crop, _)) => (original.bytes.clone(), *crop),
        None => {
            let sides = state.store.sides_nearest_to(u32::MAX, old).await?;
            let largest = sides.first().ok_or(ServiceError::NotFound)?;
            let largest = old.object(*largest, FileFormat::Jpeg);
            (state.store.get(&largest).await?.ok_or(ServiceError::NotFound)?, None)
        }
    };
    let requests = state.avatar_requests(crop);
    let rendition = render(state, source, &requests, WhenPoolIsFull::Wait).await?;
    loop {
        let original = original.as_ref().map(|(original, ..)| original);
        let new = store_blob(state, &rendition, original).await?;
        if new == *old || state.database.replace_blob(old, &new).await?.is_some() {
            return Ok(());
        }
        state.store.delete_blob(&new).await?;
    }
}

/// An original, its crop, and the memory that is reserved for it.
type ReservedOriginal = (Original, Option<Rect>, Permit);

async fn load_original(
    state: &AppState,
    blob: &Blob,
) -> Result<Option<ReservedOriginal>, ServiceError> {
    for object in state.store.list(Some(&blob.folder())).await? {
        let Some(crop) = Original::crop_of(&object.location) else { continue };
        let permit = reserve(state, object.size).await?;
        if let Some(bytes) = state.store.get(&object.location).await? {
            return Ok(Some((Original::new(bytes, crop), crop, permit)));
        }
    }
    Ok(None)
}

/// Reserves memory for an original, as for an upload. No client is waiting, so it may wait for the
/// pool.
async fn reserve(state: &AppState, bytes: u64) -> Result<Permit, ServiceError> {
    let pool = state.pool.clone();
    let timeout = state.settings.job_timeout();
    run_blocking(move || pool.reserve_bytes(bytes, timeout)).await
}

async fn print_periodically(progress: &Progress, total: i64) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (done, failed) = progress.counts();
        eprintln!("{done} of {total} done, {failed} failed");
    }
}

impl Progress {
    fn counts(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}
