//! The slowest files, and what the plan says of each before it runs: makes each in memory, runs it
//! through probe, plan and run, and compares time and memory with the quotes.
//!
//! Usage: `worst-files [WORD]`: only files whose name contains the word.
//! `worst-files --write DIR`: writes the files instead of measuring them.
//! `worst-files --photos FILE...`: measures these files, as photographs.
//! `worst-files --outputs`: measures the encoders, on small pictures that are slow to encode.
//!
//! Exit code 1 if a job takes longer or more memory than quoted, if the quote of work is three times
//! as much as the job takes (eight times for a photograph), or if a file that the default limits
//! accept takes more than three seconds.

mod candidate_file;
mod deflate_writer;
mod job;
mod outputs;
mod jpeg_progressive;
mod jpeg_sequential;
mod jpeg_writer;
mod png;
mod vp8;
mod vp8l;
mod webp;

use std::path::Path;
use std::process::ExitCode;

use bombproof::{Request, Size};

use job::{Outcome, REQUESTS};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let candidates = [jpeg_sequential::ALL, jpeg_progressive::ALL, png::ALL, webp::ALL].concat();
    let holds = match arguments[..] {
        ["--write", folder] => candidates.iter().all(|candidate| {
            write(&Path::new(folder).join(candidate.name), &(candidate.make)()).is_some()
        }),
        ["--photos", ref files @ ..] => {
            print_heading();
            let holds = files.iter().map(|file| {
                let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
                read(file).is_some_and(|bytes| show(&name, &bytes, 8.0))
            });
            holds.fold(true, |all, holds| all & holds)
        }
        ["--outputs"] => {
            print_heading();
            outputs::PICTURES.iter().fold(true, |holds, (name, make)| {
                let file = make();
                outputs::REQUESTS.iter().fold(holds, |holds, (request, to_output)| {
                    let request_for = |_: Size| to_output(Request::full_size());
                    show_run(name, request, &file, &request_for, f64::INFINITY) & holds
                })
            })
        }
        [] | [_] => {
            print_heading();
            let word = arguments.first().unwrap_or(&"");
            let chosen = candidates.iter().filter(|candidate| candidate.name.contains(word));
            let holds = chosen.map(|candidate| show(candidate.name, &(candidate.make)(), 3.0));
            holds.fold(true, |all, holds| all & holds)
        }
        _ => {
            eprintln!("usage: worst-files [WORD | --write DIR | --photos FILE... | --outputs]");
            false
        }
    };
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn write(path: &Path, bytes: &[u8]) -> Option<()> {
    std::fs::write(path, bytes).inspect_err(|error| eprintln!("{}: {error}", path.display())).ok()
}

fn read(path: &str) -> Option<Vec<u8>> {
    std::fs::read(path).inspect_err(|error| eprintln!("{path}: {error}")).ok()
}

fn print_heading() {
    println!(
        "{:38} {:16} {:>9} {:>10} {:>8} {:>8} {:>5} {:>9} {:>9}",
        "file", "request", "bytes", "pixels", "seconds", "quoted", "ratio", "peak", "quoted"
    );
}

/// Measures one file, and prints what it takes. False if a promise is broken.
fn show(name: &str, file: &[u8], max_ratio: f64) -> bool {
    REQUESTS.iter().fold(true, |holds, (request, request_for)| {
        let request_for = |size| request_for(size).jpeg(80);
        show_run(name, request, file, &request_for, max_ratio) & holds
    })
}

/// The same for one request.
fn show_run(
    name: &str,
    request: &str,
    file: &[u8],
    request_for: &dyn Fn(Size) -> Request,
    max_ratio: f64,
) -> bool {
    print!("{name:38} {request:16} {:>9} ", file.len());
    let run = match job::fastest_run(file, request_for) {
        Outcome::Run(run) => run,
        Outcome::Refused(error) => {
            println!("refused: {error}");
            return true;
        }
    };
    let ratio = run.quoted_seconds / run.seconds;
    print!(
        "{:>10} {:>8.4} {:>8.4} {ratio:>5.2} {:>9} {:>9}",
        run.pixels, run.seconds, run.quoted_seconds, run.peak_bytes, run.quoted_bytes
    );
    let is_accepted = run.quoted_seconds <= job::default_max_seconds();
    if !is_accepted {
        print!("  refused by default");
    }
    let is_right = (1.0..max_ratio).contains(&ratio)
        && run.peak_bytes <= run.quoted_bytes
        && !(is_accepted && run.seconds > MAX_SECONDS);
    if !is_right {
        print!("  WRONG");
    }
    println!("{}", run.end.map(|end| format!("  ends: {end}")).unwrap_or_default());
    is_right
}

/// No file that the default limits accept may take longer.
const MAX_SECONDS: f64 = 3.0;
