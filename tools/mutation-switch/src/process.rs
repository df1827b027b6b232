//! One process of a test binary, watched from test to test.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::build::Binary;

/// What the environment says to the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    Record,
    /// 0 for none.
    Mutant(u32),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    /// A test failed or the process died.
    Failed,
    /// A test took longer than it may.
    Hung,
    /// There was no time left.
    Stopped,
}

/// What a process did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) end: End,
    /// The test at which it ended, where that is known.
    pub(crate) test: Option<String>,
    /// What it wrote to stderr; read for `Switch::Record` only.
    pub(crate) stderr: String,
}

/// Runs these tests one after another, to the first that fails. Each may take `most`, and all of them
/// until `stop_at`.
pub(crate) fn run(
    binary: &Binary,
    root: &Path,
    tests: &[&str],
    switch: Switch,
    most: Duration,
    stop_at: Instant,
) -> Result<Run> {
    let mut command = Command::new(&binary.path);
    command.args(["--exact", "--test-threads=1"]).args(tests).current_dir(root);
    command.env("CARGO_MANIFEST_DIR", root).env("RUST_BACKTRACE", "0");
    // The same cases in every run, and none of them made smaller or written to a file.
    command.env("PROPTEST_RNG_SEED", "1").env("PROPTEST_MAX_SHRINK_ITERS", "0");
    command.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    let records = switch == Switch::Record;
    match switch {
        Switch::Record => {
            command.env("MUTANT_RECORD", "");
        }
        Switch::Mutant(number) => {
            for bit in (0..u32::BITS).filter(|bit| number >> bit & 1 == 1) {
                command.env(format!("MUTANT_{bit}"), "");
            }
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if records { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn()?;
    let stderr = child.stderr.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    let (end, test) = watch(&mut child, tests, most, stop_at)?;
    let stderr = stderr.and_then(|reader| reader.join().ok()).unwrap_or_default();
    Ok(Run { end, test, stderr })
}

fn watch(
    child: &mut Child,
    tests: &[&str],
    most: Duration,
    stop_at: Instant,
) -> Result<(End, Option<String>)> {
    let (sender, results) = channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || send_results(BufReader::new(stdout), &sender));
    }
    // They run in this order.
    let mut waiting: Vec<&str> = tests.to_vec();
    waiting.sort_unstable();
    let mut waiting = waiting.into_iter().map(str::to_owned);
    let mut current = waiting.next();
    let end = loop {
        match next(&results, most, stop_at) {
            Some(Ok((name, true))) => {
                current = waiting.find(|test| *test > name);
            }
            Some(Ok((name, false))) => break (End::Failed, Some(name)),
            // The process has closed its output.
            Some(Err(())) => {
                let end = if child.wait()?.success() { End::Passed } else { End::Failed };
                break (end, current);
            }
            None if Instant::now() >= stop_at => break (End::Stopped, current),
            None => break (End::Hung, current),
        }
    };
    let _ = child.kill();
    child.wait()?;
    Ok(end)
}

/// The next test and whether it passed, `Err` at the end of the output, `None` if it takes too long.
fn next(
    results: &Receiver<(String, bool)>,
    most: Duration,
    stop_at: Instant,
) -> Option<Result<(String, bool), ()>> {
    let most = most.min(stop_at.saturating_duration_since(Instant::now()));
    match results.recv_timeout(most) {
        Ok(result) => Some(Ok(result)),
        Err(RecvTimeoutError::Disconnected) => Some(Err(())),
        Err(RecvTimeoutError::Timeout) => None,
    }
}

/// Reads lines like `test a::b ... ok`.
fn send_results(stdout: impl BufRead, results: &Sender<(String, bool)>) {
    for line in stdout.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let Some((name, result)) =
            line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
        else {
            continue;
        };
        let name = name.trim_end_matches(" - should panic").to_owned();
        if results.send((name, !result.starts_with("FAILED"))).is_err() {
            return;
        }
    }
}
