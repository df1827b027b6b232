//! Encodes the macroblocks of a picture, and writes them as a key frame.

use super::bool_encoder::BoolEncoder;
use super::costs::{self, BlockCosts};
use super::first_partition::FirstPartition;
use super::header_budget::{HeaderBudget, has_segments};
use super::macroblock::{Above, Macroblock, Surroundings};
use super::probabilities;
use super::segment::Segment;
use super::segmentation::{self, ACTIVITIES};
use super::tokens::{self, Counts, TokenWriter};
use super::yuv::{SampleRow, Samples};
use super::{chroma, luma};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::PictureView;
use crate::simd;
use crate::size::Size;
use crate::vp8::modes::SubblockModes;
use crate::vp8::nonzero::Nonzero;
use crate::vp8::predict::Border;
use crate::vp8::tables::{DEFAULT_TOKEN_PROBABILITIES, Probabilities};
use crate::work;

/// A picture whose macroblocks are coded, but not written.
pub(super) struct CodedPicture<'b> {
    size: Size,
    columns: usize,
    buffers: Buffers<'b>,
    segments: [Segment; 4],
    has_segments: bool,
    probabilities: Probabilities,
    /// The length of the first partition and of that of tokens.
    partition_bytes: [u64; 2],
}

/// The macroblocks of a picture, and what each column knows of the one above.
pub(super) struct Buffers<'b> {
    macroblocks: Buffer<'b, Macroblock>,
    above: Buffer<'b, Above>,
    modes_above: Buffer<'b, SubblockModes>,
}

impl<'b> Buffers<'b> {
    pub(super) fn new(size: Size, budget: &'b Budget) -> Result<Self, Error> {
        let columns = u64::from(size.width.div_ceil(16));
        Ok(Self {
            macroblocks: budget.buffer(macroblocks(size), Macroblock::EMPTY)?,
            above: budget.buffer(columns, Above::OUTSIDE)?,
            modes_above: budget.buffer(columns, SubblockModes::default())?,
        })
    }
}

/// The number of macroblocks of a picture.
pub(super) const fn macroblocks(size: Size) -> u64 {
    size.width.div_ceil(16) as u64 * size.height.div_ceil(16) as u64
}

impl<'b> CodedPicture<'b> {
    /// Codes `picture`. `samples` is the row of macroblocks to work in.
    pub(super) fn new(
        picture: PictureView<'_>,
        quality: u8,
        samples: &mut SampleRow<'_>,
        job: Job<'b>,
    ) -> Result<Self, Error> {
        let size = picture.size;
        let columns = size.width.div_ceil(16) as usize;
        let mut buffers = Buffers::new(size, job.budget)?;
        let Buffers { macroblocks, above, .. } = &mut buffers;
        let count = macroblocks.len();
        let mut header_budget = HeaderBudget::new(count as u64);
        let has_segments = has_segments(count as u64);
        let mut activities = [0; ACTIVITIES];
        for (y, row) in macroblocks.chunks_mut(columns).enumerate() {
            job.interrupt.check()?;
            samples.fill(picture, y)?;
            for (macroblock, samples) in row.iter_mut().zip(samples.macroblocks()) {
                macroblock.segment = segmentation::activity(&samples.luma);
                activities[usize::from(macroblock.segment) % ACTIVITIES] += 1;
            }
        }
        let (groups, segments) = segmentation::segments(&activities, quality);

        let mut coder = Coder::new(&segments, count);
        let tops = (0..size.height).step_by(16);
        for ((y, row), top) in macroblocks.chunks_mut(columns).enumerate().zip(tops) {
            job.interrupt.check()?;
            samples.fill(picture, y)?;
            let lines = (size.height - top).min(16);
            work::encoded(u64::from(size.width) * u64::from(lines));
            for macroblock in row.iter_mut() {
                let group = groups[usize::from(macroblock.segment) % ACTIVITIES];
                macroblock.segment = if has_segments { group } else { 0 };
            }
            simd::vectorize(
                #[inline(always)]
                || coder.code_row(y == 0, samples.macroblocks(), row, above, &mut header_budget),
            );
        }
        let probabilities = probabilities::fitted(&coder.counts);
        let mut coded = Self {
            size,
            columns,
            buffers,
            segments,
            has_segments,
            probabilities,
            partition_bytes: [0; 2],
        };
        let first = coded.write_first_partition(BoolEncoder::counting())?;
        coded.partition_bytes =
            [first, coded.write_tokens(BoolEncoder::counting(), job.interrupt)?];
        Ok(coded)
    }

    /// The length of the VP8 chunk without its header.
    pub(super) fn bytes(&self) -> u64 {
        self.partition_bytes.iter().sum::<u64>() + FRAME_HEADER_BYTES
    }

