//! JPEG → rows of component planes, at 1/1, 1/2, 1/4 or 1/8 of their size, chosen per component.
//!
//! Coefficients that the scale does not need are passed over at the bit level. A frame in one
//! sequential scan streams ([`stream`]); of one in several scans, the coefficients that are needed
//! are kept until the last ([`scans`]).

use super::RowSink;
use crate::budget::Budget;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::Format;
use crate::probe::jpeg::{Frame, Scale, Scan, Script, Segment, Segments};
use bits::{Entropy, WINDOW_BYTES};
use coefficients::Coefficients;
use tables::{LookUps, Tables};

mod bits;
mod block;
mod coefficients;
mod huffman;
mod idct;
mod planes;
mod progressive;
mod restarts;
mod scans;
mod sequential;
mod stream;
mod tables;
#[cfg(test)]
mod tests;

/// Decodes the frame that `bytes` hold, each component at its scale, plane `i` being component `i`
/// of the frame.
///
/// Corrupt or incomplete data are an error; rows that came before it stay with `sink`. What is left
/// over after the last MCU of a scan is ignored, and a missing EOI is forgiven when nothing else is
/// missing.
pub(crate) fn decode<S: RowSink>(
    bytes: &[u8],
    frame: &Frame,
    scales: [Scale; 4],
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let job = Job { frame, scales, budget, interrupt };
    let mut segments = Segments::new(bytes)?;
    let mut tables = Tables::new();
    let mut entropy = Entropy::new(budget)?;
    let mut look_ups = LookUps::new(budget, frame)?;
    let mut script = Script::new();
    let mut planes = [None, None, None, None];
    if !frame.streams {
        for (i, (plane, scale)) in planes.iter_mut().zip(scales).enumerate() {
            if i < frame.components().len() {
                *plane = Some(Coefficients::new(budget, frame, i, scale)?);
            }
        }
    }
    while let Some(segment) = segments.next()? {
        tables.note(&segment)?;
        let Segment::Scan { body, entropy: data } = segment else { continue };
        let scan = Scan::parse(body, frame)?;
        script.admit(&scan)?;
        if frame.streams {
            entropy.start(data);
            return stream::decode(&job, &scan, &tables, &mut entropy, &mut look_ups, sink);
        }
        for component in scan.components() {
            if let Some(Some(plane)) = planes.get_mut(component.index)
                && plane.steps.is_none()
            {
                plane.steps = Some(tables.steps(frame, component.index)?);
            }
        }
        interrupt.check()?;
        if scans::is_needed(&scan, frame, scales) {
            entropy.start(data);
            let planes = &mut planes;
            scans::decode(&job, &scan, &tables, &mut look_ups, &mut entropy, planes)?;
            segments.pass_entropy(entropy.passed_bytes());
        }
    }
    if !script.has_all_dc(frame) || !(segments.met_eoi() || script.is_complete(frame)) {
        return Err(Error::truncated_header(Format::Jpeg));
    }
    for (i, plane) in planes.iter().flatten().enumerate() {
        plane.emit(&job, i, sink)?;
    }
    Ok(())
}

/// What all parts of the decoder need to know.
struct Job<'j> {
    frame: &'j Frame,
    scales: [Scale; 4],
    budget: &'j Budget,
    interrupt: &'j Interrupt,
}

/// An upper bound of what [`decode`] takes from its budget at any time. It is exact, but for a frame
/// that is refused on the way.
pub(crate) fn memory_bytes(frame: &Frame, scales: [Scale; 4]) -> u64 {
    let planes = if frame.streams {
        stream::memory_bytes(frame, scales)
    } else {
        let (kept, passing) = (0..frame.components().len())
            .zip(scales)
            .map(|(i, scale)| Coefficients::memory_bytes(frame, i, scale))
            .fold((0, 0), |(kept, most), (keeps, passes)| (kept + keeps, passes.max(most)));
        kept + passing
    };
    WINDOW_BYTES as u64 + LookUps::memory_bytes(frame) + planes
}
