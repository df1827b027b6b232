//! Bands of samples → quantized blocks.

use super::bands::{Bands, OUTSIDE, Source};
use super::quantization::Quantization;
use super::quantizer::QuantizedBlock;
use super::sampling::{Kind, Sampling};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::simd;
use crate::size::Size;

/// The quantized blocks of a picture, by rows of MCUs. Within an MCU they are in the order of an
/// interleaved scan (T.81, A.2.3).
pub(super) struct Blocks<'b> {
    bands: Bands<'b>,
    /// All of them, or those of one row.
    blocks: Buffer<'b, QuantizedBlock>,
    blocks_per_row: usize,
    keeps_all: bool,
    /// All blocks are there, quantized as they are asked for.
    are_complete: bool,
}

impl<'b> Blocks<'b> {
    pub(super) fn new(
        size: Size,
        sampling: Sampling,
        keeps_all: bool,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let len = if keeps_all { Self::count(size, sampling) } else { per_row(size, sampling) };
        let bands = Bands::new(size, sampling, budget)?;
        Ok(Self {
            blocks: budget.buffer(len, QuantizedBlock::EMPTY)?,
            blocks_per_row: bands.mcus() * sampling.blocks_per_mcu(),
            bands,
            keeps_all,
            are_complete: false,
        })
    }

    /// Whether all blocks of a picture take little memory.
    pub(super) const fn are_few(size: Size, sampling: Sampling) -> bool {
        Self::count(size, sampling).saturating_mul(BLOCK_BYTES) <= MAX_FEW_BYTES
    }

    /// How many blocks a picture has.
    pub(super) const fn count(size: Size, sampling: Sampling) -> u64 {
        let rows = size.height.div_ceil(sampling.mcu_side()) as u64;
        rows.saturating_mul(per_row(size, sampling))
    }

    /// Forgets the blocks, because they are asked for in another quantization from now on.
    pub(super) const fn forget(&mut self) {
        self.are_complete = false;
    }

    /// All rows have been asked for in the same quantization.
    pub(super) const fn complete(&mut self) {
        self.are_complete = self.keeps_all;
    }

    /// All blocks are there, and the pixels are not needed for the same quantization.
    pub(super) const fn are_complete(&self) -> bool {
        self.are_complete
    }

    /// The blocks of the row `mcu_y` of MCUs.
    pub(super) fn row(
        &mut self,
        source: &Source<'_>,
        mcu_y: usize,
        quantization: &Quantization,
        interrupt: &Interrupt,
    ) -> Result<&[QuantizedBlock], Error> {
        interrupt.check()?;
        let start = if self.keeps_all { mcu_y * self.blocks_per_row } else { 0 };
        let row = self.blocks.get_mut(start..).and_then(|rest| rest.get_mut(..self.blocks_per_row));
        let row = row.ok_or(OUTSIDE)?;
        if !self.are_complete {
            self.bands.fill(source, mcu_y)?;
            let bands = &self.bands;
            let blocks_per_poll = MCUS_PER_POLL * bands.sampling().blocks_per_mcu();
            let parts = row.chunks_mut(blocks_per_poll);
            for (first_mcu, part) in (0..).step_by(MCUS_PER_POLL).zip(parts) {
                if first_mcu > 0 {
                    interrupt.check()?;
                }
                simd::vectorize(
                    #[inline(always)]
                    || quantize(bands, first_mcu, quantization, part),
                )?;
            }
        }
        Ok(row)
    }
}

/// Makes the blocks of some MCUs of a row.
#[inline(always)]
fn quantize(
    bands: &Bands<'_>,
    first_mcu: usize,
    quantization: &Quantization,
    blocks: &mut [QuantizedBlock],
) -> Result<(), Error> {
    let sampling = bands.sampling();
    let luma_blocks = sampling.luma_blocks();
    for (x, mcu) in (first_mcu..).zip(blocks.chunks_exact_mut(sampling.blocks_per_mcu())) {
        for (index, block) in mcu.iter_mut().enumerate() {
            let component = sampling.component_of(index);
            let (column, row) = match component {
                0 => (luma_blocks * x + index % luma_blocks, index / luma_blocks),
                _ => (x, 0),
            };
            let samples = bands.block(component, column, row).ok_or(OUTSIDE)?;
            *block = quantization.block(Kind::of(component), &samples);
        }
    }
    Ok(())
}

/// The slowest blocks of so many MCUs take half a millisecond.
const MCUS_PER_POLL: usize = 16;

const MAX_FEW_BYTES: u64 = 1 << 20;
const BLOCK_BYTES: u64 = size_of::<QuantizedBlock>() as u64;

const fn per_row(size: Size, sampling: Sampling) -> u64 {
    let mcus = size.width.div_ceil(sampling.mcu_side()) as u64;
    mcus * sampling.blocks_per_mcu() as u64
}
