//! Deletes blobs that no avatar uses any more. Any number of replicas may sweep at the same time.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use ::metrics::counter;
use futures_util::TryStreamExt;

use crate::error::ServiceError;
use crate::state::{AppState, SharedState};
use crate::storage::blob::Blob;
use crate::storage::blob_store::StoreError;

pub(crate) async fn run_periodically(state: SharedState) {
    let interval = Duration::from_secs(state.settings.sweep_seconds.into());
    while !interval.is_zero() {
        tokio::time::sleep(interval).await;
        match sweep(&state).await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "swept"),
            Err(error) => tracing::warn!(%error, "the sweep failed and will be tried again"),
        }
    }
}

pub(crate) async fn run_once(state: &AppState, unknown: bool) -> anyhow::Result<ExitCode> {
    println!("swept {} blobs", sweep(state).await?);
    if unknown {
        println!("deleted {} unknown objects", delete_unknown(state).await?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Deletes the rows first, in one transaction, then the objects. No avatar can be set to a blob
/// without a row. If the process dies in between, the blob is still in `retired_blobs` and a later
/// sweep deletes its objects.
async fn sweep(state: &AppState) -> Result<u64, ServiceError> {
    while state.database.retire_unused_blobs(state.settings.grace_period()).await? > 0 {}
    let mut swept = 0;
    loop {
        let retired = state.database.retired_blobs().await?;
        if retired.is_empty() {
            break;
        }
        for blob in retired {
            state.store.delete_blob(&blob).await?;
            state.database.forget_retired_blob(&blob).await?;
            counter!("swept_blobs_total").increment(1);
            swept += 1;
        }
    }
    Ok(swept)
}

/// Deletes what killed processes left: objects of blobs whose row was swept before they were
/// stored, and temporary files. A row is always older than its objects. So if an object is listed
/// and its row is missing, the row was deleted and never comes back.
async fn delete_unknown(state: &AppState) -> Result<u64, ServiceError> {
    let grace_period = state.settings.grace_period();
    let mut deleted = 0;
    let mut objects = state.store.stream_all();
    while let Some(object) = objects.try_next().await.map_err(StoreError::from)? {
        let modified = SystemTime::from(object.last_modified);
        let is_old =
            SystemTime::now().duration_since(modified).is_ok_and(|age| age >= grace_period);
        let Some(id) = Blob::id_of(&object.location).filter(|_| is_old) else { continue };
        if !state.database.has_blob(id).await? {
            state.store.delete(&object.location).await?;
            deleted += 1;
        }
    }
    // A put that takes longer than this has timed out.
    let older_than = grace_period.max(2 * state.settings.backend_timeout());
    deleted += state.store.delete_temporary_files(older_than).map_err(StoreError::from)?;
    Ok(deleted)
}
