//! Image data → rows of packed samples.

use super::adam7::Pass;
use super::filter::unfilter;
use super::inflate::{self, Inflater, Stop};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::png::{Chunks, Image};

/// Inflates the IDAT chunks and undoes the filters, row by row.
pub(super) struct Scanlines<'a, 'b> {
    inflater: Inflater<'a, 'b, ImageData<'a>>,
    row: Buffer<'b, u8>,
    row_above: Buffer<'b, u8>,
    /// How far to the left filters look.
    pixel_bytes: usize,
}

/// What is live while there are rows, in bytes.
pub(super) fn memory_bytes(image: &Image) -> u64 {
    let row_bytes = image.row_bytes(image.size.width) - 1;
    inflate::memory_bytes(all_bytes(image)).saturating_add(row_bytes.saturating_mul(2))
}

impl<'a, 'b> Scanlines<'a, 'b> {
    pub(super) fn of(bytes: &'a [u8], image: &Image, budget: &'b Budget) -> Result<Self, Error> {
        let row_bytes = packed_bytes(image, image.size.width)?;
        Ok(Self {
            inflater: Inflater::new(ImageData(Chunks::of(bytes)), all_bytes(image), budget)?,
            row: budget.buffer(row_bytes, 0)?,
            row_above: budget.buffer(row_bytes, 0)?,
            pixel_bytes: image.pixel_bytes().unwrap_or(1),
        })
    }

    /// The row before the first of a picture, or of a pass, is all zeros.
    pub(super) fn start_pass(&mut self) {
        self.row.fill(0);
    }

    /// The next row, of `row_bytes` packed bytes.
    pub(super) fn next(&mut self, row_bytes: usize, interrupt: &Interrupt) -> Result<&[u8], Stop> {
        core::mem::swap(&mut self.row, &mut self.row_above);
        let mut filter = [0];
        self.inflater.read(&mut filter, interrupt)?;
        let row = self.row.get_mut(..row_bytes).unwrap_or_default();
        self.inflater.read(row, interrupt)?;
        unfilter(filter[0], self.pixel_bytes, &self.row_above, row)
            .map_err(|_| Stop::Damaged("a row has an unknown filter"))?;
        Ok(row)
    }
}

/// The rows of all passes with their filter bytes.
fn all_bytes(image: &Image) -> u64 {
    let pass_bytes = |pass: &Pass| match pass.columns(image.size.width) {
        0 => 0,
        columns => {
            image.row_bytes(columns).saturating_mul(u64::from(pass.lines(image.size.height)))
        }
    };
    Pass::all(image).iter().map(pass_bytes).fold(0, u64::saturating_add)
}

/// What the IDAT chunks hold.
struct ImageData<'a>(Chunks<'a>);

impl<'a> Iterator for ImageData<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let chunk = self.0.next()?.ok()?;
            match &chunk.kind {
                b"IDAT" => return Some(chunk.data),
                b"IEND" => self.0 = Chunks::of(&[]),
                _ => {}
            }
        }
    }
}

/// Bytes of a packed row of `width` pixels, without its filter byte.
pub(super) fn packed_bytes(image: &Image, width: u32) -> Result<usize, Error> {
    usize::try_from(image.row_bytes(width) - 1)
        .map_err(|_| Error::Bug("a row larger than the address space"))
}
