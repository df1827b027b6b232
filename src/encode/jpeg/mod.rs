//! Pixels → JPEG: baseline or progressive, with the best Huffman codes.
//!
//! The blocks of a picture are visited twice for each scan: once to count the symbols, and once to
//! write them.

use core::ops::Deref;

use super::quality;
use crate::budget::{Budget, Buffer};
use crate::encode::file_writer::{self, FileBound, FileWriter};
use crate::error::{BadRequest, Error};
use crate::job::Job;
use crate::picture::{Gamut, Layout, PictureView};
use crate::price::sum_ps;
use crate::request::JpegEffort;
use crate::simd;
use crate::size::Size;
use crate::work;
use bands::{OUTSIDE, Source};
use blocks::Blocks;
use entropy::{BestCodes, Codes, Histograms, SymbolWriter};
use quantization::Quantization;
use quantizer::QuantizedBlock;
use sampling::Sampling;
use scan::{MAX_SCANS, Scan};
use symbols::{BlockCoder, SymbolSink};

mod bands;
mod blocks;
mod entropy;
mod huffman;
mod max_block_bits;
mod quantization;
mod quantizer;
mod sampling;
mod scan;
mod segments;
mod steps;
mod symbols;
mod trellis;
#[cfg(test)]
mod tests;

/// The longest side that a JPEG can have (T.81, B.2.2).
pub(crate) const MAX_SIDE_PX: u32 = u16::MAX as u32;

/// What a JPEG is made of, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    pub(crate) gamut: Gamut,
    /// 1 to 100.
    pub(crate) quality: u8,
    /// The longest allowed file. A lower quality is chosen when it is needed.
    pub(crate) max_bytes: Option<u64>,
    /// Chroma has the size of luma (4:4:4) instead of half of it (4:2:0).
    pub(crate) has_full_chroma: bool,
    pub(crate) is_progressive: bool,
    pub(crate) effort: JpegEffort,
    /// What transparent pixels show.
    pub(crate) background: [u8; 3],
}

