//! PNG → rows of planes.

use crate::error::Error;
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::png::{Chunks, Image};
use crate::shrink::RowSink;
use crate::size::Rect;
use crate::work;

mod adam7;
mod filter;
mod inflate;
mod scanlines;
mod unpack;

use adam7::Pass;
use inflate::Stop;
use scanlines::{Scanlines, packed_bytes};
use unpack::Unpacker;

/// What is decoded of a PNG.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'i> {
    pub(crate) image: &'i Image,
    /// Pixels outside of it need not be delivered.
    pub(crate) window: Rect,
    /// Multiplies colours by their alpha.
    pub(crate) premultiply: bool,
}

impl Order<'_> {
    /// The most that is live while the PNG is decoded, in bytes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        scanlines::memory_bytes(self.image).saturating_add(unpack::memory_bytes(self.image))
    }

    /// Decodes all rows of `bytes` into planes: red, green and blue (or grey), then alpha. The rows of
    /// an Adam7 picture come pass by pass.
    ///
    /// Inflating stops at the last row: what follows in the stream is never read.
    pub(crate) fn decode(
        &self,
        bytes: &[u8],
        job: Job<'_>,
        sink: &mut impl RowSink,
    ) -> Result<(), Error> {
        let Self { image, window, premultiply } = *self;
        let Job { budget, interrupt } = job;
        check_crcs(bytes, interrupt)?;
        let mut scanlines = Scanlines::of(bytes, image, budget)?;
        let mut unpacker = Unpacker::of(bytes, image, premultiply, budget)?;

        let mut rows_done = 0;
        for pass in Pass::all(image) {
            scanlines.start_pass();
            let columns = pass.columns(image.size.width);
            for line in 0..pass.lines(image.size.height) {
                if columns == 0 {
                    break;
                }
                interrupt.check()?;
                work::decoded(u64::from(columns));
                let packed =
                    scanlines.next(packed_bytes(image, columns)?, interrupt).map_err(|stop| {
                        match stop {
                            Stop::Damaged(what) => Error::malformed(Format::Png, what),
                            Stop::Ended => {
                                Error::truncated_at(Format::Png, rows_done, image.size.height)
                            }
                            Stop::Interrupted(error) => error,
                        }
                    })?;
                let y = pass.y + line * pass.y_step;
                if image.interlaced {
                    unpacker.row(packed, columns as usize, |plane, samples| {
                        sink.scattered(plane, y, pass.x, pass.x_step, samples)
                    })?;
                } else if let Some(pixel_bytes) = image.pixel_bytes() {
                    let outside = y < window.y || y - window.y >= window.height;
                    if !outside {
                        let (x, width) = (window.x as usize, window.width as usize);
                        let part = packed.get(x * pixel_bytes..).unwrap_or_default();
                        unpacker.row(part, width, |plane, samples| {
                            sink.window_row(plane, y, samples)
                        })?;
                    }
                } else {
                    unpacker.row(packed, columns as usize, |plane, samples| {
                        sink.row(plane, y, samples)
                    })?;
                }
                rows_done = if image.interlaced { 0 } else { line + 1 };
            }
        }
        Ok(())
    }
}

/// Compares the CRC of every chunk that the decoder will see.
fn check_crcs(bytes: &[u8], interrupt: &Interrupt) -> Result<(), Error> {
    let mut since_check = 0;
    for chunk in Chunks::of(bytes) {
        let chunk = chunk?;
        if !chunk.is_approved() {
            continue;
        }
        since_check += chunk.bytes.len();
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
