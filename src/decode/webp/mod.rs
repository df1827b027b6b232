//! WebP → rows, by image-webp behind a view of what the container reader approved.
//!
//! image-webp decodes whole frames. Lossy frames come out as planes and lossless ones in place, so
//! that there is never a second copy of the pixels.

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
/// Colour is decoded, handed on and dropped before alpha is decoded, so that the larger of the two
/// counts.
pub(crate) fn memory_bytes(still: &Still) -> u64 {
    let color = match still.coding {
        Coding::Lossy(frame) => lossy::memory_bytes(&frame),
        Coding::Lossless(stream) => {
            lossless::memory_bytes(still.frame, &stream, u64::from(still.frame.width))
        }
    };
    let rows = alpha::memory_bytes(still.frame);
    let alpha = match still.alpha {
        Alpha::None | Alpha::Inside => 0,
        Alpha::Raw(_) => rows,
        Alpha::Lossless(_, stream) => lossless::memory_bytes(still.frame, &stream, rows),
    };
    color.max(alpha)
}

/// True when image-webp may work for more than about a millisecond without asking whether the job
/// was interrupted: it applies the transforms of VP8L, and decodes VP8, a whole frame at a time.
pub(crate) const fn uninterruptible(still: &Still) -> bool {
    still.frame.pixels() > 1 << 16
}

/// Decodes the picture that `still` describes.
///
/// Rows are in the coordinates of the frame, and straight: nothing is premultiplied. Lossy: planes
/// 0 = Y (width × height), 1 = U, 2 = V (halves, rounded up), one plane after the other, and then
/// plane 3 = alpha. Lossless: planes 0 to 2 = red, green, blue and, unless opaque, 3 = alpha, a row
/// of each in turn.
///
/// Data that ends early, or is corrupt, is an error before the first row of its plane.
pub(crate) fn decode<S: RowSink>(
    bytes: &[u8],
    still: &Still,
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
    match still.coding {
        Coding::Lossy(frame) => lossy::decode(color, &frame, budget, interrupt, sink)?,
        Coding::Lossless(stream) => {
            let data = color.get(container::vp8l::HEADER_BYTES..).unwrap_or_default();
            let with_alpha = still.alpha == Alpha::Inside;
            lossless::decode(data, still.frame, &stream, with_alpha, budget, interrupt, sink)?;
        }
    }
    match still.alpha {
        Alpha::None | Alpha::Inside => Ok(()),
        Alpha::Raw(filter) => alpha::raw(alpha, still.frame, filter, budget, interrupt, sink),
        Alpha::Lossless(filter, stream) => {
            let stream = (alpha, &stream);
            alpha::lossless(stream, still.frame, filter, budget, interrupt, sink)
        }
    }
}

/// What image-webp said, in our words: data that ends, or data that is wrong.
fn failure(error: image_webp::DecodingError, ended: bool) -> Error {
    let ended = match &error {
        image_webp::DecodingError::IoError(io) => io.kind() == std::io::ErrorKind::UnexpectedEof,
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
