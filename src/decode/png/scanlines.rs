//! Image data → scanlines of packed samples.

use super::adam7::Pass;
use super::filter::{self, unfilter};
use super::inflate::{self, InflateError, Inflater};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::png::Image;

/// Inflates the IDAT chunks and unfilters them, one scanline at a time.
pub(super) struct Scanlines<'a, 'b, I> {
    inflater: Inflater<'a, 'b, I>,
    row: Buffer<'b, u8>,
    row_above: Buffer<'b, u8>,
    /// The distance in bytes to the pixel that filters see on the left.
    pixel_bytes: usize,
}

/// The memory of [`Scanlines`] in bytes.
pub(super) fn memory_bytes(image: &Image) -> u64 {
    let row_bytes = image.row_bytes(image.size.width) - 1;
    inflate::memory_bytes(inflated_bytes(image)).saturating_add(row_bytes.saturating_mul(2))
}

/// The most work of reading all rows in picoseconds.
pub(super) fn work_ps(image: &Image) -> u64 {
    let pixel_bytes = image.pixel_bytes().unwrap_or(1) as u64;
    let bytes = inflated_bytes(image);
    let passes = Pass::all(image).iter();
    let rows = passes.map(|pass| u64::from(pass.rows(image.size.height))).sum();
    let pixel_ps = filter::pixel_ps(pixel_bytes);
    inflate::work_ps(image.idat_bytes, bytes)
        .saturating_add(sum_ps([(bytes / pixel_bytes, pixel_ps), (rows, ROW_PS)]))
}

/// A row, however short.
const ROW_PS: u64 = 300_000;

impl<'a, 'b, I: Iterator<Item = &'a [u8]>> Scanlines<'a, 'b, I> {
    /// `image_data` returns the contents of the IDAT chunks.
    pub(super) fn new(image_data: I, image: &Image, budget: &'b Budget) -> Result<Self, Error> {
        let row_bytes = packed_bytes(image, image.size.width)?;
        Ok(Self {
            inflater: Inflater::new(image_data, inflated_bytes(image), budget)?,
            row: budget.buffer(row_bytes, 0)?,
            row_above: budget.buffer(row_bytes, 0)?,
            pixel_bytes: image.pixel_bytes().unwrap_or(1),
        })
    }

    /// Starts an image or a pass. Filters see a row of zeros above its first row.
    pub(super) fn start_pass(&mut self) {
        self.row.fill(0);
    }

    /// The next row, of `row_bytes` packed bytes.
    pub(super) fn next_row(
        &mut self,
        row_bytes: usize,
        interrupt: &Interrupt,
    ) -> Result<&[u8], InflateError> {
        core::mem::swap(&mut self.row, &mut self.row_above);
        let mut filter = [0];
        self.inflater.read(&mut filter, interrupt)?;
        let row = self.row.get_mut(..row_bytes).unwrap_or_default();
        self.inflater.read(row, interrupt)?;
        unfilter(filter[0], self.pixel_bytes, &self.row_above, row)
            .map_err(|_| InflateError::Corrupt("a row has an unknown filter"))?;
        Ok(row)
    }

    /// Checks that the image data end after the last row, and their checksum.
    pub(super) fn finish(&mut self, interrupt: &Interrupt) -> Result<(), InflateError> {
        self.inflater.finish(interrupt)
    }
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
