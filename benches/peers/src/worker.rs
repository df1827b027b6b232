//! A peer as a process of its own: its jobs, its time and its memory.
//!
//! The line protocol:
//!
//! 1. A worker starts with `ready<TAB>versions`.
//! 2. On `read<TAB>path` it reads an input into its memory and answers `read`.
//! 3. On `jpeg<TAB>side<TAB>path` or `png<TAB>side<TAB>path` it
//!    makes an avatar of that side, writes
//!    it to the path, and answers `done<TAB>nanoseconds<TAB>heap` or
//!    `refused<TAB>nanoseconds<TAB>message`. `heap` is in bytes, and empty if it is not counted.
//! 4. bombproof and sharp know `contain` too: a JPEG of the whole picture, within a square of that side.
//!    The workers in Rust know `pixels`: all pixels, for which there is no side.
//!
//! The worker's clock runs from the bytes of the input in its
//! memory to the bytes of the output in its memory.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::peer::Peer;

/// A running peer. It is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<String>,
    /// Its name and the versions that matter.
    pub(crate) versions: String,
    /// The highest resident memory that was seen, in bytes.
    peak_bytes: u64,
}

/// The result of a job.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A picture was written.
    Done { nanoseconds: f64, heap_bytes: Option<f64> },
    /// An error, with the peer's message.
    Refused { nanoseconds: f64, words: String },
    /// The process is gone: it died, or exceeded a cap and was killed.
    Gone { nanoseconds: f64, words: String },
}

/// The time and memory of a job beyond which its process is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caps {
    pub(crate) time: Duration,
    pub(crate) memory_bytes: u64,
}

impl Worker {
    pub(crate) fn start(peer: &Peer) -> Result<Self, String> {
        let (program, arguments) = peer.command();
        let in_words = |error: std::io::Error| format!("{program}: {error}");
        let mut child = Command::new(&program)
            .args(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(in_words)?;
        let requests = child.stdin.take().ok_or("a worker without an input")?;
        let output = child.stdout.take().ok_or("a worker without an output")?;
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut worker = Self { child, requests, answers, versions: String::new(), peak_bytes: 0 };
        let line = worker.answers.recv_timeout(PATIENCE).unwrap_or_default();
        let versions = line.strip_prefix("ready\t").ok_or_else(|| {
            format!("{} does not start; `scripts/peers install` installs it", peer.name)
        })?;
        versions.clone_into(&mut worker.versions);
        Ok(worker)
    }

    /// Tells the worker to read an input into its memory.
    pub(crate) fn read(&mut self, input: &Path) {
        self.send(&format!("read\t{}\n", input.display()));
        // If the worker is gone, the next job finds out.
        let _ = self.answers.recv_timeout(PATIENCE);
    }

    /// Runs one job on the input that was read. `kind` is a word of the protocol.
    pub(crate) fn job(&mut self, kind: &str, side: u32, output: &Path, caps: Caps) -> Answer {
        let start = Instant::now();
        self.send(&format!("{kind}\t{side}\t{}\n", output.display()));
        loop {
            match self.answers.recv_timeout(TICK) {
                Ok(line) => return parse(&line),
                Err(RecvTimeoutError::Disconnected) => {
                    let status =
                        self.child.wait().map_or_else(|_| String::new(), |s| s.to_string());
                    return gone(start, format!("died: {status}"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            let resident_bytes = self.resident_bytes();
            let exceeded = if start.elapsed() > caps.time {
                format!("killed after {} s", caps.time.as_secs())
            } else if resident_bytes > caps.memory_bytes {
                format!("killed at {} MiB", caps.memory_bytes >> 20)
            } else {
                continue;
            };
            self.peak_bytes();
            let _ = self.child.kill();
            return gone(start, exceeded);
        }
    }

    fn send(&mut self, line: &str) {
        let _ = self.requests.write_all(line.as_bytes());
    }

    /// The resident memory in bytes; 0 if the system does not say.
    pub(crate) fn resident_bytes(&mut self) -> u64 {
        self.peak_bytes();
        self.status("VmRSS:").unwrap_or(0)
    }

    /// The highest resident memory since the start or [`forget_peak`](Self::forget_peak).
    pub(crate) fn peak_bytes(&mut self) -> u64 {
        let peak = self.status("VmHWM:").unwrap_or(0);
        self.peak_bytes = self.peak_bytes.max(peak);
        self.peak_bytes
    }

    /// Resets the peak to the current value (proc(5), `clear_refs`).
    pub(crate) fn forget_peak(&mut self) {
        let _ = fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
        self.peak_bytes = 0;
    }

    fn status(&self, field: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib << 10)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parse(line: &str) -> Answer {
    let mut parts = line.splitn(3, '\t');
    let mut next = || parts.next().unwrap_or_default();
    let (kind, nanoseconds, rest) = (next(), next().parse().unwrap_or(0.0), next());
    match kind {
        "done" => Answer::Done { nanoseconds, heap_bytes: rest.parse().ok() },
        "refused" => Answer::Refused { nanoseconds, words: rest.to_owned() },
        _ => Answer::Gone { nanoseconds, words: format!("said {line:?}") },
    }
}

fn gone(start: Instant, words: String) -> Answer {
    Answer::Gone { nanoseconds: start.elapsed().as_nanos() as f64, words }
}

/// How often memory and time are checked.
const TICK: Duration = Duration::from_millis(5);

/// How long an interpreter may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_tells_the_kind_of_an_answer() {
        let done = parse("done\t12\t34");
        assert!(matches!(done, Answer::Done { nanoseconds: 12.0, heap_bytes: Some(34.0) }));
        assert!(matches!(parse("done\t12\t"), Answer::Done { heap_bytes: None, .. }));
        assert!(
            matches!(parse("refused\t5\ttoo large"), Answer::Refused { words, .. } if words == "too large")
        );
        assert!(matches!(parse("Segmentation fault"), Answer::Gone { .. }));
    }
}
