//! The measurement: every peer on every file, taking turns.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::input_files::InputFile;
use crate::peer::{self, Peer};
use crate::record::{Record, Row};
use crate::reference::{self, Reference};
use crate::worker::{Answer, Caps, Worker};

/// A run that is going on.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) record: Record,
    /// What each worker says of itself.
    pub(crate) versions: Vec<String>,
    /// Where the workers write.
    output: PathBuf,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Rounds of timing; fewer when `until` comes first, but one at least.
    pub(crate) rounds: u32,
    pub(crate) until: Option<Instant>,
    /// The outputs are compared with the reference.
    pub(crate) quality: bool,
}

impl Run {
    pub(crate) fn new() -> Self {
        let output = std::env::temp_dir().join(format!("bombproof-peers-{}", std::process::id()));
        Self { record: Record::default(), versions: Vec::new(), output }
    }

    /// Time, memory and, where it is asked for, quality of `peers` on `photos`.
    pub(crate) fn photos(
        &mut self,
        suite: &str,
        photos: &[InputFile],
        peers: &[Peer],
        effort: Effort,
    ) -> Result<(), String> {
        let mut workers: Vec<Worker> = peers.iter().map(Worker::start).collect::<Result<_, _>>()?;
        if self.versions.is_empty() {
            self.versions = workers.iter().map(|worker| worker.versions.clone()).collect();
        }
        // Who refuses a file is not asked again.
        let mut takes = vec![vec![true; peers.len()]; photos.len()];
        for (photo, takes) in photos.iter().zip(&mut takes) {
            let full = effort.quality.then(|| reference::full_decode(&photo.path)).transpose()?;
            let references = SIDES.map(|side| full.as_ref().map(|full| Reference::of(full, side)));
            for (index, peer) in peers.iter().enumerate() {
                let subject = Subject { suite, photo, peer: peer.name };
                takes[index] = self.first(subject, &mut workers[index], peer, &references)?;
            }
            println!("{suite}: {}", photo.name);
        }
        for round in 1..=effort.rounds {
            if round > 1 && effort.until.is_some_and(|until| Instant::now() > until) {
                break;
            }
            for (photo, takes) in photos.iter().zip(&takes) {
                // Nobody always comes first.
                for turn in 0..peers.len() {
                    let index = (turn + round as usize) % peers.len();
                    if takes[index] {
                        let subject = Subject { suite, photo, peer: peers[index].name };
                        self.timed(subject, &mut workers[index], round);
                    }
                }
            }
            println!("{suite}: round {round}");
        }
        drop(workers);
        for (photo, takes) in photos.iter().zip(&takes) {
            for (peer, _) in peers.iter().zip(takes).filter(|(_, takes)| **takes) {
                for round in 1..=MEMORY_ROUNDS {
                    self.alone(Subject { suite, photo, peer: peer.name }, peer, round)?;
                }
            }
        }
        println!("{suite}: memory");
        Ok(())
    }

    /// What `peers` do with files that ask for more than they are worth; each job has a process of its
    /// own, which dies with it.
    pub(crate) fn bombs(&mut self, bombs: &[InputFile], peers: &[Peer]) -> Result<(), String> {
        for bomb in bombs {
            for peer in peers {
                self.alone(Subject { suite: "bombs", photo: bomb, peer: peer.name }, peer, 1)?;
            }
        }
        println!("bombs: {}", bombs.len());
        Ok(())
    }

    /// The first jobs on a file, which warm up: what they make, as PNG and as JPEG, and how like the
    /// references that is. Returns whether the peer takes the file.
    fn first(
        &mut self,
        subject: Subject<'_>,
        worker: &mut Worker,
        peer: &Peer,
        references: &[Option<Reference>; SIDES.len()],
    ) -> Result<bool, String> {
        worker.read(&subject.photo.path);
        for (side, reference) in SIDES.into_iter().zip(references) {
            // Other sides than that of the race are there for their similarity alone.
            let kinds: &[&str] = match reference {
                _ if side == SIDE => &["png", "jpeg"],
                Some(_) => &["png"],
                None => &[],
            };
            for kind in kinds {
                let answer = worker.job(kind, side, &self.output, PATIENT);
                let Answer::Done { .. } = answer else {
                    self.ended(subject, 0, &answer);
                    if matches!(answer, Answer::Gone { .. }) {
                        *worker = Worker::start(peer)?;
                    }
                    return Ok(false);
                };
                let output = fs::read(&self.output).map_err(|error| error.to_string())?;
                if *kind == "jpeg" {
                    self.push(subject, "output_bytes", 0, output.len() as f64, "");
                }
                if let Some(reference) = reference {
                    let similarity = reference.compare(&output)?;
                    let (ssim, error) = if *kind == "png" {
                        (ssim_at(side), format!("png_mean_error_{side}"))
                    } else {
                        ("jpeg_ssim".to_owned(), "jpeg_mean_error".to_owned())
                    };
                    self.push(subject, &ssim, 0, similarity.luma, "");
                    self.push(subject, &error, 0, similarity.mean_error, "");
                }
            }
        }
        Ok(true)
    }