    /// Appends the key frame to `file`.
    pub(super) fn write(
        &mut self,
        file: &mut Buffer<'b, u8>,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        let too_long = |_| Error::Bug("a first partition of VP8 that is too long");
        let first_bytes = u32::try_from(self.partition_bytes[0]).map_err(too_long)?;
        let side = |side: u32| u16::try_from(side).map_err(too_long).map(u16::to_le_bytes);
        // A key frame of version 0 that is shown (RFC 6386, 9.1).
        let [a, b, c, excess] = (first_bytes << 5 | 1 << 4).to_le_bytes();
        if excess != 0 || first_bytes >= 1 << 19 {
            return Err(Error::Bug("a first partition of VP8 that is too long"));
        }
        file.extend_from_slice(&[a, b, c])?;
        file.extend_from_slice(&START_CODE)?;
        file.extend_from_slice(&side(self.size.width)?)?;
        file.extend_from_slice(&side(self.size.height)?)?;
        self.write_first_partition(BoolEncoder::into(file))?;
        self.write_tokens(BoolEncoder::into(file), interrupt)?;
        Ok(())
    }

    fn write_first_partition(&mut self, mut encoder: BoolEncoder<'_, '_>) -> Result<u64, Error> {
        let partition = FirstPartition {
            segments: &self.segments,
            has_segments: self.has_segments,
            has_skip_flags: self.has_segments,
            probabilities: &self.probabilities,
            macroblocks: &self.buffers.macroblocks,
            columns: self.columns,
        };
        partition.write(&mut encoder, &mut self.buffers.modes_above);
        encoder.finish()
    }

    fn write_tokens(
        &mut self,
        mut encoder: BoolEncoder<'_, '_>,
        interrupt: &Interrupt,
    ) -> Result<u64, Error> {
        let mut writer = TokenWriter { encoder: &mut encoder, probabilities: &self.probabilities };
        let above = &mut self.buffers.above[..];
        above.fill(Above::OUTSIDE);
        for row in self.buffers.macroblocks.chunks(self.columns.max(1)) {
            interrupt.check()?;
            let mut left = Nonzero::NONE;
            for (macroblock, above) in row.iter().zip(&mut *above) {
                if self.has_segments && macroblock.is_skipped() {
                    above.nonzero.skip(macroblock.has_y2());
                    left.skip(macroblock.has_y2());
                } else {
                    tokens::write(macroblock, &mut above.nonzero, &mut left, &mut writer);
                }
            }
        }
        encoder.finish()
    }
}

/// Codes one macroblock after another.
struct Coder<'a> {
    segments: &'a [Segment; 4],
    counts: Counts,
    costs: [BlockCosts; 4],
    /// The costs follow the counts every so many macroblocks.
    macroblocks_per_update: usize,
    until_update: usize,
}

impl<'a> Coder<'a> {
    fn new(segments: &'a [Segment; 4], macroblocks: usize) -> Self {
        let mut costs = [BlockCosts::ZERO; 4];
        costs::update(&mut costs, &DEFAULT_TOKEN_PROBABILITIES);
        let macroblocks_per_update = (macroblocks / UPDATES).max(MIN_MACROBLOCKS_PER_UPDATE);
        Self {
            segments,
            counts: [[[[[0; 2]; 11]; 3]; 8]; 4],
            costs,
            macroblocks_per_update,
            until_update: macroblocks_per_update,
        }
    }

    /// Codes a row of macroblocks.
    #[inline(always)]
    fn code_row(
        &mut self,
        is_first: bool,
        samples: &[Samples],
        macroblocks: &mut [Macroblock],
        above: &mut [Above],
        header_budget: &mut HeaderBudget,
    ) {
        let mut around = Surroundings::at_row_start(is_first);
        for (column, (macroblock, samples)) in macroblocks.iter_mut().zip(samples).enumerate() {
            let next = above.get(column + 1).and_then(|next| next.samples.luma.first_chunk());
            let next = next.copied();
            let Some(above) = above.get_mut(column) else { return };
            around.luma.above = above.samples.luma;
            around.above_right = next.unwrap_or([above.samples.luma[15]; 4]);
            for (border, above) in around.chroma.iter_mut().zip(&above.samples.chroma) {
                border.above = *above;
            }
            around.modes_above = above.modes;
            around.nonzero_above = above.nonzero;
            self.code(samples, macroblock, &mut around, above, header_budget);
        }
    }

