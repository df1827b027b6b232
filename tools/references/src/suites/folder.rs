//! The files of a folder.

use std::fs;
use std::path::Path;

use crate::decoders::in_words;

/// All files below `root` that start like a JPEG, a PNG or a WebP, by path.
pub(crate) fn pictures(root: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut pictures = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let entry = entry.map_err(in_words)?;
            let path = entry.path();
            let kind = entry.file_type().map_err(in_words)?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path).map_err(in_words)?;
                let inside = path.strip_prefix(root).unwrap_or(&path);
                pictures.push((inside.to_string_lossy().into_owned(), bytes));
            }
        }
    }
    pictures.sort();
    Ok(pictures)
}
