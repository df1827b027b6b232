//! WebP → rows: lossy frames by our own decoder, a row of macroblocks at a time; lossless ones by
//! image-webp behind a view of what the container reader approved, whole and in place.

use std::io::ErrorKind;

use super::RowSink;
use crate::budget::Budget;
use crate::error::{BadRequest, Error};
use crate::interrupt::Interrupt;
use crate::probe::Format;
use crate::probe::webp::{self as container, Alpha, Approved, Coding, Still};

mod alpha;
mod lossless;
mod lossy;
mod view;

/// The peak of the heap while `still` is decoded, image-webp's share included.
///
/// Alpha that is coded apart is decoded first, handed on and dropped before the colours, so that the
/// larger of the two counts; what is kept of it, to multiply the colours by, counts in both.
pub(crate) fn memory_bytes(still: &Still, premultiply: bool) -> u64 {
    let keeps_alpha = premultiply && matches!(still.alpha, Alpha::Raw(_) | Alpha::Lossless(..));
    let color = match still.coding {
        Coding::Lossy(frame) => lossy::memory_bytes(&frame, keeps_alpha),
        Coding::Lossless(stream) => {
            lossless::memory_bytes(still.frame, &stream, u64::from(still.frame.width))
        }
    };
    let alpha_rows = alpha::memory_bytes(still.frame);
    let alpha = match still.alpha {
        Alpha::None | Alpha::Inside | Alpha::Raw(_) => alpha_rows,
        Alpha::Lossless(_, stream) => lossless::memory_bytes(still.frame, &stream, alpha_rows),
    };
    let kept = if keeps_alpha { still.frame.pixels() } else { 0 };
    color.max(alpha).saturating_add(kept)
}

/// True when image-webp may work for more than about a millisecond without asking whether the job
/// was interrupted: it applies the transforms of VP8L, of colours or of alpha, to a whole frame.
pub(crate) const fn uninterruptible(still: &Still) -> bool {
    let lossless = matches!(still.coding, Coding::Lossless(_));
    (lossless || matches!(still.alpha, Alpha::Lossless(..))) && still.frame.pixels() > 1 << 16
}

/// Decodes the picture that `still` describes, its colours multiplied by alpha when `premultiply` is
/// true.
///
/// Rows are in the coordinates of the frame. Lossy: plane 3 = alpha, then 0 = Y (width × height),
/// 1 = U, 2 = V (halves, rounded up), some rows of each in turn. Lossless: planes 0 to 2 = red,
/// green, blue and, unless opaque, 3 = alpha, a row of each in turn. An opaque frame that leaves a
/// part of its canvas bare has a plane of full alpha.
pub(crate) fn decode<S: RowSink>(
    bytes: &[u8],
    still: &Still,
    premultiply: bool,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    interrupt.check()?;
    let approved = container::read(bytes)?;
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
            alpha::raw(alpha, size, filter, premultiply, budget, interrupt, sink)?
        }
        Alpha::Lossless(filter, stream) => {
            let stream = (alpha, &stream);
            alpha::lossless(stream, size, filter, premultiply, budget, interrupt, sink)?
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

/// What image-webp said of `data`, in our words: data that ends, or data that is wrong.
fn failure(error: image_webp::DecodingError, ended: bool, data: &[u8]) -> Error {
    let ended = match &error {
        image_webp::DecodingError::IoError(io) => match io.kind() {
            // It copies a part of the data in a way that takes no for an answer.
            ErrorKind::OutOfMemory => return Error::OutOfMemory { bytes: data.len() as u64 },
            kind => kind == ErrorKind::UnexpectedEof,
        },
        _ => ended,
    };
    if ended {
        Error::truncated_header(Format::WebP)
    } else {
        Error::malformed_by(Format::WebP, "the coded data", error)
    }
}

/// Rows between two looks at the interrupt.
const BAND: usize = 16;

#[cfg(test)]
mod tests;
