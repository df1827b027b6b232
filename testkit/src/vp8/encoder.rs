//! Encodes macroblocks: modes, residuals and their tokens, synchronised with the decoder.

use super::bool_encoder::BoolEncoder;
use super::frame_header::{frame_header, write_frame_header};
use super::modes::write_subblock_mode;
use super::options::Options;
use super::predict::{Plane, predict_block, predict_subblock};
use super::tables::{AC_QUANT, DC_QUANT, SUBBLOCK_MODE_PROBS};
use super::tokens;
use super::transform::{
    dequantize_block, forward_dct, forward_walsh, inverse_dct, inverse_walsh, quantize,
    quantize_block,
};
use super::yuv::yuv_420;
use crate::pictures::Picture;

/// The payload of a VP8 chunk.
pub fn encode(picture: &Picture, options: &Options) -> Vec<u8> {
    encode_with_planes(picture, options).0
}

/// The payload, and the Y, U and V planes as decoded before the loop filter.
pub fn encode_with_planes(picture: &Picture, options: &Options) -> (Vec<u8>, [Plane; 3]) {
    let (mbs_wide, mbs_high) =
        (picture.width.div_ceil(16) as usize, picture.height.div_ceil(16) as usize);
    let source = yuv_420(picture, mbs_wide, mbs_high);
    let mut encoder = Encoder::new(options, source, mbs_wide, mbs_high);
    write_frame_header(&mut encoder.modes, options, encoder.skip_prob);
    for my in 0..mbs_high {
        encoder.left = [false; 9];
        encoder.left_modes = [0; 4];
        for mx in 0..mbs_wide {
            encoder.macroblock(mx, my);
        }
    }
    encoder.finish(picture.width, picture.height)
}

/// A grey picture of any size. All macroblocks have DC prediction and no coefficients, at 3.4 bits
/// each, so that even for 16,383 × 16,383 pixels they fit in the first partition.
pub fn flat(width: u32, height: u32) -> Vec<u8> {
    let options = Options { skip: true, ..Options::default() };
    let mut encoder = Encoder::new(&options, Default::default(), 0, 0);
    encoder.skip_prob = 1;
    write_frame_header(&mut encoder.modes, &options, encoder.skip_prob);
    let out = &mut encoder.modes;
    for _ in 0..u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16)) {
        out.put(true, 1);
        // DC prediction for luma and chroma.
        out.put(true, 145);
        out.put(false, 156);
        out.put(false, 163);
        out.put(false, 142);
    }
    encoder.finish(width, height).0
}

struct Encoder<'a> {
    options: &'a Options,
    source: [Vec<u8>; 3],
    planes: [Plane; 3],
    mbs_wide: usize,
    /// The probability that a macroblock has coefficients, in 1/256.
    skip_prob: u8,
    modes: BoolEncoder,
    partitions: Vec<BoolEncoder>,
    above_modes: Vec<usize>,
    left_modes: [usize; 4],
    /// Whether the blocks above each macroblock have coefficients: 4 luma, 2 + 2 chroma, Y2.
    above: Vec<[bool; 9]>,
    /// The same for the blocks to the left.
    left: [bool; 9],
}

/// Coefficients of a macroblock: 16 luma, 4 + 4 chroma, Y2.
struct Coefficients {
    blocks: [[i32; 16]; 25],
    has_y2: bool,
}

impl<'a> Encoder<'a> {
    fn new(options: &'a Options, source: [Vec<u8>; 3], mbs_wide: usize, mbs_high: usize) -> Self {
        Self {
            options,
            source,
            planes: [
                Plane::new(mbs_wide * 16, mbs_high * 16),
                Plane::new(mbs_wide * 8, mbs_high * 8),
                Plane::new(mbs_wide * 8, mbs_high * 8),
            ],
            mbs_wide,
            skip_prob: SKIP_PROB,
            modes: BoolEncoder::default(),
            partitions: (0..1 << options.log2_partitions).map(|_| BoolEncoder::default()).collect(),
            above_modes: vec![0; mbs_wide * 4],
            left_modes: [0; 4],
            above: vec![[false; 9]; mbs_wide],
            left: [false; 9],
        }
    }

    /// The payload with all partitions, and the planes.
    fn finish(self, width: u32, height: u32) -> (Vec<u8>, [Plane; 3]) {
        let first = self.modes.finish();
        let mut bytes = frame_header(true, first.len(), (width, height));
        bytes.extend(first);
        let partitions: Vec<Vec<u8>> =
            self.partitions.into_iter().map(BoolEncoder::finish).collect();
        for partition in &partitions[..partitions.len() - 1] {
            bytes.extend(&(partition.len() as u32).to_le_bytes()[..3]);
        }
        bytes.extend(partitions.concat());
        (bytes, self.planes)
    }