impl Settings {
    /// Encodes `pixels` as a JPEG. Grey stays one component. The pixels are dropped before the file is
    /// allocated, where all blocks are kept.
    ///
    /// # Errors
    /// [`BadRequest::Quality`] for a quality outside 1–100, [`Error::OverLimit`] for a side over
    /// [`MAX_SIDE_PX`], and when the file of quality 1 is longer than allowed.
    pub(crate) fn encode<'b>(
        &self,
        pixels: impl Deref<Target = [u8]>,
        job: Job<'b>,
    ) -> Result<Buffer<'b, u8>, Error> {
        if !(1..=100).contains(&self.quality) {
            return Err(Error::BadRequest(BadRequest::Quality));
        }
        let &Self { size, layout, background, .. } = self;
        let picture = PictureView { size, layout, gamut: self.gamut, pixels: &pixels };
        picture.check(MAX_SIDE_PX)?;
        work::encoded(size.pixels());
        // A transparent grey picture on a coloured background has colours.
        let [red, green, blue] = background;
        let is_gray = match layout {
            Layout::Gray => true,
            Layout::GrayAlpha => (red == green && green == blue) || picture.is_opaque(),
            Layout::Rgb | Layout::Rgba => false,
        };
        let sampling = Sampling::new(is_gray, self.has_full_chroma);
        let source = Source { pixels: &pixels, size, layout, sampling, background };
        let blocks = Blocks::new(size, sampling, self.keeps_blocks(), job.budget)?;
        let scans = Scan::script(sampling, self.is_progressive);
        let (gamut, effort) = (self.gamut, self.effort);
        let mut encoder = Encoder { source, gamut, blocks, scans, effort, job };
        let quality = match self.max_bytes {
            Some(max_bytes) => quality::highest(self.quality, max_bytes, |quality| {
                let tables = encoder.tables(quality)?;
                file_writer::measure(job.budget, |output| encoder.write(&tables, output))
            })?,
            None => self.quality,
        };
        let tables = encoder.tables(quality)?;
        let blocks = encoder.blocks;
        let pixels = Some(pixels).filter(|_| !blocks.are_complete());
        let pixels = pixels.as_deref().unwrap_or_default();
        let source = Source { pixels, size, layout, sampling, background };
        let mut encoder = Encoder { source, gamut, blocks, scans, effort, job };
        file_writer::write(self.file_bound(), job.budget, |output| encoder.write(&tables, output))
    }

    /// All blocks are kept between the passes. Those of a large picture are made anew for each, but
    /// the trellis takes too long for that.
    pub(crate) const fn keeps_blocks(&self) -> bool {
        let is_smallest = matches!(self.effort, JpegEffort::Smallest);
        is_smallest || Blocks::are_few(self.size, self.sampling())
    }

    /// Charges what is live in [`encode`](Self::encode), for any background, to a budget that counts.
    /// The pixels take `pixel_bytes` until they are dropped. Returns what is charged when the file
    /// starts to grow.
    pub(crate) fn count(&self, pixel_bytes: u64, budget: &Budget) -> Result<u64, Error> {
        let pixels = Some(budget.reserve(pixel_bytes)?);
        let keeps_blocks = self.keeps_blocks();
        let _blocks = Blocks::new(self.size, self.sampling(), keeps_blocks, budget)?;
        let _pixels = pixels.filter(|_| !keeps_blocks);
        self.file_bound().count(budget)
    }

    /// The most work of [`encode`](Self::encode) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        let bytes = Self { max_bytes: None, ..*self }.file_bytes();
        let pixel_ps = if self.has_full_chroma { FULL_CHROMA_PIXEL_PS } else { PIXEL_PS };
        let scan = [(self.size.pixels(), pixel_ps), (bytes, FILE_BYTE_PS), (1, CODES_PS)];
        let scans = Scan::script(self.sampling(), self.is_progressive).len() as u64;
        let tries = if self.max_bytes.is_some() { quality::MAX_TRIES } else { 0 };
        let trellis_ps = match self.effort {
            JpegEffort::Balanced => 0,
            JpegEffort::Smallest => {
                Blocks::count(self.size, self.sampling()).saturating_mul(TRELLIS_BLOCK_PS)
            }
        };
        sum_ps(scan).saturating_mul(scans).saturating_add(trellis_ps).saturating_mul(1 + tries)
    }

    /// Photographs stay below a fifth of the bound, and noise below half of it at most qualities.
    pub(crate) const fn file_bound(&self) -> FileBound {
        let max_bytes = self.file_bytes();
        let longest = Self { max_bytes: None, ..*self }.file_bytes();
        let max_buffered_bytes = if longest / 2 < max_bytes { longest / 2 } else { max_bytes };
        FileBound { max_bytes, max_buffered_bytes }
    }

    /// The length of the longest file of any picture of this size: the segments, at most 16 bytes of
    /// padding and EOI, and the longest possible blocks.
    pub(crate) const fn file_bytes(&self) -> u64 {
        let (luma, chroma) = max_block_bits::per_block(self.quality, self.effort);
        let (luma, segment_bytes) = if self.is_progressive {
            (luma + max_block_bits::SECOND_END_BITS, PROGRESSIVE_SEGMENT_BYTES)
        } else {
            (luma, SEGMENT_BYTES)
        };
        let (width, height) = (self.size.width as u64, self.size.height as u64);
        let sampling = self.sampling();
        let mcu_bits = match sampling {
            Sampling::Gray => luma,
            Sampling::Half => 4 * luma + 2 * chroma,
            Sampling::Full => luma + 2 * chroma,
        };
        let side = sampling.mcu_side() as u64;
        let mcus = width.div_ceil(side).saturating_mul(height.div_ceil(side));
        let segment_bytes = segment_bytes + segments::profile_bytes(self.gamut);
        let longest = (mcus.saturating_mul(mcu_bits) / 8).saturating_add(segment_bytes + 16);
        match self.max_bytes {
            Some(max_bytes) if max_bytes < longest => max_bytes,
            _ => longest,
        }
    }

    /// The sampling of a picture that is not grey by chance.
    const fn sampling(&self) -> Sampling {
        Sampling::new(matches!(self.layout, Layout::Gray), self.has_full_chroma)
    }
}

/// A pixel: its colours, averages and forward transform, at most three times.
const PIXEL_PS: u64 = 9_000;
/// The same with two blocks of chroma for each block of luma.
const FULL_CHROMA_PIXEL_PS: u64 = 14_000;
/// A block of coefficients of which each may be one or two steps, or zero.
const TRELLIS_BLOCK_PS: u64 = 10_000_000;
/// A byte of the longest possible file, counted and written once or twice.
const FILE_BYTE_PS: u64 = 5_000;
/// The best codes of four histograms.
const CODES_PS: u64 = 100_000_000;
/// SOI, JFIF, SOF, DQT with two tables.
const HEADER_BYTES: u64 = 2 + 18 + 19 + (4 + 2 * 65);
/// DHT with four tables, SOS.
const SEGMENT_BYTES: u64 = HEADER_BYTES + (4 + 2 * (17 + 12) + 2 * (17 + 162)) + 14;
/// DHT with two tables and SOS of all DC coefficients; the same with one table and one component,
/// four times. Runs of ends add 14 symbols.
const PROGRESSIVE_SEGMENT_BYTES: u64 =
    HEADER_BYTES + (4 + 2 * (17 + 12)) + 14 + 4 * (4 + 17 + 162 + 14 + 10);

/// A picture on its way into a file.
struct Encoder<'s, 'b> {
    source: Source<'s>,
    gamut: Gamut,
    blocks: Blocks<'b>,
    scans: &'static [Scan],
    effort: JpegEffort,
    job: Job<'b>,
}

