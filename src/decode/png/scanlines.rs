//! Image data → scanlines of packed samples.

use super::adam7::Pass;
use super::filter::{self, unfilter};
use super::inflate::{self, InflateError, Inflater};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::png::Image;

/// Inflates the IDAT chunks and unfilters them, one scanline at a time, or two where that is faster.
pub(super) struct Scanlines<'a, 'b, I> {
    inflater: Inflater<'a, 'b, I>,
    above: Buffer<'b, u8>,
    row: Buffer<'b, u8>,
    below: Buffer<'b, u8>,
    state_below: RowBelow,
    /// The distance in bytes to the pixel that filters see on the left.
    pixel_bytes: usize,
}

/// What is known of the row below the current one.
enum RowBelow {
    Unread,
    /// Inflated, with this filter.
    Filtered(u8),
    Unfiltered,
    /// It cannot be read.
    Failed(InflateError),
}

/// The memory of [`Scanlines`] in bytes.
pub(super) fn memory_bytes(image: &Image) -> u64 {
    let row_bytes = image.row_bytes(image.size.width) - 1;
    inflate::memory_bytes(inflated_bytes(image)).saturating_add(row_bytes.saturating_mul(3))
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
        let row_bytes = packed_bytes(image, image.size.width)?;
        Ok(Self {
            inflater: Inflater::new(image_data, inflated_bytes(image), budget)?,
            above: budget.buffer(row_bytes, 0)?,
            row: budget.buffer(row_bytes, 0)?,
            below: budget.buffer(row_bytes, 0)?,
            state_below: RowBelow::Unread,
            pixel_bytes: image.pixel_bytes().unwrap_or(1),
        })
    }

    /// Starts an image or a pass. Filters see a row of zeros above its first row.
    pub(super) fn start_pass(&mut self) {
        self.row.fill(0);
    }

    /// The next row, of `row_bytes` packed bytes. Only the first `needed_bytes` of it are
    /// unfiltered. `is_last` is true for the last row of a pass.
    pub(super) fn next_row(
        &mut self,
        row_bytes: usize,
        needed_bytes: usize,
        is_last: bool,
        interrupt: &Interrupt,
    ) -> Result<&[u8], InflateError> {
        core::mem::swap(&mut self.above, &mut self.row);
        core::mem::swap(&mut self.row, &mut self.below);
        let filter = match core::mem::replace(&mut self.state_below, RowBelow::Unread) {
            RowBelow::Unfiltered => return Ok(self.row.get(..row_bytes).unwrap_or_default()),
            RowBelow::Failed(error) => return Err(error),
            RowBelow::Filtered(filter) => filter,
            RowBelow::Unread => read_row(&mut self.inflater, &mut self.row, row_bytes, interrupt)?,
        };
        let filter_below = if !is_last && filter::is_serial(filter) {
            match read_row(&mut self.inflater, &mut self.below, row_bytes, interrupt) {
                Ok(filter_below) => Some(filter_below),
                // The current row comes first.
                Err(error) => {
                    self.state_below = RowBelow::Failed(error);
                    None
                }
            }
        } else {
            None
        };
        let row = self.row.get_mut(..needed_bytes).unwrap_or_default();
        match filter_below {
            Some(filter_below) if filter::is_serial(filter_below) => {
                let below = self.below.get_mut(..needed_bytes).unwrap_or_default();
                let filters = [filter, filter_below];
                filter::unfilter_two(filters, self.pixel_bytes, &self.above, [row, below]);
                self.state_below = RowBelow::Unfiltered;
            }
            filter_below => {
                unfilter(filter, self.pixel_bytes, &self.above, row)
                    .map_err(|_| InflateError::Corrupt("a row has an unknown filter"))?;
                if let Some(filter_below) = filter_below {
                    self.state_below = RowBelow::Filtered(filter_below);
                }
            }
        }
        Ok(self.row.get(..row_bytes).unwrap_or_default())
    }

    /// Checks that the image data end after the last row, and their checksum.
    pub(super) fn finish(&mut self, interrupt: &Interrupt) -> Result<(), InflateError> {
        self.inflater.finish(interrupt)
    }
}

/// Inflates a row into `row`, and returns its filter.
fn read_row<'a>(
    inflater: &mut Inflater<'a, '_, impl Iterator<Item = &'a [u8]>>,
    row: &mut [u8],
    row_bytes: usize,
    interrupt: &Interrupt,
) -> Result<u8, InflateError> {
    let mut filter = [0];
    inflater.read(&mut filter, interrupt)?;
    inflater.read(row.get_mut(..row_bytes).unwrap_or_default(), interrupt)?;
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