    fn macroblock(&mut self, mx: usize, my: usize) {
        let segment = self.options.segments && (mx + my) % 2 == 1;
        let index = if segment { self.options.quantizer / 2 } else { self.options.quantizer };
        let mut coefficients = Coefficients { blocks: [[0; 16]; 25], has_y2: true };

        let (luma_mode, subblock_modes) = self.luma(mx, my, index, &mut coefficients);
        let chroma_mode = self.chroma(mx, my, index, &mut coefficients);

        let empty = coefficients.blocks.as_flattened().iter().all(|c| *c == 0);
        let out = &mut self.modes;
        if self.options.segments {
            out.put(false, 255);
            out.put(segment, 128);
        }
        if self.options.skip {
            out.put(empty, self.skip_prob);
        }
        out.put(luma_mode.is_some(), 145);
        match luma_mode {
            None => {
                for (n, mode) in subblock_modes.into_iter().enumerate() {
                    let (above, left) =
                        (&mut self.above_modes[mx * 4 + n % 4], &mut self.left_modes[n / 4]);
                    write_subblock_mode(out, &SUBBLOCK_MODE_PROBS[*above][*left], mode);
                    (*above, *left) = (mode, mode);
                }
            }
            Some(mode) => {
                out.put(mode >= 2, 156);
                out.put(mode % 2 == 1, if mode >= 2 { 128 } else { 163 });
                // Its neighbours see it as subblocks of these modes, for DC, VE, HE, TM.
                let implied = [0, 2, 3, 1][mode];
                self.above_modes[mx * 4..mx * 4 + 4].fill(implied);
                self.left_modes = [implied; 4];
            }
        }
        out.put(chroma_mode > 0, 142);
        if chroma_mode > 0 {
            out.put(chroma_mode > 1, 114);
            if chroma_mode > 1 {
                out.put(chroma_mode > 2, 183);
            }
        }
        self.tokens(mx, my, &coefficients, self.options.skip && empty);
    }

    /// Predicts, codes and reconstructs the luma. Returns the mode of the macroblock, or None and
    /// the modes of the subblocks where these are better.
    fn luma(
        &mut self,
        mx: usize,
        my: usize,
        index: usize,
        coefficients: &mut Coefficients,
    ) -> (Option<usize>, [usize; 16]) {
        let (x, y) = (mx * 16, my * 16);
        let source = self.source_block(0, x, y, 16);
        let (mode, prediction, cost) = best_block_mode(&self.planes[0], x, y, 16, &source);
        let steps = (DC_QUANT[index].into(), AC_QUANT[index].into());
        let mut subblock_modes = [0; 16];
        // Where no prediction of the complete macroblock comes near: a mean difference above 3.
        if self.options.subblocks && cost > 16 * 16 * 3 {
            coefficients.has_y2 = false;
            for n in 0..16 {
                subblock_modes[n] = self.subblock(mx, my, n, steps, coefficients);
            }
            return (None, subblock_modes);
        }
        let mut dc = [0; 16];
        let mut blocks = [[0; 16]; 16];
        for n in 0..16 {
            blocks[n] = forward_dct(&residual(&source, &prediction, 16, n));
            dc[n] = blocks[n][0];
            blocks[n] = blocks[n].map(|c| quantize(c, steps.1));
            blocks[n][0] = 0;
        }
        let y2_steps =
            (2 * i32::from(DC_QUANT[index]), (i32::from(AC_QUANT[index]) * 155 / 100).max(8));
        let y2 = quantize_block(&forward_walsh(&dc), y2_steps);
        let dc = inverse_walsh(&dequantize_block(&y2, y2_steps));
        for n in 0..16 {
            let mut dequantized = dequantize_block(&blocks[n], steps);
            dequantized[0] = dc[n];
            self.reconstruct(
                0,
                (x + n % 4 * 4, y + n / 4 * 4),
                &subblock(&prediction, 16, n),
                &dequantized,
            );
        }
        coefficients.blocks[..16].copy_from_slice(&blocks);
        coefficients.blocks[24] = y2;
        (Some(mode), subblock_modes)
    }

    fn subblock(
        &mut self,
        mx: usize,
        my: usize,
        n: usize,
        steps: (i32, i32),
        coefficients: &mut Coefficients,
    ) -> usize {
        let (x, y) = (mx * 16 + n % 4 * 4, my * 16 + n / 4 * 4);
        let plane = &self.planes[0];
        let at = plane.index(x, y);
        let mut edge = [0; 13];
        for i in 0..4 {
            edge[i] = plane.samples[at + (3 - i) * plane.stride - 1];
        }
        edge[4..13].copy_from_slice(&plane.samples[at - plane.stride - 1..at - plane.stride + 8]);
        // For the last column of subblocks the samples above right are those above the macroblock,
        // in all four rows. Past the right edge of the picture the last sample repeats (12.3).
        if n % 4 == 3 {
            let row = plane.index(mx * 16 + 16, my * 16) - plane.stride;
            if my > 0 && mx + 1 == self.mbs_wide {
                edge[9..13].fill(plane.samples[row - 1]);
            } else {
                edge[9..13].copy_from_slice(&plane.samples[row..row + 4]);
            }
        }
        let source = self.source_block(0, x, y, 4);
        let cost = |mode: usize| {
            absolute_difference(&source, &predict_subblock(&edge, mode)) * 10 + mode as u32
        };
        let mode = (0..10).min_by_key(|&mode| cost(mode)).unwrap_or(0);
        let prediction = predict_subblock(&edge, mode);
        let block = quantize_block(&forward_dct(&residual(&source, &prediction, 4, 0)), steps);
        coefficients.blocks[n] = block;
        self.reconstruct(0, (x, y), &prediction, &dequantize_block(&block, steps));
        mode
    }