    fn timed(&mut self, subject: Subject<'_>, worker: &mut Worker, round: u32) {
        worker.read(&subject.photo.path);
        let answer = worker.job("jpeg", SIDE, &self.output, PATIENT);
        if let Answer::Done { nanoseconds, .. } = answer {
            self.push(subject, "time_ns", round, nanoseconds, "");
        }
    }

    /// One job in a process of its own, after a small one that loads what is loaded late.
    fn alone(&mut self, subject: Subject<'_>, peer: &Peer, round: u32) -> Result<(), String> {
        let mut worker = Worker::start(peer)?;
        let small = peer::folder().join("../../corpus/valid").join(SMALL);
        worker.read(&small);
        worker.job("jpeg", SIDE, &self.output, PATIENT);
        worker.read(&subject.photo.path);
        worker.forget_peak();
        let before = worker.resident_bytes();
        let answer = worker.job("jpeg", SIDE, &self.output, STRICT);
        let grown = worker.peak_bytes().saturating_sub(before);
        self.push(subject, "grown_bytes", round, grown as f64, "");
        self.push(subject, "peak_bytes", round, worker.peak_bytes() as f64, "");
        if let Answer::Done { heap_bytes: Some(heap_bytes), .. } = answer {
            self.push(subject, "heap_bytes", round, heap_bytes, "");
        }
        if subject.suite == "bombs" || matches!(answer, Answer::Gone { .. }) {
            self.ended(subject, round, &answer);
        }
        Ok(())
    }

    /// How a job ended and when.
    fn ended(&mut self, subject: Subject<'_>, round: u32, answer: &Answer) {
        match answer {
            Answer::Done { nanoseconds, .. } => {
                self.push(subject, "picture_ns", round, *nanoseconds, "");
            }
            Answer::Refused { nanoseconds, words } => {
                self.push(subject, "refused_ns", round, *nanoseconds, words);
            }
            Answer::Gone { nanoseconds, words } => {
                self.push(subject, "gone_ns", round, *nanoseconds, words);
            }
        }
    }

    fn push(&mut self, subject: Subject<'_>, measure: &str, round: u32, value: f64, words: &str) {
        let Subject { suite, photo, peer } = subject;
        self.record.rows.push(Row {
            suite: suite.to_owned(),
            file: photo.name.clone(),
            format: photo.format.to_owned(),
            width: photo.width,
            height: photo.height,
            input_bytes: photo.bytes,
            peer: peer.to_owned(),
            measure: measure.to_owned(),
            round,
            value,
            words: words.to_owned(),
        });
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = fs::remove_file(Path::new(&self.output));
    }
}

#[derive(Clone, Copy)]
struct Subject<'a> {
    suite: &'a str,
    photo: &'a InputFile,
    peer: &'static str,
}

/// The side of the avatars that are raced, and all that are compared with a reference.
pub(crate) const SIDE: u32 = 256;
pub(crate) const SIDES: [u32; 4] = [64, 128, SIDE, 512];

/// The name of the measure.
pub(crate) fn ssim_at(side: u32) -> String {
    format!("png_ssim_{side}")
}

const MEMORY_ROUNDS: u32 = 3;

/// For good files: far more than any peer needs.
const PATIENT: Caps = Caps { time: Duration::from_secs(120), memory_bytes: 6 << 30 };

/// What a service could spare for one avatar at the very most.
const STRICT: Caps = Caps { time: Duration::from_secs(20), memory_bytes: 2 << 30 };

/// 61×43 pixels that every peer takes.
const SMALL: &str = "lossy.webp";
