//! Compares what bombproof decodes with libjpeg-turbo, libpng and libwebp.
//!
//! `references generated`: the files of the test kit that every decoder must agree on.
//! `references suites DIR...`: any folders of pictures, with a table of the differences.

mod decoders;
mod generated;
mod suites;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["generated"] => generated::check(),
        ["suites", ref folders @ ..] if !folders.is_empty() => suites::check(folders),
        _ => Err("usage: references generated | references suites DIR...".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
