//! Lossy WebP: key frames of VP8 (RFC 6386) with real prediction, transforms and tokens.

use crate::bits::BoolWriter;
use crate::pictures::Picture;
use crate::vp8_predict::{
    Plane, forward_dct, forward_walsh, inverse_dct, inverse_walsh, sub, whole,
};
use crate::vp8_tables::{AC_QUANT, COEFFICIENT_UPDATE_PROBS, DC_QUANT, SUBBLOCK_MODE_PROBS};
use crate::vp8_tokens;

#[derive(Clone)]
pub struct Options {
    /// Quantiser index, 0 fine to 127 coarse.
    pub quantizer: usize,
    /// 2^this token partitions.
    pub log2_partitions: u32,
    pub simple_filter: bool,
    pub filter_level: u32,
    pub sharpness: u32,
    /// Luma may be predicted in 4×4 subblocks.
    pub subblocks: bool,
    /// Macroblocks without coefficients are skipped.
    pub skip: bool,
    /// Two segments with their own quantisers in a checkerboard.
    pub segments: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            quantizer: 30,
            log2_partitions: 0,
            simple_filter: false,
            filter_level: 12,
            sharpness: 0,
            subblocks: true,
            skip: true,
            segments: false,
        }
    }
}

/// A VP8 chunk's payload.
pub fn encode(picture: &Picture, options: &Options) -> Vec<u8> {
    encode_with_planes(picture, options).0
}

/// The frame tag and the start code with the size: ten bytes.
pub fn frame_header(key: bool, first_partition: usize, (width, height): (u32, u32)) -> Vec<u8> {
    let tag = u32::from(!key) | 1 << 4 | (first_partition as u32) << 5;
    let mut bytes = tag.to_le_bytes()[..3].to_vec();
    bytes.extend([0x9D, 0x01, 0x2A]);
    bytes.extend((width as u16).to_le_bytes());
    bytes.extend((height as u16).to_le_bytes());
    bytes
}

/// The payload, and the Y, U and V planes that a decoder has before the loop filter.
pub fn encode_with_planes(picture: &Picture, options: &Options) -> (Vec<u8>, [Plane; 3]) {
    let (mbs_wide, mbs_high) =
        (picture.width.div_ceil(16) as usize, picture.height.div_ceil(16) as usize);
    let source = yuv(picture, mbs_wide, mbs_high);
    let mut encoder = Encoder::new(options, source, mbs_wide, mbs_high);
    encoder.header();
    for my in 0..mbs_high {
        encoder.left = [false; 9];
        encoder.left_modes = [0; 4];
        for mx in 0..mbs_wide {
            encoder.macroblock(mx, my);
        }
    }
    encoder.finish(picture.width, picture.height)
}

