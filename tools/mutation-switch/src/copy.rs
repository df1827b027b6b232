//! The copy of the crate that is rewritten, built and tested.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::source::Source;

/// The copy, in a folder of its own under `target`.
#[derive(Debug)]
pub(crate) struct Copy {
    /// The crate.
    pub(crate) root: PathBuf,
    /// What is kept from run to run: the build, the reach of the tests, the results.
    pub(crate) folder: PathBuf,
}

impl Copy {
    /// Copies the files that git knows in `root`, without `sources`, which will be rewritten. Those of
    /// the last copy that git no longer knows are removed.
    pub(crate) fn new(root: &Path, folder: &Path, sources: &[Source]) -> Result<Self> {
        let copy = Self { root: folder.join("copy"), folder: folder.to_path_buf() };
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()?;
        let listed = String::from_utf8(listed.stdout)?;
        let files: Vec<&str> =
            listed.split('\0').filter(|path| root.join(path).is_file()).collect();
        if !files.contains(&"Cargo.toml") || !files.contains(&"src/lib.rs") {
            return Err(format!("{} is not the root of a library", root.display()).into());
        }
        copy.remove_others(&copy.root, &files)?;
        for path in files.iter().filter(|path| sources.iter().all(|source| source.path != **path)) {
            copy.write(path, &fs::read(root.join(path))?)?;
        }
        Ok(copy)
    }

    /// Writes a file if it differs, so that cargo builds only what has changed.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.root.join(path);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, bytes)?)
    }

    fn remove_others(&self, folder: &Path, files: &[&str]) -> Result<()> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                self.remove_others(&path, files)?;
            } else if path.strip_prefix(&self.root).is_ok_and(|relative| {
                !files.contains(&relative.to_string_lossy().as_ref())
                    && relative != Path::new("src/mutant.rs")
            }) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// A number that changes with the text.
pub(crate) fn fingerprint(text: &(impl Hash + ?Sized)) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
