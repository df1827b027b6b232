//! PNG decoder: inflates and unfilters the image data, delivers rows of planes, and checks that
//! the data were complete and right.
//!
//! What proves it is the Adler-32 checksum of everything that was inflated, with the number of
//! rows. The CRC of an IDAT chunk is never compared. It covers the same data in their compressed
//! form, so it can find no damage of a pixel that Adler-32 does not find; it can only be wrong by
//! itself.

use crate::budget::Budget;
use crate::error::Error;
use crate::format::Format;
use crate::job::Job;
use crate::probe::png::{Image, PaletteAndTransparency, image_data, palette_and_transparency};
use crate::shrink::{RowSink, Shrink};
use crate::size::{Rect, Size};
use crate::work;

mod adam7;
mod filter;
mod inflate;
mod scanlines;
mod unpack;

use adam7::Pass;
use inflate::InflateError;
use scanlines::{RowsLeft, Scanlines, packed_bytes};
use unpack::Unpacker;

/// Which part of a PNG is decoded, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'i> {
    pub(crate) image: &'i Image,
    /// The pixels that are needed. Others need not be delivered.
    pub(crate) window: Rect,
    /// Multiply colours by their alpha.
    pub(crate) premultiply: bool,
}

impl Order<'_> {
    /// Charges what is live in [`decode`](Self::decode), with the planes, to a budget that counts.
    pub(crate) fn count(&self, budget: &Budget, planes: &mut Shrink<'_>) -> Result<(), Error> {
        let _scanlines = Scanlines::new(image_data(&[]), self.image, budget)?;
        let without_colors = PaletteAndTransparency::default();
        let _unpacker = Unpacker::new(&without_colors, self.image, self.premultiply, budget)?;
        planes.allocate_all()
    }

    /// The most work of [`decode`](Self::decode) in picoseconds, without the sink.
    pub(crate) fn work_ps(&self) -> u64 {
        let Self { image, window, .. } = *self;
        let unpacked = match image.pixel_bytes() {
            Some(_) if !image.interlaced => window.size().pixels(),
            _ => image.size.pixels(),
        };
        let (right, bottom) =
            (window.x.saturating_add(window.width), window.y.saturating_add(window.height));
        let needed = match image.pixel_bytes() {
            Some(_) if !image.interlaced => Size::new(right, bottom).pixels(),
            _ => image.size.pixels(),
        };
        scanlines::work_ps(image, needed).saturating_add(unpack::work_ps(
            image,
            unpacked,
            self.premultiply,
        ))
    }

    /// Which of the rows from `row` on have to be unfiltered, up to which byte: those above the bottom
    /// edge of the window, up to its right edge. Filters look to the left and up, so what is to the left
    /// of the window or above it is needed.
    fn rows_left(&self, row: u32, rows: u32, row_bytes: usize) -> RowsLeft {
        let Self { image, window, .. } = *self;
        let (end, needed_bytes) = match image.pixel_bytes() {
            Some(pixel_bytes) if !image.interlaced => {
                let right = (window.x as usize).saturating_add(window.width as usize);
                let bottom = window.y.saturating_add(window.height);
                (rows.min(bottom), row_bytes.min(right.saturating_mul(pixel_bytes)))
            }
            _ => (rows, row_bytes),
        };
        RowsLeft { row_bytes, needed: end.saturating_sub(row) as usize, needed_bytes }
    }

    /// Decodes the rows of `bytes` into planes: red, green and blue (or grey), then alpha. An
    /// interlaced picture is delivered pass by pass.
    ///
    /// The rows are only worth something if this succeeds: the checksum comes after them.
    pub(crate) fn decode(
        &self,
        bytes: &[u8],
        job: Job<'_>,
        sink: &mut impl RowSink,
    ) -> Result<(), Error> {
        let Self { image, window, premultiply } = *self;
        let Job { budget, interrupt } = job;
        let colors = palette_and_transparency(bytes, image)?;
        let mut scanlines = Scanlines::new(image_data(bytes), image, budget)?;
        let mut unpacker = Unpacker::new(&colors, image, premultiply, budget)?;

        let mut rows_done = 0;
        for pass in Pass::all(image) {
            scanlines.start_pass();
            let columns = pass.columns(image.size.width);
            let rows = pass.rows(image.size.height);
            for row in 0..rows {
                if columns == 0 {
                    break;
                }
                interrupt.check()?;
                work::decoded(u64::from(columns));
                let row_bytes = packed_bytes(image, columns)?;
                let packed = scanlines
                    .next_row(self.rows_left(row, rows, row_bytes), interrupt)
                    .map_err(|error| decode_error(error, rows_done, image))?;
                let y = pass.y + row * pass.y_step;
                if image.interlaced {
                    unpacker.unpack_row(packed, columns as usize, |plane, samples| {
                        sink.scattered(plane, y, pass.x, pass.x_step, samples)
                    })?;
                } else if let Some(pixel_bytes) = image.pixel_bytes() {
                    let is_outside = y < window.y || y - window.y >= window.height;
                    if !is_outside {
                        let (x, width) = (window.x as usize, window.width as usize);
                        let part = packed.get(x * pixel_bytes..).unwrap_or_default();
                        unpacker.unpack_row(part, width, |plane, samples| {
                            sink.window_row(plane, y, samples)
                        })?;
                    }
                } else {
                    unpacker.unpack_row(packed, columns as usize, |plane, samples| {
                        sink.row(plane, y, samples)
                    })?;
                }
                rows_done = if image.interlaced { 0 } else { row + 1 };
            }
        }
        scanlines.finish(interrupt).map_err(|error| decode_error(error, rows_done, image))
    }
}

