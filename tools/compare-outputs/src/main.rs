//! `compare-outputs CORPUS [N]`: exit 0 when every line of `CORPUS/OUTPUTS.txt`, or those of every
//! Nth file, are the same here, and no job takes more memory than its quote.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let Some(corpus) = args.next().map(PathBuf::from) else {
        eprintln!("usage: compare-outputs CORPUS [N]");
        return ExitCode::FAILURE;
    };
    let every =
        args.next().map_or(1, |n| n.to_str().and_then(|n| n.parse().ok()).expect("a number"));
    let record = fs::read_to_string(corpus.join("OUTPUTS.txt")).expect("the record is there");
    let (head, results) = compare_outputs::split(&record);
    let (mut now, mut then) = (Vec::new(), Vec::new());
    for (path, lines) in compare_outputs::files(results).step_by(every) {
        let bytes = fs::read(corpus.join(path)).expect("the corpus is complete");
        let described = compare_outputs::describe(head, path, &bytes);
        now.extend(described.lines().map(str::to_owned));
        then.extend(lines);
    }
    let differing: Vec<_> = now.iter().zip(&then).filter(|(now, then)| now != *then).collect();
    for (now, then) in differing.iter().take(10) {
        println!("{now}\nrecorded: {then}");
    }
    let same = differing.is_empty() && now.len() == then.len();
    let (lines, differing, jobs) = (then.len(), differing.len(), compare_outputs::jobs());
    println!("{lines} lines, {differing} differ, {jobs} jobs within their quotes");
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
