//! `--export`: writes the manifest of all outdated blobs.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::manifest::{Entry, Manifest};
use crate::crop::format_crop;
use crate::error::ServiceError;
use crate::regenerate::source::Source;
use crate::state::AppState;
use crate::storage::blob::Blob;

/// Reads the database page by page, so that neither blobs nor keys are all in memory. What becomes
/// outdated meanwhile may be missing, and what is replaced meanwhile may be there: the import checks.
pub(crate) async fn run(
    state: &AppState,
    place: &Path,
    part_keys: u32,
) -> anyhow::Result<ExitCode> {
    let recipe = state.recipe();
    let total = state.database.count_outdated(&recipe).await?;
    println!("{total} avatars to regenerate");
    let mut manifest = Manifest::create(place, &recipe, part_keys)?;
    ensure!(
        manifest.is_folder() || total <= i64::from(part_keys),
        "{}: more than {part_keys} keys need a folder of parts, whose name has no extension",
        place.display()
    );
    let (mut keys, mut without_source) = (0_u64, 0_u64);
    let mut printed = Instant::now();
    let mut after = 0;
    loop {
        let blobs = state.database.outdated_blobs(&recipe, after, PAGE).await?;
        let Some(last) = blobs.last() else { break };
        after = last.id;
        let found = stream::iter(&blobs).map(|blob| find(state, blob, &recipe));
        for found in found.buffered(CONCURRENT_LISTS).try_collect::<Vec<_>>().await? {
            match found {
                Found::Source(entry) => {
                    manifest.add(entry)?;
                    keys += 1;
                }
                Found::NoSource => without_source += 1,
                Found::NotOutdated => {}
            }
        }
        if printed.elapsed() > Duration::from_secs(1) {
            eprintln!("{keys} of {total} keys, {without_source} without a source");
            printed = Instant::now();
        }
    }
    let parts = manifest.finish()?;
    println!("exported {keys} keys in {parts} parts, {without_source} avatars without a source");
    Ok(if without_source == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

enum Found {
    Source(Entry),
    NoSource,
    /// It was replaced, and perhaps swept, since the page was read.
    NotOutdated,
}

async fn find(state: &AppState, blob: &Blob, recipe: &str) -> Result<Found, ServiceError> {
    if let Some(source) = Source::find(state, blob).await? {
        let crop = source.crop().map(format_crop);
        return Ok(Found::Source(Entry { key: source.path.to_string(), crop }));
    }
    if !state.database.is_outdated(blob, recipe).await? {
        return Ok(Found::NotOutdated);
    }
    tracing::warn!(hash = blob.hash, id = blob.id, "the store has no source of the avatar");
    Ok(Found::NoSource)
}

const PAGE: i64 = 1_000;
const CONCURRENT_LISTS: usize = 16;