    /// Codes a macroblock, and moves the surroundings to the next one.
    #[inline(always)]
    fn code(
        &mut self,
        source: &Samples,
        macroblock: &mut Macroblock,
        around: &mut Surroundings,
        above: &mut Above,
        header_budget: &mut HeaderBudget,
    ) {
        let segment = &self.segments[usize::from(macroblock.segment & 3)];
        let (costs, allowed) = (&self.costs, header_budget.next());
        let (luma, luma_cost) =
            luma::choose(&source.luma, around, segment, costs, allowed, macroblock);
        let chroma = chroma::choose(&source.chroma, around, segment, costs, allowed, macroblock);
        header_budget.spend(luma_cost, macroblock);
        #[cfg(test)]
        super::tests::reconstructed(Samples { luma, chroma });

        if macroblock.is_skipped() {
            above.nonzero.skip(macroblock.has_y2());
            around.nonzero_left.skip(macroblock.has_y2());
        } else {
            let left = &mut around.nonzero_left;
            tokens::write(macroblock, &mut above.nonzero, left, &mut self.counts);
        }
        self.until_update -= 1;
        if self.until_update == 0 {
            self.until_update = self.macroblocks_per_update;
            costs::update(&mut self.costs, &probabilities::fitted(&self.counts));
        }

        [around.modes_left, above.modes] = macroblock.edge_modes();
        move_right(&mut around.luma, &luma);
        above.samples.luma = luma[15];
        for ((border, lines), above) in
            around.chroma.iter_mut().zip(&chroma).zip(&mut above.samples.chroma)
        {
            move_right(border, lines);
            *above = lines[7];
        }
        around.in_picture.1 = true;
    }
}

/// Moves the border to the next macroblock: its left samples are the last column of `lines`.
fn move_right<const SIDE: usize>(border: &mut Border<SIDE>, lines: &[[u8; SIDE]; SIDE]) {
    border.above_left = border.above[SIDE - 1];
    for (left, line) in border.left.iter_mut().zip(lines) {
        *left = line[SIDE - 1];
    }
}

/// The frame tag, the start code and the size (RFC 6386, 9.1).
pub(super) const FRAME_HEADER_BYTES: u64 = 10;
const START_CODE: [u8; 3] = [0x9D, 0x01, 0x2A];

/// How often the costs are updated.
const UPDATES: usize = 16;
const MIN_MACROBLOCKS_PER_UPDATE: usize = 32;

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::encode::test_pictures::noise;
    use crate::encode::webp::lossy::mode_costs::{chroma_mode, luma_mode, max_cost};
    use crate::vp8::modes::{LumaPrediction, Mode};

    /// The modes of a row of noise in a frame of so many macroblocks.
    fn modes_in_frame_of(macroblocks: u64) -> Vec<(LumaPrediction, Mode)> {
        const COLUMNS: usize = 12;
        let bytes = noise(COLUMNS * 384, 8);
        let mut bytes = bytes.into_iter();
        let mut samples = [const { Samples::BLACK }; COLUMNS];
        for samples in &mut samples {
            let luma = samples.luma.as_flattened_mut().iter_mut();
            let chroma = samples.chroma.as_flattened_mut().as_flattened_mut().iter_mut();
            luma.chain(chroma).for_each(|sample| *sample = bytes.next().unwrap());
        }
        let segments = [Segment::new(10, 0); 4];
        let mut macroblocks_of_row = [const { Macroblock::EMPTY }; COLUMNS];
        let mut above = [Above::OUTSIDE; COLUMNS];
        let mut budget = HeaderBudget::new(macroblocks);
        let mut coder = Coder::new(&segments, COLUMNS);
        coder.code_row(true, &samples, &mut macroblocks_of_row, &mut above, &mut budget);
        macroblocks_of_row.map(|macroblock| (macroblock.luma, macroblock.chroma)).to_vec()
    }

    #[test]
    fn the_headers_of_large_frames_fit_into_the_first_partition() {
        let by_subblocks =
            |(luma, _): &(LumaPrediction, Mode)| matches!(luma, LumaPrediction::Subblocks(_));
        assert!(modes_in_frame_of(100).iter().filter(|modes| by_subblocks(modes)).count() > 6);
        let whole = modes_in_frame_of(400_000);
        assert!(!whole.iter().any(by_subblocks));
        assert!(whole.iter().any(|&(luma, _)| luma != LumaPrediction::Macroblock(Mode::Dc)));
        // 16,383 × 16,383 pixels. All headers take less than 19 bits can say.
        let cheapest = modes_in_frame_of(1024 * 1024);
        let cost = cheapest.iter().map(|&(luma, chroma)| {
            let LumaPrediction::Macroblock(luma) = luma else { panic!("{luma:?}") };
            max_cost(luma_mode(Some(luma))) + max_cost(chroma_mode(chroma))
        });
        let bits = f64::from(cost.sum::<u32>()) / 256.0 / cheapest.len() as f64;
        assert!(bits * 1024.0 * 1024.0 / 8.0 < f64::from((1 << 19) - 3_000), "{bits}");
    }
}
