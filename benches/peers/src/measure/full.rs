//! The suite `full`: all pixels of the photographs, by bombproof and by the crate of each format.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::input_files::InputFile;
use crate::measure::run::{Effort, LENIENT_CAPS, Run, Subject};
use crate::peer::{self, OURS, Peer, crate_of};
use crate::worker::{Answer, Worker};

impl Run {
    /// Times the decoding of whole pictures. The first job on each file is not counted.
    pub(crate) fn full(&mut self, photos: &[InputFile], effort: Effort) -> Result<(), String> {
        let mut workers: Vec<(&Peer, Worker)> = peer::FULL
            .iter()
            .map(|peer| Ok((peer, Worker::start(peer)?)))
            .collect::<Result<_, String>>()?;
        self.note_versions(workers.iter().map(|(_, worker)| worker.versions.clone()));
        for photo in photos {
            let names = [OURS, crate_of(photo.format)];
            let mut pair: Vec<&mut (&Peer, Worker)> =
                workers.iter_mut().filter(|(peer, _)| names.contains(&peer.name)).collect();
            let mut accepts = true;
            for (peer, worker) in pair.iter_mut().map(|pair| (pair.0, &mut pair.1)) {
                worker.read(&photo.path);
                let answer = worker.job("pixels", 0, &self.output, LENIENT_CAPS);
                let subject = Subject { suite: "full", photo, peer: peer.name };
                if matches!(answer, Answer::Done { .. }) {
                    check_pixels(&self.output, photo)?;
                } else {
                    self.ended(subject, 0, &answer);
                    accepts = false;
                }
            }
            for round in (1..=effort.rounds).filter(|_| accepts) {
                if round > 1 && effort.until.is_some_and(|until| Instant::now() > until) {
                    break;
                }
                for position in 0..pair.len() {
                    let index = (position + round as usize) % pair.len();
                    let (peer, worker) = &mut *pair[index];
                    // The pixels were checked before.
                    let answer = worker.job("pixels", 0, Path::new("/dev/null"), LENIENT_CAPS);
                    if let Answer::Done { nanoseconds, .. } = answer {
                        let subject = Subject { suite: "full", photo, peer: peer.name };
                        self.push(subject, "time_ns", round, nanoseconds, "");
                    }
                }
            }
            println!("full: {}", photo.name);
        }
        Ok(())
    }
}

/// Gray, RGB or RGBA in 8 bits, and all of it.
fn check_pixels(output: &Path, photo: &InputFile) -> Result<(), String> {
    let bytes = fs::metadata(output).map_err(|error| error.to_string())?.len();
    let pixels = u64::from(photo.width) * u64::from(photo.height);
    if [1, 3, 4].iter().any(|channels| channels * pixels == bytes) {
        return Ok(());
    }
    Err(format!("{}: {bytes} bytes are not its {pixels} pixels", photo.name))
}
