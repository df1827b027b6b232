//! Making avatars anew that have another recipe. The rows of the blobs are the list of jobs, so that
//! whatever was done stays done, and any number of processes share the rest.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bombproof::{Error, Permit, Rect};
use futures_util::future::try_join_all;
use sqlx::{AssertSqlSafe, Row, query};

use crate::args::Regenerate;
use crate::avatars::Blob;
use crate::database::{Database, DatabaseError};
use crate::failure::Failure;
use crate::publish::{Original, discard, stored};
use crate::read::other_sides;
use crate::render::{Admission, off_the_async_threads, render};
use crate::service::{Service, Shared};

#[derive(Default)]
struct Progress {
    done: AtomicU64,
    failed: AtomicU64,
}

pub(crate) async fn run(service: Shared, wish: Regenerate) -> anyhow::Result<ExitCode> {
    let recipe = service.recipe();
    service.database.try_failed_again(&recipe).await?;
    let total = service.database.stale(&recipe).await?;
    println!("{total} avatars to make anew");
    let progress = Progress::default();
    let workers = (0..service.settings.jobs).map(|_| worker(&service, wish, &progress));
    tokio::select! {
        finished = try_join_all(workers) => drop(finished?),
        () = print_forever(&progress, total) => {}
    }
    let (done, failed) = progress.now();
    println!("made {done} avatars anew, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

async fn worker(service: &Service, wish: Regenerate, progress: &Progress) -> Result<(), Failure> {
    let recipe = service.recipe();
    let lease_ms = i64::from(wish.lease_seconds) * 1_000;
    loop {
        let Some(blob) = service.database.lease(&recipe, lease_ms).await? else {
            if service.database.stale(&recipe).await? == 0 {
                return Ok(());
            }
            // The rest is with other workers, who may die.
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        match make_anew(service, &blob).await {
            Ok(()) => {
                progress.done.fetch_add(1, Ordering::Relaxed);
            }
            // With a store or database that is down nothing can go on: the lease runs out by itself.
            Err(failure @ (Failure::Store(_) | Failure::Database(_))) => return Err(failure),
            Err(Failure::Picture(Error::Busy { .. })) => {
                service.database.give_back(&blob, 0).await?;
            }
            Err(failure) => {
                tracing::warn!(hash = blob.hash, error = %failure, "cannot be made anew");
                service.database.give_back(&blob, 1).await?;
                progress.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// From the original where it was kept, else from the largest size that is there.
async fn make_anew(service: &Service, old: &Blob) -> Result<(), Failure> {
    let original = original_of(service, old).await?;
    let (source, crop) = match &original {
        Some((original, crop, _)) => (original.bytes.clone(), *crop),
        None => {
            let sides = other_sides(service, old, u32::MAX).await?;
            let largest = sides.first().ok_or(Failure::NotFound)?;
            (service.store.get(&old.object(*largest)).await?.ok_or(Failure::NotFound)?, None)
        }
    };
    let request = service.request(crop);
    let rendition = render(service, source, request, Admission::Patient).await?;
    loop {
        let original = original.as_ref().map(|(original, ..)| original);
        let new = stored(service, &rendition, original).await?;
        if new == *old || service.database.replace(old, &new).await?.is_some() {
            return Ok(());
        }
        discard(service, &new).await?;
    }
}

type Kept = (Original, Option<Rect>, Permit);

async fn original_of(service: &Service, blob: &Blob) -> Result<Option<Kept>, Failure> {
    for object in service.store.list(Some(&blob.folder())).await? {
        let Some(crop) = Original::crop_of(&object.location) else { continue };
        let permit = room_for(service, object.size).await?;
        if let Some(bytes) = service.store.get(&object.location).await? {
            return Ok(Some((Original::new(bytes, crop), crop, permit)));
        }
    }
    Ok(None)
}

/// An original is charged to the pool as an upload is, but nobody minds if it waits.
async fn room_for(service: &Service, bytes: u64) -> Result<Permit, Failure> {
    let pool = service.pool.clone();
    let time = Duration::from_secs(service.settings.job_seconds.into());
    off_the_async_threads(move || pool.reserve_bytes(bytes, time)).await
}

async fn print_forever(progress: &Progress, total: i64) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (done, failed) = progress.now();
        eprintln!("{done} of {total} done, {failed} failed");
    }
}

impl Progress {
    fn now(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

impl Database {
    async fn try_failed_again(&self, recipe: &str) -> Result<(), DatabaseError> {
        let reset = query("UPDATE blobs SET attempts = 0 WHERE recipe <> $1 AND attempts > 0");
        self.within(reset.bind(recipe).execute(self.pool())).await.map(drop)
    }

    async fn stale(&self, recipe: &str) -> Result<i64, DatabaseError> {
        self.within(async {
            let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM blobs WHERE {STALE}"));
            query(count).bind(recipe).fetch_one(self.pool()).await?.try_get(0)
        })
        .await
    }

    /// Takes one blob for `lease_ms`.
    async fn lease(&self, recipe: &str, lease_ms: i64) -> Result<Option<Blob>, DatabaseError> {
        let lease = AssertSqlSafe(format!(
            "UPDATE blobs SET leased_ms = (SELECT now_ms FROM clock) WHERE id = (\
             SELECT id FROM blobs WHERE {STALE} \
             AND leased_ms <= (SELECT now_ms FROM clock) - $2 \
             ORDER BY id LIMIT 1 {}) RETURNING id, hash",
            self.dialect.skip_locked
        ));
        let lease = query(lease).bind(recipe).bind(lease_ms);
        self.within(async {
            lease.fetch_optional(self.pool()).await?.map(|row| Blob::of(&row)).transpose()
        })
        .await
    }

    async fn give_back(&self, blob: &Blob, failures: i64) -> Result<(), DatabaseError> {
        let back = "UPDATE blobs SET attempts = attempts + $2, leased_ms = 0 WHERE id = $1";
        let back = query(back).bind(blob.id).bind(failures);
        self.within(back.execute(self.pool())).await.map(drop)
    }
}

const STALE: &str = "recipe <> $1 AND attempts < 3 \
    AND EXISTS (SELECT 1 FROM avatars WHERE avatars.blob_id = blobs.id)";
