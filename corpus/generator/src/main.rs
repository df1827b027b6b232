//! Writes corpus/, byte for byte the same on every machine. With `--check` it only compares.

mod bombs;
mod case;
mod invalid;
mod manifest;
mod outcome;
mod valid;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use case::Case;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let check = std::env::args().any(|argument| argument == "--check");
    let mut cases: Vec<Case> =
        [valid::cases(), invalid::cases(), bombs::cases()].into_iter().flatten().collect();
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(pair) = cases.windows(2).find(|pair| pair[0].path == pair[1].path) {
        eprintln!("two files have the name {}", pair[0].path);
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

/// Writes all files, and removes those that the generator no longer makes.
fn write(root: &Path, cases: &[Case]) -> io::Result<bool> {
    for folder in FOLDERS {
        fs::create_dir_all(root.join(folder))?;
    }
    for case in cases {
        fs::write(root.join(&case.path), &case.bytes)?;
    }
    for path in unlisted(root, cases)? {
        fs::remove_file(path)?;
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
    for path in unlisted(root, cases)? {
        differs(&path.to_string_lossy());
    }
    let written = fs::read_to_string(root.join("MANIFEST.toml"))?;
    if written.replace("\r\n", "\n") != manifest::to_toml(cases) {
        differs("MANIFEST.toml");
    }
    Ok(same)
}

/// Files in the folders that no case has written.
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

const FOLDERS: [&str; 3] = ["bombs", "invalid", "valid"];
