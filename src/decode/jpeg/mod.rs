//! JPEG → rows of component planes, at 1/1, 1/2, 1/4 or 1/8 of their size, chosen per component.
//!
//! Coefficients that the scale does not need are passed over at the bit level. A frame in one
//! sequential scan streams ([`stream`]); of one in several scans, the coefficients that are needed
//! of the blocks that are needed are kept until the last ([`scans`]).

use core::ops::Range;

use super::RowSink;
use crate::budget::Budget;
use crate::error::Error;
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::probe::jpeg::{Frame, Scan, Script, Segment, Segments};
use bits::{Entropy, WINDOW_BYTES};
use coefficients::Coefficients;
pub(crate) use selection::Selection;
use tables::{LookUps, Tables};

mod bits;
mod block;
mod coefficients;
#[cfg(feature = "instrument")]
pub(crate) mod exact;
mod huffman;
mod idct;
mod kept_blocks;
mod planes;
mod progressive;
mod restarts;
mod scans;
mod selection;
mod sequential;
mod skips;
mod stream;
mod tables;
#[cfg(test)]
mod tests;

/// Decodes what is selected of the frame that `bytes` hold, plane `i` being component `i` of the
/// frame.
///
/// Corrupt or incomplete data are an error; rows that came before it stay with `sink`, of a frame in
/// several scans only with `keep_cut`. What is left over after the last MCU of a scan is ignored, and
/// a missing EOI is forgiven when nothing else is missing.
pub(crate) fn decode<S: RowSink>(
    bytes: &[u8],
    frame: &Frame,
    selection: &Selection,
    keep_cut: bool,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let job = Job { frame, selection, budget, interrupt };
    if frame.streams {
        return Scans::new(bytes, budget, frame)?.stream(&job, sink);
    }
    let mut planes = [None, None, None, None];
    for (i, plane) in planes.iter_mut().enumerate().take(frame.components().len()) {
        *plane = Some(Coefficients::new(budget, frame, i, selection)?);
    }
    let mut cut = Ok(());
    for turn in selection.turns(frame) {
        for plane in planes.get_mut(turn.clone()).unwrap_or_default().iter_mut().flatten() {
            plane.begin_history(budget)?;
        }
        let mut scans = Scans::new(bytes, budget, frame)?;
        let outcome = scans.collect(&job, &turn, &mut planes);
        match &outcome {
            Ok(()) => {}
            // Only the turn that has the scan in which the data end can tell the row.
            Err(Error::Truncated(end)) if keep_cut && scans.all_dc_came => {
                if cut.is_ok() || end.rows().is_some() {
                    cut = outcome;
                }
            }
            Err(_) => return outcome,
        }
        // Those with the fewest come last in a frame, and first here, so that little is made while
        // all coefficients are there.
        for i in turn.rev() {
            if let Some(plane) = planes.get_mut(i).and_then(Option::take) {
                plane.emit(&job, i, sink)?;
            }
        }
    }
    cut
}

/// The scans of a file, and what was said before each.
struct Scans<'a, 'b> {
    segments: Segments<'a>,
    tables: Tables<'a>,
    look_ups: LookUps<'b>,
    entropy: Entropy<'a, 'b>,
    script: Script,
    /// Whether every component has got its DC coefficients, whole.
    all_dc_came: bool,
}

impl<'a, 'b> Scans<'a, 'b> {
    fn new(bytes: &'a [u8], budget: &'b Budget, frame: &Frame) -> Result<Self, Error> {
        Ok(Self {
            segments: Segments::new(bytes)?,
            tables: Tables::new(frame),
            entropy: Entropy::new(budget)?,
            look_ups: LookUps::new(budget, frame)?,
            script: Script::new(),
            all_dc_came: false,
        })
    }

    /// Goes to the next scan: what its header says, and all bytes behind it.
    fn next(&mut self, frame: &Frame) -> Result<Option<(Scan, &'a [u8])>, Error> {
        while let Some(segment) = self.segments.next()? {
            self.tables.note(&segment)?;
            if let Segment::Scan { body, entropy } = segment {
                let scan = Scan::parse(body, frame)?;
                self.script.admit(&scan)?;
                return Ok(Some((scan, entropy)));
            }
        }
        Ok(None)
    }

    /// Decodes the one scan there is.
    fn stream<S: RowSink>(&mut self, job: &Job<'_>, sink: &mut S) -> Result<(), Error> {
        let Some((scan, data)) = self.next(job.frame)? else {
            return Err(Error::truncated_header(Format::Jpeg));
        };
        self.entropy.start(data);
        stream::decode(job, &scan, &self.tables, &mut self.entropy, &mut self.look_ups, sink)
    }

    /// Decodes all scans that are needed for the components of `turn` into `planes`.
    fn collect(
        &mut self,
        job: &Job<'_>,
        turn: &Range<usize>,
        planes: &mut [Option<Coefficients<'b>>; 4],
    ) -> Result<(), Error> {
        let Job { frame, selection, interrupt, .. } = *job;
        while let Some((scan, data)) = self.next(frame)? {
            for component in scan.components() {
                if let Some(Some(plane)) = planes.get_mut(component.index)
                    && plane.steps.is_none()
                {
                    plane.steps = Some(self.tables.steps(frame, component.index)?);
                }
            }
            interrupt.check()?;
            if selection.needs(&scan, frame, turn) {
                self.entropy.start(data);
                let Self { tables, look_ups, entropy, .. } = self;
                scans::decode(job, &scan, tables, look_ups, entropy, planes)?;
                self.segments.pass_entropy(self.entropy.passed_bytes());
            }
            self.all_dc_came = self.script.has_all_dc(frame);
        }
        let ended = self.segments.met_eoi() || self.script.is_complete(frame);
        if ended && self.all_dc_came { Ok(()) } else { Err(Error::truncated_header(Format::Jpeg)) }
    }
}

/// What all parts of the decoder need to know.
struct Job<'j> {
    frame: &'j Frame,
    selection: &'j Selection,
    budget: &'j Budget,
    interrupt: &'j Interrupt,
}

/// An upper bound of what is live in [`decode`], when the sink takes `plane_bytes` at the first row
/// of each plane. It is exact, but for a frame that is refused on the way.
pub(crate) fn memory_bytes(frame: &Frame, selection: &Selection, plane_bytes: [u64; 4]) -> u64 {
    let fixed = WINDOW_BYTES as u64 + LookUps::memory_bytes(frame);
    if frame.streams {
        let bands = stream::memory_bytes(frame, selection);
        return plane_bytes.into_iter().fold(fixed.saturating_add(bands), u64::saturating_add);
    }
    let price = |i: usize| coefficients::Price::of(frame, i, selection);
    let mut live: u64 = (0..frame.components().len()).map(|i| price(i).values_bytes).sum();
    let mut peak = live;
    for turn in selection.turns(frame) {
        live += turn.clone().map(|i| price(i).history_bytes).sum::<u64>();
        peak = peak.max(live);
        for i in turn.rev() {
            let price = price(i);
            live = live.saturating_add(plane_bytes.get(i).copied().unwrap_or_default());
            peak = peak.max(live.saturating_add(price.band_bytes));
            live = live.saturating_sub(price.values_bytes + price.history_bytes);
        }
    }
    peak.saturating_add(fixed)
}