/// The tables of a file: quantization, and the best codes of each scan.
struct Tables {
    quantization: Quantization,
    codes: [BestCodes; MAX_SCANS],
}

impl Encoder<'_, '_> {
    /// The tables for a quality: a pass for each scan, which counts the symbols.
    fn tables(&mut self, quality: u8) -> Result<Tables, Error> {
        self.blocks.forget();
        let mut quantization = Quantization::new(quality, self.effort);
        if self.effort == JpegEffort::Smallest {
            let scan = Scan::script(self.source.sampling, false);
            let histograms = self.histograms(&scan[0], &quantization)?;
            self.blocks.forget();
            quantization.trellises = Some(histograms.trellises());
        }
        let mut tables = Tables { quantization, codes: Default::default() };
        for (codes, scan) in tables.codes.iter_mut().zip(self.scans) {
            *codes = self.histograms(scan, &tables.quantization)?.best_codes();
        }
        Ok(tables)
    }

    /// How often each symbol of a scan occurs.
    fn histograms(
        &mut self,
        scan: &Scan,
        quantization: &Quantization,
    ) -> Result<Histograms, Error> {
        let mut histograms = Histograms::new();
        self.visit(scan, quantization, &mut histograms)?;
        Ok(histograms)
    }

    /// Writes the file.
    fn write(&mut self, tables: &Tables, output: &mut FileWriter<'_>) -> Result<(), Error> {
        let Source { size, sampling, .. } = self.source;
        let is_progressive = self.scans.len() > 1;
        let Tables { quantization, codes } = tables;
        segments::write_start(output, self.gamut)?;
        segments::write_header(output, size, sampling, is_progressive, &quantization.quantizers)?;
        for (codes, scan) in codes.iter().zip(self.scans) {
            let [dc, ac] = codes.tables();
            segments::write_scan_header(output, sampling, scan, [&dc, &ac])?;
            let codes = [0, 1].map(|kind| Codes::new(&dc[kind], &ac[kind]));
            let mut writer = SymbolWriter::new(output, codes);
            self.visit(scan, quantization, &mut writer)?;
            writer.finish()?;
        }
        output.append(&[0xFF, 0xD9])
    }

    /// Hands the symbols of a scan to `sink`.
    fn visit(
        &mut self,
        scan: &Scan,
        quantization: &Quantization,
        sink: &mut impl SymbolSink,
    ) -> Result<(), Error> {
        let Source { size, sampling, .. } = self.source;
        let mut coder = BlockCoder::new(scan);
        for mcu_y in 0..size.height.div_ceil(sampling.mcu_side()) as usize {
            let interrupt = self.job.interrupt;
            let blocks = self.blocks.row(&self.source, mcu_y, quantization, interrupt)?;
            if let Some(component) = scan.component {
                let side = sampling.block_side(component);
                let columns = size.width.div_ceil(side) as usize;
                let rows_in_band = (sampling.mcu_side() / side) as usize;
                let rows = size.height.div_ceil(side) as usize - mcu_y * rows_in_band;
                let part = (usize::from(component), columns, rows.min(rows_in_band));
                simd::vectorize(
                    #[inline(always)]
                    || visit_blocks(blocks, sampling, part, &mut coder, sink),
                )?;
            } else {
                simd::vectorize(
                    #[inline(always)]
                    || visit_mcus(blocks, sampling, &mut coder, sink),
                )?;
            }
        }
        self.blocks.complete();
        sink.start_mcu()?;
        coder.end_blocks(sink);
        Ok(())
    }
}

/// Hands the symbols of a row of MCUs to `sink`.
#[inline(always)]
fn visit_mcus(
    blocks: &[QuantizedBlock],
    sampling: Sampling,
    coder: &mut BlockCoder,
    sink: &mut impl SymbolSink,
) -> Result<(), Error> {
    for mcu in blocks.chunks_exact(sampling.blocks_per_mcu()) {
        sink.start_mcu()?;
        for (index, block) in mcu.iter().enumerate() {
            coder.block(sampling.component_of(index), block, sink);
        }
    }
    Ok(())
}

/// Hands the symbols of one component in a row of MCUs to `sink`. Blocks beside the picture and
/// below it, which complete an MCU, are in no scan of a single component (T.81, A.2.3).
#[inline(always)]
fn visit_blocks(
    blocks: &[QuantizedBlock],
    sampling: Sampling,
    (component, columns, rows): (usize, usize, usize),
    coder: &mut BlockCoder,
    sink: &mut impl SymbolSink,
) -> Result<(), Error> {
    for row in 0..rows {
        for column in 0..columns {
            sink.start_mcu()?;
            let block = blocks.get(sampling.block_index(component, column, row)).ok_or(OUTSIDE)?;
            coder.block(component, block, sink);
        }
    }
    Ok(())
}
