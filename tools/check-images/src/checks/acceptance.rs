//! Files that libjpeg-turbo, libpng or libwebp decode in silence must not be refused.
//!
//! The references are the programs `djpeg`, `pngtopnm` and `dwebp`. A reference that prints a warning
//! may have guessed; those files are counted, but do not fail. A refusal by name (`Unsupported`) and
//! one for a limit are deliberate.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use bombproof::{Error, Request};

use crate::image_folder::File;
use crate::job::{Ended, run_with_enough_memory};
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let mut missing = Vec::new();
    for program in &PROGRAMS {
        if program.decode(b"").is_none() {
            missing.push(Row::figure("acceptance", program.name, false, "not installed"));
        }
    }
    let counts = Mutex::new(BTreeMap::new());
    let mut rows = parallel::on_each(files, |file| {
        let Some(program) = PROGRAMS.iter().find(|program| program.is_for(&file.bytes)) else {
            return Vec::new();
        };
        let Some(reference) = program.decode(&file.bytes) else { return Vec::new() };
        let (job, _) = run_with_enough_memory(&file.bytes, &Request::cover(64, 64));
        let reason = match &job.ended {
            Ended::Picture(_) => "accepted".into(),
            Ended::Refused(_) | Ended::Panicked(_) => job.message(),
        };
        *counts.lock().unwrap().entry((program.name, reference, reason)).or_insert(0_usize) += 1;
        let is_deliberate = match &job.ended {
            Ended::Picture(_) => true,
            Ended::Refused(error) => {
                matches!(error, Error::Unsupported(_) | Error::OverLimit { .. })
            }
            Ended::Panicked(_) => false,
        };
        let held = reference != Reference::Silent || is_deliberate;
        let text = || format!("{} decodes it in silence; {}", program.name, job.message());
        vec![Row::quiet("acceptance", &file.path, held, text)]
    });
    print_counts(&counts.into_inner().unwrap());
    rows.extend(missing);
    rows
}

/// What the reference does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reference {
    /// Decodes it and prints nothing.
    Silent,
    /// Decodes it and prints a warning.
    Warns,
    Refuses,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Silent => "silent",
            Self::Warns => "warns",
            Self::Refuses => "refuses",
        })
    }
}

/// A program that decodes a format from standard input to standard output.
struct Program {
    name: &'static str,
    arguments: &'static [&'static str],
    /// True for the first bytes of its format.
    matches: fn(&[u8]) -> bool,
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "djpeg",
        arguments: &["-pnm"],
        matches: |bytes| bytes.starts_with(b"\xFF\xD8\xFF"),
    },
    Program {
        name: "pngtopnm",
        arguments: &[],
        matches: |bytes| bytes.starts_with(b"\x89PNG\r\n\x1A\n"),
    },
    Program {
        name: "dwebp",
        arguments: &["-quiet", "-pam", "-o", "-", "--", "-"],
        matches: |bytes| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
    },
];

impl Program {
    fn is_for(&self, bytes: &[u8]) -> bool {
        (self.matches)(bytes)
    }

    /// `None` if the program is not installed.
    fn decode(&self, bytes: &[u8]) -> Option<Reference> {
        let mut child = Command::new(self.name)
            .args(self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut stdin = child.stdin.take()?;
        let bytes = bytes.to_vec();
        // A program that refuses a file may not read all of it.
        let writer = thread::spawn(move || stdin.write_all(&bytes).is_ok());
        let output = child.wait_with_output().ok()?;
        let _ = writer.join();
        Some(match (output.status.success(), output.stderr.is_empty()) {
            (true, true) => Reference::Silent,
            (true, false) => Reference::Warns,
            (false, _) => Reference::Refuses,
        })
    }
}

/// Prints how many files each program decodes, and what becomes of them here.
fn print_counts(counts: &BTreeMap<(&str, Reference, String), usize>) {
    println!("\n{:<10} {:<8} {:>6}  outcome here", "program", "there", "files");
    for ((program, reference, reason), count) in counts {
        if *reference != Reference::Refuses {
            println!("{program:<10} {reference:<8} {count:>6}  {reason}");
        }
    }
    for program in &PROGRAMS {
        let (mut accepted, mut all) = (0, 0);
        for ((name, reference, reason), count) in counts {
            if *name == program.name && *reference == Reference::Silent {
                all += count;
                accepted += if reason == "accepted" { *count } else { 0 };
            }
        }
        println!("{accepted} of the {all} files that {} decodes in silence", program.name);
    }
    println!();
}
