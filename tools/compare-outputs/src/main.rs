//! `compare-outputs CORPUS`: exit 0 when every line of `CORPUS/OUTPUTS.txt` is the same here, and no
//! job takes more memory than its quote.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(corpus) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: compare-outputs CORPUS");
        return ExitCode::FAILURE;
    };
    let record = fs::read_to_string(corpus.join("OUTPUTS.txt")).expect("the record is there");
    let (head, results) = compare_outputs::split(&record);
    let paths = results.lines().filter(|line| !line.starts_with(' '));
    let now: Vec<String> = paths
        .flat_map(|path| {
            let bytes = fs::read(corpus.join(path)).expect("the corpus is complete");
            let lines = compare_outputs::describe(head, path, &bytes);
            lines.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let then: Vec<&str> = results.lines().collect();
    let differing: Vec<_> = now.iter().zip(&then).filter(|(now, then)| now != *then).collect();
    for (now, then) in differing.iter().take(10) {
        println!("{now}\nrecorded: {then}");
    }
    let same = differing.is_empty() && now.len() == then.len();
    let (lines, differing, jobs) = (then.len(), differing.len(), compare_outputs::jobs());
    println!("{lines} lines, {differing} differ, {jobs} jobs within their quotes");
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
