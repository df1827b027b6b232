//! Writes corpus/, byte for byte the same on every machine; `--check` only compares.

mod bombs;
mod invalid;
mod manifest;
mod valid;

use bombproof_testkit::{
    bits, exif, icc, jpeg, jpeg_scan, jpeg_tables, pictures, png, vp8, vp8l, vp8l_transforms, webp,
};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use manifest::Case;
use valid::ConcatAll;

const FOLDERS: [&str; 3] = ["bombs", "invalid", "valid"];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let check = std::env::args().any(|argument| argument == "--check");
    let mut cases = [valid::cases(), invalid::cases(), bombs::cases()].concat_all();
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(pair) = cases.windows(2).find(|pair| pair[0].path == pair[1].path) {
        eprintln!("two files are called {}", pair[0].path);
        return ExitCode::FAILURE;
    }
    let outcome = if check { compare(&root, &cases) } else { write(&root, &cases) };
    match outcome {
        Ok(true) => {
            let bytes: usize = cases.iter().map(|case| case.bytes.len()).sum();
            println!("{} files, {bytes} bytes", cases.len());
            ExitCode::SUCCESS
        }
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Rewrites all files, and removes those that are no longer made.
fn write(root: &Path, cases: &[Case]) -> io::Result<bool> {
    for folder in FOLDERS {
        fs::create_dir_all(root.join(folder))?;
    }
    for case in cases {
        fs::write(root.join(&case.path), &case.bytes)?;
    }
    for left_over in unlisted(root, cases)? {
        fs::remove_file(left_over)?;
    }
    fs::write(root.join("MANIFEST.toml"), manifest::to_toml(cases))?;
    Ok(true)
}

/// True when the folder holds exactly these files.
fn compare(root: &Path, cases: &[Case]) -> io::Result<bool> {
    let mut same = true;
    let mut differs = |path: &str| {
        eprintln!("{path} differs");
        same = false;
    };
    for case in cases {
        if fs::read(root.join(&case.path)).ok().as_deref() != Some(&case.bytes) {
            differs(&case.path);
        }
    }
    for left_over in unlisted(root, cases)? {
        differs(&left_over.to_string_lossy());
    }
    let written = fs::read_to_string(root.join("MANIFEST.toml"))?;
    if written.replace("\r\n", "\n") != manifest::to_toml(cases) {
        differs("MANIFEST.toml");
    }
    Ok(same)
}

fn unlisted(root: &Path, cases: &[Case]) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let name = entry?.file_name();
            let relative = format!("{folder}/{}", name.to_string_lossy());
            if !cases.iter().any(|case| case.path == relative) {
                paths.push(root.join(relative));
            }
        }
    }
    Ok(paths)
}
