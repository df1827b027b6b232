//! Image data → scanlines of packed samples.

use core::array;

use super::adam7::Pass;
use super::filter::{self, ROWS};
use super::inflate::{self, InflateError, Inflater};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::png::Image;

/// Inflates the IDAT chunks and unfilters them, several scanlines at a time, and delivers one by one.
pub(super) struct Scanlines<'a, 'b, I> {
    inflater: Inflater<'a, 'b, I>,
    /// The last row of the rows before, and then the rows that were read together.
    rows: Buffer<'b, u8>,
    /// The length of a row of the image; that of a pass may be less.
    row_bytes: usize,
    rows_read: usize,
    rows_delivered: usize,
    /// What stands in the way of the row after those that were read.
    failed: Option<InflateError>,
    /// The distance in bytes to the pixel that filters see on the left.
    pixel_bytes: usize,
}

/// The rows of a pass that are yet to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowsLeft {
    /// The packed bytes of each.
    pub(super) row_bytes: usize,
    /// How many rows have to be unfiltered, the next one included.
    pub(super) needed: usize,
    /// How many bytes of each have to be.
    pub(super) needed_bytes: usize,
}

/// The most work of reading all rows in picoseconds, of which `needed_pixels` are unfiltered.
pub(super) fn work_ps(image: &Image, needed_pixels: u64) -> u64 {
    let pixel_bytes = image.pixel_bytes().unwrap_or(1) as u64;
    let bytes = inflated_bytes(image);
    let passes = Pass::all(image).iter();
    let rows = passes.map(|pass| u64::from(pass.rows(image.size.height))).sum();
    let pixel_ps = filter::pixel_ps(pixel_bytes);
    // Several pixels of less than eight bits count as one.
    let needed = needed_pixels.min(bytes / pixel_bytes);
    inflate::work_ps(image.idat_bytes, bytes)
        .saturating_add(sum_ps([(needed, pixel_ps), (rows, ROW_PS)]))
}

/// A row, however short.
const ROW_PS: u64 = 300_000;

impl<'a, 'b, I: Iterator<Item = &'a [u8]>> Scanlines<'a, 'b, I> {
    /// `image_data` returns the contents of the IDAT chunks.
    pub(super) fn new(image_data: I, image: &Image, budget: &'b Budget) -> Result<Self, Error> {
        let row_bytes = image.row_bytes(image.size.width) - 1;
        let rows = budget.buffer(row_bytes.saturating_mul(1 + ROWS as u64), 0)?;
        Ok(Self {
            inflater: Inflater::new(image_data, inflated_bytes(image), budget)?,
            row_bytes: rows.len() / (1 + ROWS),
            rows,
            rows_read: 0,
            rows_delivered: 0,
            failed: None,
            pixel_bytes: image.pixel_bytes().unwrap_or(1),
        })
    }

    /// Starts an image or a pass. Filters see a row of zeros above its first row.
    pub(super) fn start_pass(&mut self) {
        (self.rows_read, self.rows_delivered) = (0, 0);
        self.rows.fill(0);
    }

    /// The next row. Only the bytes that are needed are unfiltered.
    pub(super) fn next_row(
        &mut self,
        left: RowsLeft,
        interrupt: &Interrupt,
    ) -> Result<&[u8], InflateError> {
        if self.rows_delivered == self.rows_read {
            self.read_rows(left, interrupt)?;
        }
        self.rows_delivered += 1;
        let row = self.rows.get(self.rows_delivered * self.row_bytes..);
        Ok(row.and_then(|row| row.get(..left.row_bytes)).unwrap_or_default())
    }

    /// Reads the next rows, at least one.
    fn read_rows(&mut self, left: RowsLeft, interrupt: &Interrupt) -> Result<(), InflateError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let last = self.rows_read * self.row_bytes;
        self.rows.copy_within(last..last + left.row_bytes, 0);
        let mut filters = [filter::NONE; ROWS];
        (self.rows_read, self.rows_delivered) = (0, 0);
        let (above, rows) = self.rows.split_at_mut(self.row_bytes);
        let mut rows = rows.chunks_exact_mut(self.row_bytes);
        let mut rows: [&mut [u8]; ROWS] = array::from_fn(|_| rows.next().unwrap_or_default());
        let wanted = left.needed.clamp(1, ROWS);
        for (row, filter) in rows.iter_mut().zip(&mut filters).take(wanted) {
            match read_row(&mut self.inflater, row, left.row_bytes, interrupt) {
                Ok(read) => *filter = read,
                // The rows before it come first.
                Err(error) if self.rows_read > 0 => {
                    self.failed = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
            self.rows_read += 1;
        }
        if left.needed > 0 {
            let above = above.get(..left.needed_bytes).unwrap_or_default();
            let rows = rows.map(|row| row.get_mut(..left.needed_bytes).unwrap_or_default());
            filter::unfilter(filters, self.pixel_bytes, above, rows);
        }
        Ok(())
    }

    /// Checks that the image data end after the last row, and their checksum.
    pub(super) fn finish(&mut self, interrupt: &Interrupt) -> Result<(), InflateError> {
        self.inflater.finish(interrupt)
    }
}

/// Inflates a row into `row`, and returns its filter, one of those that PNG defines.
fn read_row<'a>(
    inflater: &mut Inflater<'a, '_, impl Iterator<Item = &'a [u8]>>,
    row: &mut [u8],
    row_bytes: usize,
    interrupt: &Interrupt,
) -> Result<u8, InflateError> {
    let mut filter = [0];
    inflater.read(&mut filter, interrupt)?;
    inflater.read(row.get_mut(..row_bytes).unwrap_or_default(), interrupt)?;
    if !filter::is_known(filter[0]) {
        return Err(InflateError::Corrupt("a row has an unknown filter"));
    }
    Ok(filter[0])
}

/// The size of the inflated image data: the rows of all passes with their filter bytes.
fn inflated_bytes(image: &Image) -> u64 {
    let pass_bytes = |pass: &Pass| match pass.columns(image.size.width) {
        0 => 0,
        columns => image.row_bytes(columns).saturating_mul(u64::from(pass.rows(image.size.height))),
    };
    Pass::all(image).iter().map(pass_bytes).fold(0, u64::saturating_add)
}

/// The bytes of a packed row of `width` pixels, without its filter byte.
pub(super) fn packed_bytes(image: &Image, width: u32) -> Result<usize, Error> {
    usize::try_from(image.row_bytes(width) - 1)
        .map_err(|_| Error::Bug("a row larger than the address space"))
}
