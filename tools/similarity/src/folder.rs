//! The files of a folder.

use std::fs;
use std::path::{Path, PathBuf};

/// The files that lie directly in a folder, by name.
pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    list(folder, false, &mut files)?;
    files.sort();
    Ok(files)
}

/// The files of a folder and of all folders below it, by path.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    list(folder, true, &mut files)?;
    files.sort();
    Ok(files)
}

fn list(folder: &Path, recursive: bool, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let in_words = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(in_words)? {
        let path = entry.map_err(in_words)?.path();
        if !path.is_dir() {
            files.push(path);
        } else if recursive {
            list(&path, recursive, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_entered_only_on_request() {
        let tool = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = tool.join("Cargo.toml");
        let this = tool.join("src/folder.rs");
        let flat = files_in(tool).unwrap();
        assert!(flat.contains(&manifest) && !flat.contains(&this));
        let sources = files_below(&tool.join("src")).unwrap();
        assert!(sources.contains(&this) && sources.is_sorted());
        assert!(files_below(&tool.join("nowhere")).is_err());
    }
}
