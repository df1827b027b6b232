//! The `main` of a target without a fuzzer: replays files and reports how many passed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

/// Calls `target` with every file that the arguments name, and with all files below folders.
pub fn replay(target: impl Fn(&[u8])) -> ExitCode {
    let mut files = Vec::new();
    for path in env::args_os().skip(1).map(PathBuf::from) {
        if let Err(error) = collect(&path, &mut files) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::from(1);
        }
    }
    let mut failed = 0;
    for file in &files {
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                return ExitCode::from(1);
            }
        };
        if catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_err() {
            eprintln!("failed: {}", file.display());
            failed += 1;
        }
    }
    eprintln!("{} of {} files passed", files.len() - failed, files.len());
    #[cfg(coverage)]
    crate::coverage::print();
    ExitCode::from(u8::from(failed > 0))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.into());
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    entries.iter().try_for_each(|entry| collect(&entry.path(), files))
}
