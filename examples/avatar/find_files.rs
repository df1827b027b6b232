//! Finds the input files: paths of files as given, and the files in folders, sorted by name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files behind the paths of the command line.
#[derive(Debug, Default)]
pub(crate) struct FoundFiles {
    /// The files in folders, and every other path as given, whether it exists or not.
    pub(crate) files: Vec<PathBuf>,
    /// Folders that cannot be read.
    pub(crate) failures: Vec<(PathBuf, io::Error)>,
}

/// All files of `paths`. The folder `except` inside one of them is skipped.
pub(crate) fn find_files(paths: &[PathBuf], except: Option<&Path>) -> FoundFiles {
    let except = except.and_then(|folder| fs::canonicalize(folder).ok());
    let mut found = FoundFiles::default();
    for path in paths {
        if path.is_dir() {
            walk(path, except.as_deref(), &mut found);
        } else {
            found.files.push(path.clone());
        }
    }
    found
}

/// Adds the files below `folder`. Links to files are followed. Links to folders are not, because
/// they may form a cycle. Pipes and devices are skipped.
fn walk(folder: &Path, except: Option<&Path>, found: &mut FoundFiles) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.failures.push((folder.to_owned(), error)),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let is_excepted = except.is_some() && fs::canonicalize(&path).ok().as_deref() == except;
            if !is_excepted {
                walk(&path, except, found);
            }
        } else if path.is_file() {
            found.files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sorted_by_name_within_each_folder() {
        let root = std::env::temp_dir().join(format!("avatar-folders-{}", std::process::id()));
        for file in ["b/2", "b/1", "a/z/3", "out/4", "c"] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let paths = [root.join("missing"), root.clone()];
        let found = find_files(&paths, Some(&root.join("out")));
        let expected = ["missing", "a/z/3", "b/1", "b/2", "c"].map(|file| root.join(file));
        assert_eq!(found.files, expected);
        assert!(found.failures.is_empty());
        fs::remove_dir_all(&root).unwrap();
    }
}
