//! WebP → rows of planes: VP8 a row of macroblocks at a time, VP8L and alpha a row of pixels.

use super::RowSink;
use crate::budget::Budget;
use crate::error::{BadRequest, Error};
use crate::interrupt::Interrupt;
use crate::plan::LoopFilter;
use crate::probe::webp::{self as container, Alpha, Approved, Coding, Still};

mod alpha;
mod in_step;
mod lossless;
mod lossy;

use alpha::AlphaRows;
use in_step::InStep;

/// The peak of the heap while `still` is decoded, with alpha that is coded apart beside the colours.
pub(crate) fn memory_bytes(still: &Still, premultiply: bool) -> u64 {
    let size = still.frame;
    match &still.coding {
        Coding::Lossy(frame) => lossy::memory_bytes(frame)
            .saturating_add(alpha::memory_bytes(&still.alpha, size))
            .saturating_add(in_step::memory_bytes(&still.alpha, size, premultiply)),
        Coding::Lossless(stream) => {
            lossless::memory_bytes(size, stream) + lossless::sample_bytes(size, stream)
        }
    }
}

/// Decodes the picture that `still` describes, its colours multiplied by alpha when `premultiply` is
/// true.
///
/// Rows are in the coordinates of the frame. Lossy: planes 0 = Y (width × height), 1 = U, 2 = V (halves,
/// rounded up), some rows of each in turn, and before each row of Y one of 3 = alpha. Lossless: planes 0 to 2 = red,
/// green, blue and, unless opaque, 3 = alpha, a row of each in turn, alpha first. An opaque frame that
/// leaves a part of its canvas bare has a plane of full alpha, all of it first.
///
/// Data that ends early, or is corrupt, is an error before the row that it is in.
pub(crate) fn decode<S: RowSink>(
    bytes: &[u8],
    still: &Still,
    premultiply: bool,
    loop_filter: LoopFilter,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    interrupt.check()?;
    let approved = container::read_again(bytes, still)?;
    if approved.still != *still {
        return Err(Error::BadRequest(BadRequest::OtherBytes));
    }
    let Approved { color, alpha, .. } = approved;
    let size = still.frame;
    if still.alpha == Alpha::None && still.leaves_canvas_bare() {
        alpha::full(size, budget, interrupt, sink)?;
    }
    match still.coding {
        Coding::Lossy(frame) => {
            let rows = AlphaRows::new(&still.alpha, alpha, size, budget, interrupt)?;
            let mut sink = InStep::new(rows, size, premultiply, budget, interrupt, sink)?;
            lossy::decode(color, &frame, loop_filter, budget, interrupt, &mut sink)
        }
        Coding::Lossless(stream) => {
            let data = color.get(container::vp8l::HEADER_BYTES..).unwrap_or_default();
            let alpha = match (still.alpha, premultiply) {
                (Alpha::Inside, true) => lossless::AlphaUse::Premultiplied,
                (Alpha::Inside, false) => lossless::AlphaUse::Straight,
                _ => lossless::AlphaUse::None,
            };
            lossless::decode(data, size, &stream, alpha, budget, interrupt, sink)
        }
    }
}

const ALPHA_PLANE: usize = 3;

/// Rows between two looks at the interrupt.
const BAND: usize = 16;

#[cfg(test)]
mod tests;
