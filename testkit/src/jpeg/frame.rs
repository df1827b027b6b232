//! A frame: planes → quantised DCT coefficients.

use super::tables::{ZIGZAG, quantization};
use crate::pictures::Picture;

/// Quantised coefficients of a picture.
pub struct Frame {
    pub width: usize,
    pub height: usize,
    pub components: Vec<Component>,
    pub quantization: Vec<[u16; 64]>,
    pub mcus_wide: usize,
    pub mcus_high: usize,
}

pub struct Component {
    pub id: u8,
    pub h: usize,
    pub v: usize,
    /// The slot of the quantisation and Huffman tables.
    pub slot: usize,
    /// In samples, without the padding to complete MCUs.
    pub width: usize,
    pub height: usize,
    pub blocks_wide: usize,
    /// In zigzag order, padded to complete MCUs.
    pub blocks: Vec<[i32; 64]>,
}

impl Frame {
    /// The channels of `planes` become components with these sampling factors. With `chroma` the
    /// second and third use slot 1.
    pub fn new(planes: &Picture, factors: &[(usize, usize)], quality: u32, chroma: bool) -> Self {
        let (width, height) = (planes.width as usize, planes.height as usize);
        let hmax = factors.iter().map(|f| f.0).max().unwrap_or(1);
        let vmax = factors.iter().map(|f| f.1).max().unwrap_or(1);
        let (mcus_wide, mcus_high) = (width.div_ceil(8 * hmax), height.div_ceil(8 * vmax));
        let largest = if quality < 8 { 65_535 } else { 255 };
        let quantization: Vec<_> =
            (0..2).map(|slot| quantization(slot, quality, largest)).collect();
        let components = factors
            .iter()
            .enumerate()
            .map(|(channel, &(h, v))| {
                let slot = usize::from(chroma && (channel == 1 || channel == 2));
                let mut component = Component {
                    id: channel as u8 + 1,
                    h,
                    v,
                    slot,
                    width: (width * h).div_ceil(hmax),
                    height: (height * v).div_ceil(vmax),
                    blocks_wide: mcus_wide * h,
                    blocks: Vec::new(),
                };
                let samples = downsample(planes, channel, &component, (hmax, vmax));
                for by in 0..mcus_high * v {
                    for bx in 0..mcus_wide * h {
                        component.blocks.push(quantized_block(
                            &samples,
                            (component.width, component.height),
                            (bx * 8, by * 8),
                            &quantization[slot],
                        ));
                    }
                }
                component
            })
            .collect();
        Self { width, height, components, quantization, mcus_wide, mcus_high }
    }
}

/// The mean of the pixels that each sample of the component covers.
fn downsample(
    planes: &Picture,
    channel: usize,
    component: &Component,
    (hmax, vmax): (usize, usize),
) -> Vec<i64> {
    let (width, height) = (planes.width as usize, planes.height as usize);
    let mut samples = Vec::new();
    for y in 0..component.height {
        let y0 = y * vmax / component.v;
        let y1 = ((y + 1) * vmax).div_ceil(component.v).clamp(y0 + 1, height.max(y0 + 1));
        for x in 0..component.width {
            let x0 = x * hmax / component.h;
            let x1 = ((x + 1) * hmax).div_ceil(component.h).clamp(x0 + 1, width.max(x0 + 1));
            let mut sum = 0;
            for sy in y0..y1 {
                for sx in x0..x1 {
                    let (sx, sy) = (sx.min(width - 1) as u32, sy.min(height - 1) as u32);
                    sum += i64::from(planes.at(sx, sy, channel));
                }
            }
            let area = ((x1 - x0) * (y1 - y0)) as i64;
            samples.push((2 * sum + area) / (2 * area));
        }
    }
    samples
}

/// Level shift, forward DCT (T.81, A.3.3) and quantisation of one block. The edges are repeated.
fn quantized_block(
    samples: &[i64],
    (width, height): (usize, usize),
    (x0, y0): (usize, usize),
    steps: &[u16; 64],
) -> [i32; 64] {
    let mut rows = [[0; 8]; 8];
    for (y, row) in rows.iter_mut().enumerate() {
        let start = (y0 + y).min(height - 1) * width;
        let line: [i64; 8] =
            std::array::from_fn(|x| samples[start + (x0 + x).min(width - 1)] - 128);
        *row = forward_dct(&line);
    }
    let mut natural = [0; 64];
    for u in 0..8 {
        let column = forward_dct(&std::array::from_fn(|y| rows[y][u]));
        for v in 0..8 {
            natural[v * 8 + u] = column[v];
        }
    }
    std::array::from_fn(|k| {
        let step = i64::from(steps[k]) << 28;
        let value = natural[ZIGZAG[k]];
        let size = (value.abs() + step / 2) / step;
        let size = size.min(if k == 0 { 2047 } else { 1023 });
        (if value < 0 { -size } else { size }) as i32
    })
}

/// The one-dimensional DCT, times 2^14.
fn forward_dct(line: &[i64; 8]) -> [i64; 8] {
    std::array::from_fn(|u| {
        (0..8)
            .map(|x| {
                // cos((2x + 1)uπ/16) / 2, by its position in the period of 32.
                let position = (2 * x + 1) * u % 32;
                let folded = if position > 16 { 32 - position } else { position };
                let cosine =
                    if folded > 8 { -HALF_COSINES[16 - folded] } else { HALF_COSINES[folded] };
                let cosine = if u == 0 { HALF_COSINES[4] } else { cosine };
                line[x] * cosine
            })
            .sum()
    })
}

/// 2^14 · cos(kπ/16) / 2.
const HALF_COSINES: [i64; 9] = [8192, 8035, 7568, 6811, 5793, 4551, 3135, 1598, 0];