/// Inflates the image data of a PNG, and no more: fills `to`, which is as long as they are.
#[cfg(feature = "instrument")]
pub(crate) fn inflate_image_data(bytes: &[u8], to: &mut [u8]) -> Result<(), Error> {
    let (_, image) = crate::probe::png::header(bytes)?;
    let budget = crate::budget::Budget::new(u64::MAX);
    let interrupt = &crate::interrupt::Interrupt::never();
    let length = to.len() as u64;
    let mut inflater = inflate::Inflater::new(image_data(bytes), length, &budget)?;
    inflater
        .read(to, interrupt)
        .and_then(|()| inflater.finish(interrupt))
        .map_err(|error| decode_error(error, 0, &image))
}

fn decode_error(error: InflateError, rows_done: u32, image: &Image) -> Error {
    match error {
        InflateError::Corrupt(what) => Error::malformed(Format::Png, what),
        InflateError::Truncated => Error::truncated_at(Format::Png, rows_done, image.size.height),
        InflateError::Interrupted(error) => error,
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_macros, clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::probe::png::{Color, header};

    /// A picture of 100 × 80 pixels, and a window of it.
    fn picture_and_window() -> (Image, Rect) {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/valid/filter-paeth.png");
        let (_, image) = header(&std::fs::read(file).unwrap()).unwrap();
        let size = Size::new(100, 80);
        let rgb = Image { size, color: Color::Rgb, bit_depth: 8, interlaced: false, ..image };
        (rgb, Rect { x: 10, y: 20, width: 30, height: 40 })
    }

    /// Pixels do not depend on what is unfiltered beyond it, time does.
    #[test]
    fn only_what_the_window_needs_is_unfiltered() {
        let (rgb, window) = picture_and_window();
        let left = |image: &Image, row| {
            let order = Order { image, window, premultiply: false };
            let left = order.rows_left(row, 80, 300);
            (left.row_bytes, left.needed, left.needed_bytes)
        };
        assert_eq!([0, 59, 60, 79].map(|row| left(&rgb, row).1), [60, 1, 0, 0]);
        assert_eq!(left(&rgb, 0), (300, 60, 120));
        // Passes have rows of their own, and pixels may begin within a byte.
        assert_eq!(left(&Image { interlaced: true, ..rgb }, 0), (300, 80, 300));
        assert_eq!(left(&Image { color: Color::Gray, bit_depth: 4, ..rgb }, 0), (300, 80, 300));
    }

    #[test]
    fn a_window_makes_less_work_where_only_its_rows_are_unfiltered() {
        let (rgb, window) = picture_and_window();
        let work_ps = |image: &Image, window| Order { image, window, premultiply: false }.work_ps();
        let whole = Rect::covering(rgb.size);
        let to_its_corner = Rect { x: 0, y: 0, width: 40, height: 60 };
        assert!(work_ps(&rgb, window) < work_ps(&rgb, to_its_corner));
        assert!(work_ps(&rgb, to_its_corner) < work_ps(&rgb, whole));
        for image in
            [Image { interlaced: true, ..rgb }, Image { color: Color::Gray, bit_depth: 4, ..rgb }]
        {
            assert_eq!(work_ps(&image, window), work_ps(&image, whole));
        }
    }
}
