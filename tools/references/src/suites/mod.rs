//! Folders of pictures, most of them test suites of other decoders: what each file becomes here and in
//! the reference of its format, as a page of Markdown on standard output.

mod compare;
mod folder;
mod reasons;

use std::collections::BTreeMap;
use std::path::Path;

pub(crate) use compare::rgba;
use compare::{Outcome, THERE, compare};
use reasons::reason;

/// Fails if a difference has no known reason.
pub(crate) fn check(folders: &[&str]) -> Result<(), String> {
    std::panic::set_hook(Box::new(|_| {}));
    let mut rows = BTreeMap::<(String, &str), Counts>::new();
    let mut differences = BTreeMap::<Difference, Vec<String>>::new();
    let mut unexplained = 0;
    for folder in folders {
        let suite = Path::new(folder).file_name().and_then(|name| name.to_str()).unwrap_or(folder);
        for (path, bytes) in folder::pictures(Path::new(folder))? {
            let Some((format, outcome)) = compare(&bytes) else { continue };
            let counts = rows.entry((suite.to_owned(), format)).or_default();
            counts.files += 1;
            let (kind, details) = match outcome {
                Outcome::SamePicture => {
                    counts.same += 1;
                    continue;
                }
                Outcome::BothRefuse => {
                    counts.both_refuse += 1;
                    continue;
                }
                Outcome::Differs(kind, details) => (kind, details),
            };
            counts.differ += 1;
            let details = without_numbers(&details);
            let why = reason(kind, &details);
            unexplained += usize::from(why.is_none());
            let why = why.unwrap_or("UNEXPLAINED");
            let (here, _) = details.split_once(THERE).unwrap_or((&details, ""));
            let details = here.to_owned();
            let difference = Difference { format, kind, details, why };
            differences.entry(difference).or_default().push(format!("{suite}/{path}"));
        }
    }
    print(&rows, &differences);
    match unexplained {
        _ if rows.is_empty() => Err("no pictures".into()),
        0 => Ok(()),
        count => Err(format!("{count} files differ without a known reason")),
    }
}

#[derive(Default)]
struct Counts {
    files: usize,
    same: usize,
    both_refuse: usize,
    differ: usize,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    format: &'static str,
    kind: &'static str,
    details: String,
    why: &'static str,
}

fn print(rows: &BTreeMap<(String, &str), Counts>, differences: &BTreeMap<Difference, Vec<String>>) {
    println!("{INTRODUCTION}");
    println!("| suite | format | files | same picture | both refuse | differ |");
    println!("|---|---|---|---|---|---|");
    for ((suite, format), Counts { files, same, both_refuse, differ }) in rows {
        println!("| {suite} | {format} | {files} | {same} | {both_refuse} | {differ} |");
    }
    let sum = |field: fn(&Counts) -> usize| rows.values().map(field).sum::<usize>();
    println!(
        "| all | | {} | {} | {} | {} |",
        sum(|counts| counts.files),
        sum(|counts| counts.same),
        sum(|counts| counts.both_refuse),
        sum(|counts| counts.differ)
    );
    println!("\n| format | difference | message | why | files |");
    println!("|---|---|---|---|---|");
    for (Difference { format, kind, details, why }, files) in differences {
        let more = files.len().saturating_sub(NAMED_FILES);
        let mut names = files[..files.len() - more].join("`, `");
        if more > 0 {
            names.push_str(&format!("` and {more} more `"));
        }
        println!("| {format} | {kind} | {details} | {why} | {}: `{names}` |", files.len());
    }
}

/// Messages that differ by a number are counted together.
fn without_numbers(details: &str) -> String {
    let mut messages: Vec<String> = Vec::new();
    for message in details.split("; ") {
        let mut text = String::new();
        for character in message.chars() {
            match character {
                '0'..='9' if text.ends_with('N') => {}
                '0'..='9' => text.push('N'),
                '\n' | '|' => text.push(' '),
                character => text.push(character),
            }
        }
        if !messages.contains(&text) {
            messages.push(text);
        }
    }
    messages.join("; ")
}

const INTRODUCTION: &str = "\
# Test suites of other decoders

Written by `scripts/check-suites DIR...`. Each file is compared with libjpeg-turbo, libpng or libwebp.
The same picture means: JPEG has the same coefficients, samples that differ by 1 at most, and colours of
the same model; PNG has the same pixels, tRNS included; WebP has the same samples, and of an animation the
first frame is compared. The numbers in messages are left out.
";

/// The most files that a row names.
const NAMED_FILES: usize = 3;
