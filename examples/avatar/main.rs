//! Makes avatars from the command line, and prints the memory that the plan quoted beside the
//! memory that the job really used.
//!
//! ```text
//! cargo run --release --example avatar -- photo.jpg avatar.jpg
//! cargo run --release --example avatar -- --out-dir avatars --jobs 2 --json uploads/
//! ```
//!
//! With `--json` it prints one object per input. A refused or failed input has the field `error`,
//! the [`bombproof::ErrorReport`]: `kind`, `limit`, `found`, `allowed`, `message`, `user_message`,
//! `http_status`, and `retryable`, which is true when the same input may succeed later.
//!
//! The exit status is 0 when every input succeeded, 2 when an input was refused, and 1 for wrong
//! usage or failed I/O.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use bombproof::MemoryPool;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

mod args;
mod find_files;
mod heap_usage;
mod job;
mod output_paths;
mod report;
mod value_parsers;

use args::{Args, Paths};
use find_files::FoundFiles;
use job::{Failure, Job, Outcome, Settings, Usage};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // clap returns --help and --version as errors too.
            let status = if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            return error.print().map_or(ExitCode::FAILURE, |()| status);
        }
    };
    match run(&args) {
        Ok(worst) => worst.exit_code(),
        Err(message) => {
            eprintln!("avatar: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Finds the inputs, chooses the output paths, runs the jobs and prints the outcome of each.
fn run(args: &Args) -> Result<WorstOutcome, String> {
    let (jobs, unreadable) = jobs(args)?;
    let settings = Settings {
        request: args.request(),
        limits: args.limits(),
        timeout: args.timeout(),
        pool: MemoryPool::new(args.pool_bytes()),
    };
    let bar = progress_bar(args, jobs.len());
    let mut worst = WorstOutcome::Success;
    let mut print = |outcome: Outcome| {
        worst = worst.max(WorstOutcome::of(&outcome));
        bar.suspend(|| print(&outcome, args.json))?;
        bar.inc(1);
        Ok(())
    };
    unreadable
        .into_iter()
        .try_for_each(&mut print)
        .and_then(|()| job::run_all(jobs, &settings, args.jobs, &mut print))
        .map_err(|error| format!("cannot print: {error}"))?;
    bar.finish_and_clear();
    Ok(worst)
}

/// The jobs for the paths of the command line, and an outcome for each folder that cannot be read.
fn jobs(args: &Args) -> Result<(Vec<Job>, Vec<Outcome>), String> {
    let paths = match args.paths()? {
        Paths::One { input, output } => {
            if input.is_dir() {
                return Err(format!("{} is a folder: use --out-dir", input.display()));
            }
            if output_paths::is_same_file(input, output) {
                return Err(format!("{} would overwrite its input", output.display()));
            }
            let job = Job { input: input.to_owned(), output: Some(output.to_owned()) };
            return Ok((Vec::from([job]), Vec::new()));
        }
        Paths::Many(paths) => paths,
    };
    let FoundFiles { files, failures } = find_files::find_files(paths, args.out_dir.as_deref());
    let outputs: Vec<_> = match &args.out_dir {
        Some(out_dir) if !args.probe => {
            fs::create_dir_all(out_dir)
                .map_err(|error| format!("cannot create {}: {error}", out_dir.display()))?;
            let outputs =
                output_paths::output_paths(&files, out_dir, args.output_format().extension());
            outputs.into_iter().map(Some).collect()
        }
        _ => files.iter().map(|_| None).collect(),
    };
    let jobs = files.into_iter().zip(outputs).map(|(input, output)| Job { input, output });
    let unreadable = failures.into_iter().map(|(input, error)| Outcome {
        input,
        result: Err(Failure::Read(error)),
        usage: Usage::default(),
    });
    Ok((jobs.collect(), unreadable.collect()))
}

fn progress_bar(args: &Args, jobs: usize) -> ProgressBar {
    if args.json || jobs < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} [{elapsed} of {duration}]");
    ProgressBar::new(jobs as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Prints successes to stdout and failures to stderr. JSON always goes to stdout.
fn print(outcome: &Outcome, as_json: bool) -> io::Result<()> {
    if as_json {
        writeln!(io::stdout(), "{}", report::json(outcome)?)
    } else if outcome.result.is_ok() {
        writeln!(io::stdout(), "{}", report::text(outcome))
    } else {
        writeln!(io::stderr(), "{}", report::text(outcome))
    }
}

/// The worst outcome of all inputs. It decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum WorstOutcome {
    Success,
    Refused,
    IoFailed,
}

impl WorstOutcome {
    const fn of(outcome: &Outcome) -> Self {
        match &outcome.result {
            Ok(_) => Self::Success,
            Err(Failure::Refused(_)) => Self::Refused,
            Err(Failure::Read(_) | Failure::Write(..)) => Self::IoFailed,
        }
    }

    fn exit_code(self) -> ExitCode {
        match self {
            Self::Success => ExitCode::SUCCESS,
            Self::Refused => ExitCode::from(2),
            Self::IoFailed => ExitCode::FAILURE,
        }
    }
}
