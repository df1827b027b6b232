//! The slowest files that the default limits accept: makes each in memory,
//! runs it through probe, plan and run at 256 pixels, and prints the cost.
//!
//! Usage: `worst-files [--write DIR] [WORD]`. With a word, only files whose name contains it. Exit
//! code 1 if an accepted file needs more than three seconds, or more memory than its quote.

mod candidate_file;
mod deflate_writer;
mod jpeg_sequential;
mod jpeg_progressive;
mod jpeg_writer;
mod job;
mod png;
mod vp8;
mod vp8l;
mod webp;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candidate_file::Candidate;
use job::{Outcome, REQUESTS};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut word, mut folder) = (String::new(), None);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            let Some(path) = arguments.next() else {
                eprintln!("--write needs a folder");
                return ExitCode::FAILURE;
            };
            folder = Some(PathBuf::from(path));
        } else {
            word = argument;
        }
    }
    println!(
        "{:34} {:7} {:>10} {:>11} {:>7} {:>11} {:>11}",
        "file", "request", "bytes", "pixels", "seconds", "peak", "quote"
    );
    let mut within_limits = true;
    for candidate in [jpeg_sequential::ALL, jpeg_progressive::ALL, png::ALL, webp::ALL].concat() {
        if candidate.name.contains(&word) {
            within_limits &= show(&candidate, folder.as_deref());
        }
    }
    if within_limits { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Makes and measures one file, and prints its cost. False if it breaks a promise.
fn show(candidate: &Candidate, folder: Option<&Path>) -> bool {
    let file = (candidate.make)();
    if let Some(folder) = folder
        && let Err(error) = std::fs::write(folder.join(candidate.name), &file)
    {
        eprintln!("{}: {error}", candidate.name);
        return false;
    }
    let mut within_limits = true;
    for (name, request) in REQUESTS {
        print!("{:34} {name:7} {:>10} ", candidate.name, file.len());
        match job::best_of_three(&file, request) {
            Outcome::Accepted { pixels, seconds, peak_bytes, quoted_bytes, end } => {
                let end = end.map(|error| format!("  ends: {error}")).unwrap_or_default();
                println!("{pixels:>11} {seconds:>7.2} {peak_bytes:>11} {quoted_bytes:>11}{end}");
                within_limits &= seconds <= MAX_SECONDS && peak_bytes <= quoted_bytes;
            }
            Outcome::Refused { error, seconds } => println!("{seconds:>19.2}  refused: {error}"),
        }
    }
    within_limits
}

/// No file that the default limits accept may need more.
const MAX_SECONDS: f64 = 3.0;