/// A picture of one grey of any size: all macroblocks are predicted from nothing and have no coefficients, which takes
/// 3.4 bits for each. The first partition holds those of 16,383 × 16,383.
pub fn flat(width: u32, height: u32) -> Vec<u8> {
    let options = Options { skip: true, ..Options::default() };
    let mut encoder = Encoder::new(&options, Default::default(), 0, 0);
    encoder.skip_prob = 1;
    encoder.header();
    let out = &mut encoder.modes;
    for _ in 0..u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16)) {
        out.put(true, 1);
        // DC for luma and for chroma.
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
    /// Of a macroblock that has coefficients, in 256ths.
    skip_prob: u8,
    modes: BoolWriter,
    partitions: Vec<BoolWriter>,
    above_modes: Vec<usize>,
    left_modes: [usize; 4],
    /// Which blocks next to this macroblock have coefficients: 4 luma, 2 + 2 chroma, Y2.
    above: Vec<[bool; 9]>,
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
            modes: BoolWriter::default(),
            partitions: (0..1 << options.log2_partitions).map(|_| BoolWriter::default()).collect(),
            above_modes: vec![0; mbs_wide * 4],
            left_modes: [0; 4],
            above: vec![[false; 9]; mbs_wide],
            left: [false; 9],
        }
    }

    /// The payload of all partitions, and the planes.
    fn finish(self, width: u32, height: u32) -> (Vec<u8>, [Plane; 3]) {
        let first = self.modes.finish();
        let mut bytes = frame_header(true, first.len(), (width, height));
        bytes.extend(first);
        let partitions: Vec<Vec<u8>> =
            self.partitions.into_iter().map(BoolWriter::finish).collect();
        for partition in &partitions[..partitions.len() - 1] {
            bytes.extend(&(partition.len() as u32).to_le_bytes()[..3]);
        }
        bytes.extend(partitions.concat());
        (bytes, self.planes)
    }

    fn header(&mut self) {
        let out = &mut self.modes;
        // Colour space, and clamping is required.
        out.literal(0, 2);
        out.flag(self.options.segments);
        if self.options.segments {
            // A map and data follow; quantisers are absolute; two of four are set.
            out.literal(0b111, 3);
            for quantizer in [self.options.quantizer, self.options.quantizer / 2] {
                out.flag(true);
                out.literal(quantizer as u32, 7);
                out.flag(false);
            }
            out.literal(0, 2);
            out.literal(0, 4);
            // The first probability of the segment tree is written, the others stay 255.
            for prob in [Some(255), Some(128), None] {
                out.flag(prob.is_some());
                if let Some(prob) = prob {
                    out.literal(prob, 8);
                }
            }
        }
        out.flag(self.options.simple_filter);
        out.literal(self.options.filter_level, 6);
        out.literal(self.options.sharpness, 3);
        out.flag(false);
        out.literal(self.options.log2_partitions, 2);
        out.literal(self.options.quantizer as u32, 7);
        out.literal(0, 5);
        // The probabilities are kept, and none is updated.
        out.flag(true);
        for prob in COEFFICIENT_UPDATE_PROBS.as_flattened().as_flattened().as_flattened() {
            out.put(false, *prob);
        }
        out.flag(self.options.skip);
        if self.options.skip {
            out.literal(self.skip_prob.into(), 8);
        }
    }

    fn macroblock(&mut self, mx: usize, my: usize) {
        let segment = self.options.segments && (mx + my) % 2 == 1;
        let index = if segment { self.options.quantizer / 2 } else { self.options.quantizer };
        let mut coefficients = Coefficients { blocks: [[0; 16]; 25], has_y2: true };

        let (luma_mode, sub_modes) = self.luma(mx, my, index, &mut coefficients);
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
                for (n, mode) in sub_modes.into_iter().enumerate() {
                    let (above, left) =
                        (&mut self.above_modes[mx * 4 + n % 4], &mut self.left_modes[n / 4]);
                    sub_mode(out, &SUBBLOCK_MODE_PROBS[*above][*left], mode);
                    (*above, *left) = (mode, mode);
                }
            }
            Some(mode) => {
                out.put(mode >= 2, 156);
                out.put(mode % 2 == 1, if mode >= 2 { 128 } else { 163 });
                // What a whole block counts as beside a subblock: DC, VE, HE, TM.
                let counts_as = [0, 2, 3, 1][mode];
                self.above_modes[mx * 4..mx * 4 + 4].fill(counts_as);
                self.left_modes = [counts_as; 4];
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

    /// Predicts, codes and rebuilds the luma; None and the subblock modes where these are better.
    fn luma(
        &mut self,
        mx: usize,
        my: usize,
        index: usize,
        coefficients: &mut Coefficients,
    ) -> (Option<usize>, [usize; 16]) {
        let (x, y) = (mx * 16, my * 16);
        let source = self.source_block(0, x, y, 16);
        let (mode, prediction, cost) = best_whole(&self.planes[0], x, y, 16, &source);
        let steps = (DC_QUANT[index].into(), AC_QUANT[index].into());
        let mut sub_modes = [0; 16];
        // Where the prediction of the whole block is far off and the place is not too regular.
        if self.options.subblocks && cost > 16 * 16 * 3 {
            coefficients.has_y2 = false;
            for n in 0..16 {
                sub_modes[n] = self.subblock(mx, my, n, steps, coefficients);
            }
            return (None, sub_modes);
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
            let mut rebuilt = dequantize_block(&blocks[n], steps);
            rebuilt[0] = dc[n];
            self.rebuild(0, (x + n % 4 * 4, y + n / 4 * 4), &block4(&prediction, 16, n), &rebuilt);
        }
        coefficients.blocks[..16].copy_from_slice(&blocks);
        coefficients.blocks[24] = y2;
        (Some(mode), sub_modes)
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
        // Above right of the last column of subblocks: the row above the macroblock, for all four
        // rows; beyond the picture, its last sample (12.3).
        if n % 4 == 3 {
            let row = plane.index(mx * 16 + 16, my * 16) - plane.stride;
            if my > 0 && mx + 1 == self.mbs_wide {
                edge[9..13].fill(plane.samples[row - 1]);
            } else {
                edge[9..13].copy_from_slice(&plane.samples[row..row + 4]);
            }
        }
        let source = self.source_block(0, x, y, 4);
        let cost = |mode: usize| difference(&source, &sub(&edge, mode)) * 10 + mode as u32;
        let mode = (0..10).min_by_key(|&mode| cost(mode)).unwrap_or(0);
        let prediction = sub(&edge, mode);
        let block = quantize_block(&forward_dct(&residual(&source, &prediction, 4, 0)), steps);
        coefficients.blocks[n] = block;
        self.rebuild(0, (x, y), &prediction, &dequantize_block(&block, steps));
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
                .map(|i| difference(&sources[i], &whole(&self.planes[i + 1], x, y, 8, mode)))
                .sum()
        };
        let mode = (0..4).min_by_key(|&mode| cost(mode)).unwrap_or(0);
        let steps = (i32::from(DC_QUANT[index]).min(132), i32::from(AC_QUANT[index]));
        for i in 0..2 {
            let prediction = whole(&self.planes[i + 1], x, y, 8, mode);
            for n in 0..4 {
                let (bx, by) = (n % 2 * 4, n / 2 * 4);
                let source = crop4(&sources[i], 8, bx, by);
                let predicted = crop4(&prediction, 8, bx, by);
                let residual =
                    std::array::from_fn(|k| i32::from(source[k]) - i32::from(predicted[k]));
                let block = quantize_block(&forward_dct(&residual), steps);
                coefficients.blocks[16 + i * 4 + n] = block;
                self.rebuild(i + 1, (x + bx, y + by), &predicted, &dequantize_block(&block, steps));
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
            let some = vp8_tokens::block(out, kind, context, block);
            above[column] = some;
            left[row] = some;
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

    fn rebuild(
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

fn sub_mode(out: &mut BoolWriter, p: &[u8; 9], mode: usize) {
    // DC, TM, VE, HE, LD, RD, VR, VL, HD, HU as (node, bit) paths through the tree of 11.2.
    let path: &[(usize, bool)] = match mode {
        0 => &[(0, false)],
        1 => &[(0, true), (1, false)],
        2 => &[(0, true), (1, true), (2, false)],
        3 => &[(0, true), (1, true), (2, true), (3, false), (4, false)],
        5 => &[(0, true), (1, true), (2, true), (3, false), (4, true), (5, false)],
        6 => &[(0, true), (1, true), (2, true), (3, false), (4, true), (5, true)],
        4 => &[(0, true), (1, true), (2, true), (3, true), (6, false)],
        7 => &[(0, true), (1, true), (2, true), (3, true), (6, true), (7, false)],
        8 => &[(0, true), (1, true), (2, true), (3, true), (6, true), (7, true), (8, false)],
        _ => &[(0, true), (1, true), (2, true), (3, true), (6, true), (7, true), (8, true)],
    };
    for (node, bit) in path {
        out.put(*bit, p[*node]);
    }
}

fn best_whole(
    plane: &Plane,
    x: usize,
    y: usize,
    size: usize,
    source: &[u8],
) -> (usize, Vec<u8>, u32) {
    (0..4)
        .map(|mode| {
            let prediction = whole(plane, x, y, size, mode);
            let cost = difference(source, &prediction);
            (mode, prediction, cost)
        })
        .min_by_key(|(_, _, cost)| *cost)
        .expect("there are four modes")
}

fn difference(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

/// Subblock `n` of a block of `size`.
fn block4(samples: &[u8], size: usize, n: usize) -> [u8; 16] {
    crop4(samples, size, n % 4 * 4, n / 4 * 4)
}

fn crop4(samples: &[u8], size: usize, x: usize, y: usize) -> [u8; 16] {
    std::array::from_fn(|k| samples[(y + k / 4) * size + x + k % 4])
}

fn residual(source: &[u8], prediction: &[u8], size: usize, n: usize) -> [i32; 16] {
    let (source, prediction) = (block4(source, size, n), block4(prediction, size, n));
    std::array::from_fn(|k| i32::from(source[k]) - i32::from(prediction[k]))
}

fn quantize(value: i32, step: i32) -> i32 {
    let size = ((value.abs() + step / 3) / step).min(2047);
    if value < 0 { -size } else { size }
}

fn quantize_block(block: &[i32; 16], (dc, ac): (i32, i32)) -> [i32; 16] {
    std::array::from_fn(|k| quantize(block[k], if k == 0 { dc } else { ac }))
}

fn dequantize_block(block: &[i32; 16], (dc, ac): (i32, i32)) -> [i32; 16] {
    std::array::from_fn(|k| block[k] * if k == 0 { dc } else { ac })
}

/// Limited-range YUV 4:2:0, padded to whole macroblocks by repeating the edges.
fn yuv(picture: &Picture, mbs_wide: usize, mbs_high: usize) -> [Vec<u8>; 3] {
    let rgb = |x: usize, y: usize| -> [i32; 3] {
        let (x, y) = ((x as u32).min(picture.width - 1), (y as u32).min(picture.height - 1));
        [0, 1, 2].map(|c| i32::from(picture.at(x, y, c)))
    };
    let mut planes = [Vec::new(), Vec::new(), Vec::new()];
    for y in 0..mbs_high * 16 {
        for x in 0..mbs_wide * 16 {
            let [r, g, b] = rgb(x, y);
            planes[0].push((16_839 * r + 33_059 * g + 6_420 * b + (16 << 16) + 32_768 >> 16) as u8);
        }
    }
    for y in 0..mbs_high * 8 {
        for x in 0..mbs_wide * 8 {
            let mut sum = [0; 3];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let pixel = rgb(2 * x + dx, 2 * y + dy);
                for c in 0..3 {
                    sum[c] += pixel[c];
                }
            }
            let [r, g, b] = sum;
            let offset = (128 << 18) + (1 << 17);
            planes[1].push((-9_719 * r - 19_081 * g + 28_800 * b + offset >> 18) as u8);
            planes[2].push((28_800 * r - 24_116 * g - 4_684 * b + offset >> 18) as u8);
        }
    }
    planes
}

const SKIP_PROB: u8 = 200;