    fn chroma(
        &mut self,
        mx: usize,
        my: usize,
        index: usize,
        coefficients: &mut Coefficients,
    ) -> usize {
        let (x, y) = (mx * 8, my * 8);
        let sources = [1, 2].map(|plane| self.source_block(plane, x, y, 8));
        let cost = |mode: usize| -> u32 {
            (0..2)
                .map(|i| {
                    absolute_difference(
                        &sources[i],
                        &predict_block(&self.planes[i + 1], x, y, 8, mode),
                    )
                })
                .sum()
        };
        let mode = (0..4).min_by_key(|&mode| cost(mode)).unwrap_or(0);
        let steps = (i32::from(DC_QUANT[index]).min(132), i32::from(AC_QUANT[index]));
        for i in 0..2 {
            let prediction = predict_block(&self.planes[i + 1], x, y, 8, mode);
            for n in 0..4 {
                let (bx, by) = (n % 2 * 4, n / 2 * 4);
                let source = crop_4x4(&sources[i], 8, bx, by);
                let predicted = crop_4x4(&prediction, 8, bx, by);
                let residual =
                    std::array::from_fn(|k| i32::from(source[k]) - i32::from(predicted[k]));
                let block = quantize_block(&forward_dct(&residual), steps);
                coefficients.blocks[16 + i * 4 + n] = block;
                self.reconstruct(
                    i + 1,
                    (x + bx, y + by),
                    &predicted,
                    &dequantize_block(&block, steps),
                );
            }
        }
        mode
    }

    fn tokens(&mut self, mx: usize, my: usize, coefficients: &Coefficients, skipped: bool) {
        let (above, left) = (&mut self.above[mx], &mut self.left);
        if skipped {
            above[..8].fill(false);
            left[..8].fill(false);
            if coefficients.has_y2 {
                above[8] = false;
                left[8] = false;
            }
            return;
        }
        let partitions = self.partitions.len();
        let out = &mut self.partitions[my % partitions];
        let mut write = |kind: usize, column: usize, row: usize, block: &[i32; 16]| {
            let context = usize::from(above[column]) + usize::from(left[row]);
            let has_coefficients = tokens::write_block(out, kind, context, block);
            above[column] = has_coefficients;
            left[row] = has_coefficients;
        };
        if coefficients.has_y2 {
            write(1, 8, 8, &coefficients.blocks[24]);
        }
        let kind = if coefficients.has_y2 { 0 } else { 3 };
        for n in 0..16 {
            write(kind, n % 4, n / 4, &coefficients.blocks[n]);
        }
        for i in 0..2 {
            for n in 0..4 {
                let block = &coefficients.blocks[16 + i * 4 + n];
                write(2, 4 + i * 2 + n % 2, 4 + i * 2 + n / 2, block);
            }
        }
    }

    fn source_block(&self, plane: usize, x: usize, y: usize, size: usize) -> Vec<u8> {
        let stride = self.mbs_wide * if plane == 0 { 16 } else { 8 };
        (0..size * size)
            .map(|n| self.source[plane][(y + n / size) * stride + x + n % size])
            .collect()
    }

    fn reconstruct(
        &mut self,
        plane: usize,
        (x, y): (usize, usize),
        prediction: &[u8; 16],
        coefficients: &[i32; 16],
    ) {
        let residual = inverse_dct(coefficients);
        let plane = &mut self.planes[plane];
        let at = plane.index(x, y);
        for n in 0..16 {
            plane.samples[at + n / 4 * plane.stride + n % 4] =
                (i32::from(prediction[n]) + residual[n]).clamp(0, 255) as u8;
        }
    }
}

fn best_block_mode(
    plane: &Plane,
    x: usize,
    y: usize,
    size: usize,
    source: &[u8],
) -> (usize, Vec<u8>, u32) {
    (0..4)
        .map(|mode| {
            let prediction = predict_block(plane, x, y, size, mode);
            let cost = absolute_difference(source, &prediction);
            (mode, prediction, cost)
        })
        .min_by_key(|(_, _, cost)| *cost)
        .expect("there are four modes")
}

fn absolute_difference(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

/// Subblock `n` of a block of `size` × `size`.
fn subblock(samples: &[u8], size: usize, n: usize) -> [u8; 16] {
    crop_4x4(samples, size, n % 4 * 4, n / 4 * 4)
}

fn crop_4x4(samples: &[u8], size: usize, x: usize, y: usize) -> [u8; 16] {
    std::array::from_fn(|k| samples[(y + k / 4) * size + x + k % 4])
}

fn residual(source: &[u8], prediction: &[u8], size: usize, n: usize) -> [i32; 16] {
    let (source, prediction) = (subblock(source, size, n), subblock(prediction, size, n));
    std::array::from_fn(|k| i32::from(source[k]) - i32::from(prediction[k]))
}

const SKIP_PROB: u8 = 200;
