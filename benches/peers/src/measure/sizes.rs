//! The suite `sizes`: bombproof and sharp in every cell, and the decoders in C as processes.

use std::time::{Duration, Instant};

use crate::cells::{Cell, Filter, Fit, nominal_megapixels};
use crate::floor::Floor;
use crate::input_files::InputFile;
use crate::measure::run::{Effort, LENIENT_CAPS, Run, Subject};
use crate::peer;
use crate::worker::{Answer, Worker};

impl Run {
    /// Times the cells that a filter allows. The first job on each file is not counted.
    pub(crate) fn sizes(
        &mut self,
        photos: &[InputFile],
        filter: &Filter,
        effort: Effort,
    ) -> Result<(), String> {
        let peers = &peer::SIZES;
        let mut workers: Vec<Worker> = peers.iter().map(Worker::start).collect::<Result<_, _>>()?;
        let floors = Floor::installed();
        self.note_versions(workers.iter().map(|worker| worker.versions.clone()));
        self.note_versions(floors.iter().map(Floor::version));
        for photo in photos {
            let megapixels = nominal_megapixels(photo.megapixels());
            let mut cells = Cell::of_picture(photo.width, photo.height);
            cells.retain(|&cell| filter.allows(photo.format, megapixels, cell));
            let Some(&first) = cells.first() else { continue };
            for worker in &mut workers {
                worker.read(&photo.path);
                worker.job(kind(first), first.side, &self.output, LENIENT_CAPS);
            }
            for cell in cells {
                self.cell(photo, cell, &mut workers, &floors, effort)?;
            }
            println!("sizes: {}", photo.name);
        }
        Ok(())
    }

    /// Times one cell. The peers take turns, so that whatever slows down the machine hits all.
    fn cell(
        &mut self,
        photo: &InputFile,
        cell: Cell,
        workers: &mut [Worker],
        floors: &[Floor],
        effort: Effort,
    ) -> Result<(), String> {
        let peers = &peer::SIZES;
        let subject = |peer| Subject { suite: "sizes", photo, peer };
        let side = cell.requested_side(photo.width, photo.height);
        let mut accepts = [true; peer::SIZES.len()];
        let mut rounds = effort.rounds;
        let mut round = 1;
        while round <= rounds {
            let start = Instant::now();
            for position in 0..peers.len() {
                let index = (position + round as usize) % peers.len();
                if !accepts[index] {
                    continue;
                }
                let subject = subject(peers[index].name);
                let answer = workers[index].job(kind(cell), side, &self.output, LENIENT_CAPS);
                let (measure, nanoseconds, words) = match &answer {
                    Answer::Done { nanoseconds, .. } => ("time_ns", nanoseconds, ""),
                    Answer::Refused { nanoseconds, words } => {
                        ("refused_ns", nanoseconds, words.as_str())
                    }
                    Answer::Gone { nanoseconds, words } => ("gone_ns", nanoseconds, words.as_str()),
                };
                self.push(subject, &cell.measure(measure), round, *nanoseconds, words);
                accepts[index] = matches!(answer, Answer::Done { .. });
                if matches!(answer, Answer::Gone { .. }) {
                    workers[index] = Worker::start(&peers[index])?;
                    workers[index].read(&photo.path);
                }
            }
            let pair = start.elapsed();
            for floor in floors.iter().filter(|_| round <= FLOOR_ROUNDS) {
                if let Some(nanoseconds) = floor.time_ns(photo, cell) {
                    let measure = cell.measure("time_ns");
                    self.push(subject(floor.name()), &measure, round, nanoseconds, "");
                }
            }
            if round == 1 {
                rounds = rounds_of(pair, effort);
            }
            round += 1;
        }
        Ok(())
    }
}

/// As many rounds as a cell has time for: small jobs need more of them.
fn rounds_of(pair: Duration, effort: Effort) -> u32 {
    if effort.until.is_some_and(|until| Instant::now() > until) {
        return 1;
    }
    let fitting = (CELL_TIME.as_secs_f64() / pair.as_secs_f64()) as u32;
    fitting.max(MIN_ROUNDS).min(effort.rounds)
}

const fn kind(cell: Cell) -> &'static str {
    match cell.fit {
        Fit::Cover => "jpeg",
        Fit::Contain => "contain",
    }
}

/// The time for the rounds of one cell, if they are not the fewest that have a median.
const CELL_TIME: Duration = Duration::from_millis(1_500);
const MIN_ROUNDS: u32 = 3;

/// A process is only there for context.
const FLOOR_ROUNDS: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_jobs_have_many_rounds_and_large_ones_three() {
        let effort = |rounds, until| Effort { rounds, until, quality: false };
        let rounds = |ms, most| rounds_of(Duration::from_millis(ms), effort(most, None));
        assert_eq!([2, 150, 250, 4_000].map(|ms| rounds(ms, 15)), [15, 10, 6, 3]);
        assert_eq!(rounds(4_000, 1), 1);
        let late = effort(15, Some(Instant::now() - Duration::from_secs(1)));
        assert_eq!(rounds_of(Duration::from_millis(2), late), 1);
    }
}
