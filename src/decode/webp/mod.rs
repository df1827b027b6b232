//! WebP → rows of planes: VP8 a row of macroblocks at a time, VP8L and alpha a row of pixels.

use super::RowSink;
use crate::budget::Budget;
use crate::error::{BadRequest, Error};
use crate::interrupt::Interrupt;
use crate::probe::webp::{self as container, Alpha, Approved, Coding, Still};

mod alpha;
mod lossless;
mod lossy;

use alpha::AlphaRows;

/// The peak of the heap while `still` is decoded.
///
/// Alpha that is coded apart is decoded first, handed on and dropped before the colours, so that the
/// larger of the two counts; what is kept of it, to multiply the colours by, counts in both.
pub(crate) fn memory_bytes(still: &Still, premultiply: bool) -> u64 {
    let size = still.frame;
    let keeps_alpha = premultiply && matches!(still.alpha, Alpha::Raw(_) | Alpha::Lossless(..));
    let color = match still.coding {
        Coding::Lossy(frame) => lossy::memory_bytes(&frame, keeps_alpha),
        Coding::Lossless(stream) => {
            lossless::memory_bytes(size, &stream) + lossless::sample_bytes(size, &stream)
        }
    };
    let alpha = match &still.alpha {
        Alpha::None | Alpha::Inside | Alpha::Raw(_) => alpha::memory_bytes(size, None),
        Alpha::Lossless(_, stream) => alpha::memory_bytes(size, Some(stream)),
    };
    let kept = if keeps_alpha { size.pixels() } else { 0 };
    color.max(alpha).saturating_add(kept)
}

/// Decodes the picture that `still` describes, its colours multiplied by alpha when `premultiply` is
/// true.
///
/// Rows are in the coordinates of the frame. Lossy: plane 3 = alpha, then 0 = Y (width × height),
/// 1 = U, 2 = V (halves, rounded up), some rows of each in turn. Lossless: planes 0 to 2 = red,
/// green, blue and, unless opaque, 3 = alpha, a row of each in turn, alpha first. An opaque frame that
/// leaves a part of its canvas bare has a plane of full alpha.
///
/// Data that ends early, or is corrupt, is an error before the row that it is in.
pub(crate) fn decode<S: RowSink>(
    bytes: &[u8],
    still: &Still,
    premultiply: bool,
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
    let kept = match still.alpha {
        Alpha::None if still.leaves_canvas_bare() => {
            alpha::full(size, budget, interrupt, sink)?;
            None
        }
        Alpha::None | Alpha::Inside => None,
        Alpha::Raw(filter) => {
            let rows = AlphaRows::new(alpha, None, size, filter, budget, interrupt)?;
            alpha::emit(rows, size, premultiply, budget, interrupt, sink)?
        }
        Alpha::Lossless(filter, stream) => {
            let rows = AlphaRows::new(alpha, Some(&stream), size, filter, budget, interrupt)?;
            alpha::emit(rows, size, premultiply, budget, interrupt, sink)?
        }
    };
    match still.coding {
        Coding::Lossy(frame) => {
            lossy::decode(color, &frame, kept.as_deref(), budget, interrupt, sink)
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

/// Rows between two looks at the interrupt.
const BAND: usize = 16;

#[cfg(test)]
mod tests;
