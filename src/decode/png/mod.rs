//! PNG → rows of planes, by the `png` crate behind the sanitised view.
//!
//! `png` inflates and unfilters; the samples stay packed as they are stored and are spread into
//! 8-bit planes here, so that none of its transformations, nor their buffers, are used.

use crate::budget::Budget;
use crate::decode::RowSink;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::png::{Chunks, Image};
use crate::size::Rect;
use crate::work;

mod cost;
mod explain;
mod spread;
mod view;

pub(crate) use cost::memory_bytes;
use explain::explain;
use spread::Spread;
use view::View;

/// Decodes all rows of `bytes` into `sink`, but for pixels outside of `window`: planes red, green,
/// blue (or grey) and alpha, the colours multiplied by alpha when `premultiply` is true. The rows of an Adam7 picture come pass by pass.
///
/// Inflating stops at the last row: what follows in the stream is never touched.
pub(crate) fn decode(
    bytes: &[u8],
    image: &Image,
    window: Rect,
    premultiply: bool,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut impl RowSink,
) -> Result<(), Error> {
    check_crcs(bytes, interrupt)?;
    let _codec = budget.take(cost::codec_bytes(image))?;
    let mut decoder = ::png::Decoder::new_with_limits(
        View::of(bytes, interrupt),
        ::png::Limits { bytes: cost::CODEC_LIMIT_BYTES },
    );
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().map_err(|error| explain(error, image, 0, interrupt))?;
    let mut packed = budget.buffer(row_bytes(image, image.size.width)?, 0u8)?;
    let mut spread = Spread::of(bytes, image, premultiply, budget)?;

    let passes: &[Pass] = if image.interlaced { &ADAM7 } else { &[WHOLE] };
    let mut rows_done = 0;
    for pass in passes {
        let columns = pass.columns(image.size.width);
        for line in 0..pass.lines(image.size.height) {
            if columns == 0 {
                break;
            }
            interrupt.check()?;
            work::decoded(u64::from(columns));
            reader
                .read_row(&mut packed)
                .map_err(|error| explain(error, image, rows_done, interrupt))?
                .ok_or(Error::Bug("png counts fewer rows than the header"))?;
            let packed = packed.get(..row_bytes(image, columns)?).unwrap_or_default();
            let y = pass.y + line * pass.y_step;
            if image.interlaced {
                spread.row(packed, columns as usize, |plane, samples| {
                    sink.scattered(plane, y, pass.x, pass.x_step, samples)
                })?;
            } else if let Some(pixel_bytes) = image.pixel_bytes() {
                let outside = y < window.y || y - window.y >= window.height;
                if !outside {
                    let (x, width) = (window.x as usize, window.width as usize);
                    let part = packed.get(x * pixel_bytes..).unwrap_or_default();
                    spread.row(part, width, |plane, samples| sink.window_row(plane, y, samples))?;
                }
            } else {
                spread
                    .row(packed, columns as usize, |plane, samples| sink.row(plane, y, samples))?;
            }
            rows_done = if image.interlaced { 0 } else { line + 1 };
        }
    }
    Ok(())
}

/// Bytes of a packed row without its filter byte.
fn row_bytes(image: &Image, width: u32) -> Result<usize, Error> {
    usize::try_from(image.row_bytes(width) - 1)
        .map_err(|_| Error::Bug("a row larger than the address space"))
}

/// Compares the CRC of every chunk that the decoder will see.
fn check_crcs(bytes: &[u8], interrupt: &Interrupt) -> Result<(), Error> {
    let mut since_check = 0;
    for chunk in Chunks::of(bytes) {
        let chunk = chunk?;
        if !chunk.is_approved() {
            continue;
        }
        since_check += chunk.whole.len();
        if since_check > 1 << 20 {
            interrupt.check()?;
            since_check = 0;
        }
        chunk.check_crc()?;
        if &chunk.kind == b"IEND" {
            break;
        }
    }
    Ok(())
}

/// Where the pixels of one pass lie in the picture (PNG, 8.2).
struct Pass {
    x: u32,
    y: u32,
    x_step: u32,
    y_step: u32,
}

impl Pass {
    const fn columns(&self, width: u32) -> u32 {
        width.saturating_sub(self.x).div_ceil(self.x_step)
    }

    const fn lines(&self, height: u32) -> u32 {
        height.saturating_sub(self.y).div_ceil(self.y_step)
    }
}

const WHOLE: Pass = Pass { x: 0, y: 0, x_step: 1, y_step: 1 };

const ADAM7: [Pass; 7] = [
    Pass { x: 0, y: 0, x_step: 8, y_step: 8 },
    Pass { x: 4, y: 0, x_step: 8, y_step: 8 },
    Pass { x: 0, y: 4, x_step: 4, y_step: 8 },
    Pass { x: 2, y: 0, x_step: 4, y_step: 4 },
    Pass { x: 0, y: 2, x_step: 2, y_step: 4 },
    Pass { x: 1, y: 0, x_step: 2, y_step: 2 },
    Pass { x: 0, y: 1, x_step: 1, y_step: 2 },
];
