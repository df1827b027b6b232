//! Deleting what no avatar needs any more. Any number of replicas may sweep at once.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use ::metrics::counter;
use futures_util::TryStreamExt;

use crate::avatars::Blob;
use crate::failure::Failure;
use crate::publish::discard;
use crate::service::{Service, Shared};
use crate::store::StoreError;

pub(crate) async fn forever(service: Shared) {
    let pause = Duration::from_secs(service.settings.sweep_seconds.into());
    while !pause.is_zero() {
        tokio::time::sleep(pause).await;
        match sweep(&service).await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "swept"),
            Err(error) => tracing::warn!(%error, "the sweep stopped, and will go on"),
        }
    }
}

pub(crate) async fn once(service: &Service, unknown: bool) -> anyhow::Result<ExitCode> {
    println!("swept {} blobs", sweep(service).await?);
    if unknown {
        println!("deleted {} unknown objects", delete_unknown(service).await?);
    }
    Ok(ExitCode::SUCCESS)
}

/// First the rows go, in one transaction, then the objects: a blob that was swept is never pointed
/// to again, and who dies in between leaves its name in `doomed`.
async fn sweep(service: &Service) -> Result<u64, Failure> {
    while service.database.doom(service.settings.grace()).await? > 0 {}
    let mut swept = 0;
    loop {
        let doomed = service.database.doomed().await?;
        if doomed.is_empty() {
            break;
        }
        for blob in doomed {
            discard(service, &blob).await?;
            service.database.forget(&blob).await?;
            counter!("swept_blobs_total").increment(1);
            swept += 1;
        }
    }
    Ok(swept)
}

/// What killed processes left: objects of blobs whose row was swept before they were stored, and
/// files that were half written. A row is older than its objects, so that a row that is not there
/// any more when its object is listed never comes back.
async fn delete_unknown(service: &Service) -> Result<u64, Failure> {
    let grace = service.settings.grace();
    let mut deleted = 0;
    let mut objects = service.store.stream();
    while let Some(object) = objects.try_next().await.map_err(StoreError::from)? {
        let modified = SystemTime::from(object.last_modified);
        let old = SystemTime::now().duration_since(modified).is_ok_and(|age| age >= grace);
        let Some(id) = Blob::id_of(&object.location).filter(|_| old) else { continue };
        if !service.database.knows(id).await? {
            service.store.delete(&object.location).await?;
            deleted += 1;
        }
    }
    // A put that takes longer was given up.
    let given_up = grace.max(2 * service.settings.backend_time());
    deleted += service.store.delete_half_written(given_up).map_err(StoreError::from)?;
    Ok(deleted)
}
