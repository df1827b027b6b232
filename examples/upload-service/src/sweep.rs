//! Deleting what no avatar needs any more. Any number of replicas may sweep at once.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use ::metrics::counter;

use crate::failure::Failure;
use crate::publish::discard;
use crate::service::{Service, Shared};

pub(crate) async fn forever(service: Shared) {
    let Some(pause) = service.settings.sweep_seconds.checked_sub(1) else { return };
    loop {
        tokio::time::sleep(Duration::from_secs(u64::from(pause) + 1)).await;
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
    // A put that takes longer was given up.
    let given_up = service.settings.grace().max(2 * service.settings.backend_time());
    let half_written = service.store.delete_half_written(given_up);
    tracing::debug!(?half_written);
    Ok(swept)
}

/// Objects of blobs that have no row: an upload was killed after its blob was swept.
async fn delete_unknown(service: &Service) -> Result<u64, Failure> {
    let grace = service.settings.grace();
    let objects = service.store.list(None).await?;
    // Listed after the objects: whatever was announced before it was stored is among them.
    let known: HashSet<String> = service.database.all_ids().await?;
    let mut deleted = 0;
    for object in objects {
        let modified = SystemTime::from(object.last_modified);
        let old = SystemTime::now().duration_since(modified).is_ok_and(|age| age >= grace);
        let id = object.location.parts().nth(1);
        if old && id.is_some_and(|id| !known.contains(id.as_ref())) {
            service.store.delete(&object.location).await?;
            deleted += 1;
        }
    }
    Ok(deleted)
}
