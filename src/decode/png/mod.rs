//! PNG → rows of planes.

use crate::budget::Budget;
use crate::decode::RowSink;
use crate::error::Error;
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::probe::png::{Chunks, Image};
use crate::size::Rect;
use crate::work;

mod bits;
mod codes;
mod filter;
mod inflate;
mod rows;
mod spread;

use inflate::Stop;
use rows::{Rows, packed_bytes};
use spread::Spread;

/// The most that is live while a PNG is decoded, in bytes.
pub(crate) fn memory_bytes(image: &Image) -> u64 {
    rows::memory_bytes(image).saturating_add(spread::memory_bytes(image))
}

/// Decodes all rows of `bytes` into `sink`, but for pixels outside of `window`: planes red, green,
/// blue (or grey) and alpha, the colours multiplied by alpha when `premultiply` is true. The rows of an
/// Adam7 picture come pass by pass.
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
    let mut rows = Rows::of(bytes, image, budget)?;
    let mut spread = Spread::of(bytes, image, premultiply, budget)?;

    let mut rows_done = 0;
    for pass in Pass::all(image) {
        rows.start_pass();
        let columns = pass.columns(image.size.width);
        for line in 0..pass.lines(image.size.height) {
            if columns == 0 {
                break;
            }
            interrupt.check()?;
            work::decoded(u64::from(columns));
            let packed =
                rows.next(packed_bytes(image, columns)?, interrupt).map_err(|stop| match stop {
                    Stop::Damaged(what) => Error::malformed(Format::Png, what),
                    Stop::Ended => Error::truncated_at(Format::Png, rows_done, image.size.height),
                    Stop::Interrupted(error) => error,
                })?;
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
    const fn all(image: &Image) -> &'static [Self] {
        if image.interlaced { &ADAM7 } else { &[WHOLE] }
    }

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
