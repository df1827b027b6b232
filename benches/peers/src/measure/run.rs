//! The suites `photos`, `growth` and `bombs`: every peer on every file, one after another in each round.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::input_files::InputFile;
use crate::peer::{self, Peer};
use crate::record::{AVATAR_SIDE, Record, Row, SIMILARITY_SIDES, ssim_measure};
use crate::reference::{self, Reference};
use crate::worker::{Answer, Caps, Worker};

/// A run in progress.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) record: Record,
    /// The name and the versions that each worker reports.
    pub(crate) versions: Vec<String>,
    /// The file that the workers write.
    pub(super) output: PathBuf,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Rounds of timing; fewer if `until` comes first, but at least one.
    pub(crate) rounds: u32,
    pub(crate) until: Option<Instant>,
    /// Whether the outputs are compared with the reference.
    pub(crate) quality: bool,
}

impl Run {
    pub(crate) fn new() -> Self {
        let output = std::env::temp_dir().join(format!("bombproof-peers-{}", std::process::id()));
        Self { record: Record::default(), versions: Vec::new(), output }
    }

    /// Time, memory and, if requested, similarity of `peers` on `photos`.
    pub(crate) fn photos(
        &mut self,
        suite: &str,
        photos: &[InputFile],
        peers: &[Peer],
        effort: Effort,
    ) -> Result<(), String> {
        let mut workers: Vec<Worker> = peers.iter().map(Worker::start).collect::<Result<_, _>>()?;
        self.note_versions(workers.iter().map(|worker| worker.versions.clone()));
        // A peer that refuses a file is not asked again.
        let mut accepts = vec![vec![true; peers.len()]; photos.len()];
        for (photo, accepts) in photos.iter().zip(&mut accepts) {
            let full = effort.quality.then(|| reference::full_decode(&photo.path)).transpose()?;
            let references =
                SIMILARITY_SIDES.map(|side| full.as_ref().map(|full| Reference::of(full, side)));
            for (index, peer) in peers.iter().enumerate() {
                let subject = Subject { suite, photo, peer: peer.name };
                accepts[index] = self.warm_up(subject, &mut workers[index], peer, &references)?;
            }
            println!("{suite}: {}", photo.name);
        }
        for round in 1..=effort.rounds {
            if round > 1 && effort.until.is_some_and(|until| Instant::now() > until) {
                break;
            }
            for (photo, accepts) in photos.iter().zip(&accepts) {
                // Another peer begins in each round.
                for position in 0..peers.len() {
                    let index = (position + round as usize) % peers.len();
                    if accepts[index] {
                        let subject = Subject { suite, photo, peer: peers[index].name };
                        self.timed(subject, &mut workers[index], round);
                    }
                }
            }
            println!("{suite}: round {round}");
        }
        drop(workers);
        for (photo, accepts) in photos.iter().zip(&accepts) {
            for (peer, _) in peers.iter().zip(accepts).filter(|(_, accepts)| **accepts) {
                for round in 1..=MEMORY_ROUNDS {
                    self.in_fresh_process(Subject { suite, photo, peer: peer.name }, peer, round)?;
                }
            }
        }
        println!("{suite}: memory");
        Ok(())
    }

    /// How `peers` handle hostile files. Each job has a process of its own.
    pub(crate) fn bombs(&mut self, bombs: &[InputFile], peers: &[Peer]) -> Result<(), String> {
        for bomb in bombs {
            for peer in peers {
                self.in_fresh_process(
                    Subject { suite: "bombs", photo: bomb, peer: peer.name },
                    peer,
                    1,
                )?;
            }
        }
        println!("bombs: {}", bombs.len());
        Ok(())
    }

    /// The first jobs on a file, which are not timed: the size of the output, and its similarity to
    /// the references, as PNG and as JPEG. Returns whether the peer accepts the file.
    fn warm_up(
        &mut self,
        subject: Subject<'_>,
        worker: &mut Worker,
        peer: &Peer,
        references: &[Option<Reference>; SIMILARITY_SIDES.len()],
    ) -> Result<bool, String> {
        worker.read(&subject.photo.path);
        for (side, reference) in SIMILARITY_SIDES.into_iter().zip(references) {
            // The other sides are there for similarity alone.
            let kinds: &[&str] = match reference {
                _ if side == AVATAR_SIDE => &["png", "jpeg"],
                Some(_) => &["png"],
                None => &[],
            };
            for kind in kinds {
                let answer = worker.job(kind, side, &self.output, LENIENT_CAPS);
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
                        (ssim_measure(side), format!("png_mean_error_{side}"))
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

    pub(super) fn note_versions(&mut self, versions: impl Iterator<Item = String>) {
        for version in versions {
            if !self.versions.contains(&version) {
                self.versions.push(version);
            }
        }
    }

    fn timed(&mut self, subject: Subject<'_>, worker: &mut Worker, round: u32) {
        worker.read(&subject.photo.path);
        let answer = worker.job("jpeg", AVATAR_SIDE, &self.output, LENIENT_CAPS);
        if let Answer::Done { nanoseconds, .. } = answer {
            self.push(subject, "time_ns", round, nanoseconds, "");
        }
    }

    /// The memory of one job in a process of its own, after a small job
    /// that loads everything that is loaded late.
    fn in_fresh_process(
        &mut self,
        subject: Subject<'_>,
        peer: &Peer,
        round: u32,
    ) -> Result<(), String> {
        let mut worker = Worker::start(peer)?;
        let small = peer::folder().join("../../corpus/valid").join(SMALL);
        worker.read(&small);
        worker.job("jpeg", AVATAR_SIDE, &self.output, LENIENT_CAPS);
        worker.read(&subject.photo.path);
        worker.forget_peak();
        let before = worker.resident_bytes();
        let answer = worker.job("jpeg", AVATAR_SIDE, &self.output, STRICT_CAPS);
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

    /// How a job ended, and after how long.
    pub(super) fn ended(&mut self, subject: Subject<'_>, round: u32, answer: &Answer) {
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

    pub(super) fn push(
        &mut self,
        subject: Subject<'_>,
        measure: &str,
        round: u32,
        value: f64,
        words: &str,
    ) {
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
pub(super) struct Subject<'a> {
    pub(super) suite: &'a str,
    pub(super) photo: &'a InputFile,
    pub(super) peer: &'static str,
}

const MEMORY_ROUNDS: u32 = 3;

/// For photographs: far more than any peer needs.
pub(super) const LENIENT_CAPS: Caps =
    Caps { time: Duration::from_secs(120), memory_bytes: 6 << 30 };

/// For memory and hostile files: the most that a service could afford for one avatar.
const STRICT_CAPS: Caps = Caps { time: Duration::from_secs(20), memory_bytes: 2 << 30 };

/// 61×43 pixels that every peer accepts.
const SMALL: &str = "lossy.webp";
