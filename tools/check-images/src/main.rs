//! Runs every file of a folder of pictures through bombproof and compares the results with other
//! decoders.
//!
//! Usage: `check-images FOLDER [CHECK]...`. Without names, all checks run.

mod checks;
mod job;
mod report;
mod parallel;
mod image_folder;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((folder, names)) = arguments.split_first() else {
        eprintln!("usage: check-images FOLDER [CHECK]...");
        return ExitCode::FAILURE;
    };
    if let Some(name) = names.iter().find(|name| checks::ALL.iter().all(|(known, _)| known != name))
    {
        eprintln!("no check is named {name}");
        return ExitCode::FAILURE;
    }
    let files = match image_folder::read(Path::new(folder)) {
        Ok(files) => files,
        Err(message) => {
            println!("FAIL {message}");
            return ExitCode::FAILURE;
        }
    };
    job::silence_panics();
    println!("{} files", files.len());
    let start = Instant::now();
    let mut rows = Vec::new();
    for (name, check) in checks::ALL {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            let start = Instant::now();
            rows.extend(check(&files));
            println!("{name}: {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    let as_expected =
        report::summarize(&rows, include_str!("../known-gaps.toml"), names.is_empty());
    println!("{:.1} s in all", start.elapsed().as_secs_f64());
    if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
