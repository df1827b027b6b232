//! The files of rows, as `bulk_avatars/rows.py` leaves them: one a part, or, of a part that is not
//! complete, a folder of batches.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// The files at `place`, which is one of them or their folder.
pub(super) fn find(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let parts = entries(place)?;
    let mut files: BTreeSet<_> = parts.iter().filter(|part| is_parquet(part)).cloned().collect();
    for folder in parts.iter().filter(|part| part.is_dir()) {
        // The file of a complete part has all rows of its folder.
        let mut complete = folder.clone().into_os_string();
        complete.push(".parquet");
        if !files.contains(Path::new(&complete)) {
            files.extend(entries(folder)?.into_iter().filter(|batch| is_parquet(batch)));
        }
    }
    ensure!(!files.is_empty(), "{}: no Parquet files in this folder", place.display());
    Ok(files.into_iter().collect())
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()
    });
    entries.with_context(|| folder.display().to_string())
}

fn is_parquet(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "parquet")
}
