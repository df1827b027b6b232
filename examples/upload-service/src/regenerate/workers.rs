//! Regenerates avatars in this process. The rows of the blobs are the job queue, so finished jobs stay
//! finished, and any number of processes share the rest.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bombproof::Error;
use futures_util::future::try_join_all;

use super::source::{Source, reserve};
use crate::error::ServiceError;
use crate::publish::store_blob;
use crate::render::{WhenPoolIsFull, render};
use crate::state::{AppState, SharedState};
use crate::storage::blob::Blob;

#[derive(Default)]
struct Progress {
    done: AtomicU64,
    failed: AtomicU64,
}

pub(crate) async fn run(state: SharedState, lease_seconds: u32) -> anyhow::Result<ExitCode> {
    let recipe = state.recipe();
    state.database.reset_attempts(&recipe).await?;
    let total = state.database.count_pending(&recipe).await?;
    println!("{total} avatars to regenerate");
    let progress = Progress::default();
    let workers = (0..state.settings.jobs).map(|_| worker(&state, lease_seconds, &progress));
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
    lease_seconds: u32,
    progress: &Progress,
) -> Result<(), ServiceError> {
    let recipe = state.recipe();
    let lease_ms = i64::from(lease_seconds) * 1_000;
    loop {
        let Some(blob) = state.database.lease_outdated(&recipe, lease_ms).await? else {
            if state.database.count_pending(&recipe).await? == 0 {
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

async fn regenerate(state: &AppState, old: &Blob) -> Result<(), ServiceError> {
    let source = Source::find(state, old).await?.ok_or(ServiceError::NotFound)?;
    let _permit = reserve(state, source.bytes).await?;
    let bytes = state.store.get(&source.path).await?.ok_or(ServiceError::NotFound)?;
    let requests = state.avatar_requests(source.crop());
    let rendition = render(state, bytes.clone(), &requests, WhenPoolIsFull::Wait).await?;
    let original = source.original(bytes);
    loop {
        let new = store_blob(state, &rendition, original.as_ref()).await?;
        if new == *old || state.database.replace_blob(old, &new).await?.is_some() {
            return Ok(());
        }
        state.store.delete_blob(&new).await?;
    }
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
