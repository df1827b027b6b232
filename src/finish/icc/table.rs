//! A lookup table of a profile (ICC.1:2022, 10.10 to 10.12), evaluated for each pixel: curves, grid,
//! curves and matrix, then from the connection space to sRGB.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::finish::channels::Channels;
use crate::finish::light::Levels;
use crate::interrupt::Interrupt;
use crate::probe::icc::{
    CURVE_SAMPLES, ConnectionSpace, Curve, Grid, Lut, LutKind, Points, ProfileBytes, Tag, curves,
};
use crate::probe::{D50_XYZ, connection_space_to_srgb};

/// A table that is ready to convert pixels.
pub(super) struct Table<'d, 'b> {
    /// For each input and sample, the position between the points of the grid. Without a grid, the
    /// value itself, from 0 to 1.
    positions: [[f64; 256]; MAX_INPUTS],
    grid: Option<GridValues<'d>>,
    after_grid: AfterGrid<'d, 'b>,
    connection: ConnectionSpace,
    /// The format stores L*, a* and b* as version 2 of the specification defines for 16 bits.
    is_old_lab: bool,
    to_srgb: [[f64; 3]; 3],
    levels: Levels,
}

/// What is applied to the three values of a node.
enum AfterGrid<'d, 'b> {
    /// The output curves of a lut8Type or lut16Type.
    Curves([Points<'d>; 3]),
    /// The M curves and the matrix of a lutAToBType, if it has them, and the B curves.
    Stages { m_and_matrix: Option<(SampledCurves<'b>, [[f64; 4]; 3])>, b: SampledCurves<'b> },
}

impl<'d, 'b> Table<'d, 'b> {
    /// Prepares the table in `data`, which are those of its tag.
    pub(super) fn new(
        lut: &Lut,
        connection: ConnectionSpace,
        data: &'d [u8],
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let grid = lut.grid.map(|grid| GridValues::new(&grid, lut.inputs, data)).transpose()?;
        let mut positions = [[0.0; 256]; MAX_INPUTS];
        let inputs = usize::from(lut.inputs);
        let mut fill = |input: usize, value: &dyn Fn(f64) -> f64| {
            let cells = grid.as_ref().map_or(1.0, |grid| grid.cells[input & 3] as f64);
            for (sample, position) in (0u8..=255).zip(&mut positions[input & 3]) {
                *position = value(f64::from(sample) / 255.0) * cells;
            }
        };
        let after_grid = match lut.kind {
            LutKind::Lut8Or16 { input_curves, input_points, output_curves, output_points } => {
                let is_bytes = lut.grid.is_some_and(|grid| grid.value_bytes == 1);
                let points = |first: u64, count: u16, nth: usize| {
                    points(data, first, usize::from(count), nth, is_bytes)
                };
                for input in 0..inputs {
                    let curve = points(input_curves, input_points, input)?;
                    fill(input, &|coded| curve.value(coded));
                }
                let output = |nth| points(output_curves, output_points, nth);
                AfterGrid::Curves([output(0)?, output(1)?, output(2)?])
            }
            LutKind::LutAToB { a, m, matrix, b } => {
                let bytes = ProfileBytes::contiguous(data);
                let whole = Tag { offset: 0, len: data.len() as u64 };
                for input in 0..inputs {
                    match a {
                        None => fill(input, &|coded| coded),
                        Some(a) => {
                            let curve = curves(&bytes, whole, a).nth(input);
                            let curve = curve.and_then(Result::ok).ok_or(UNCHECKED)?;
                            let function = curve.function(data_of(data, &curve)?)?;
                            fill(input, &|coded| function.value(coded));
                        }
                    }
                }
                let sampled =
                    |first| SampledCurves::new(data, curves(&bytes, whole, first), budget);
                let m_and_matrix = match (m, matrix) {
                    (Some(m), Some(matrix)) => Some((sampled(m)?, matrix_at(&bytes, matrix)?)),
                    _ => None,
                };
                AfterGrid::Stages { m_and_matrix, b: sampled(b)? }
            }
        };
        let is_old_lab = matches!(lut.kind, LutKind::Lut8Or16 { .. })
            && lut.grid.is_some_and(|grid| grid.value_bytes == 2);
        let to_srgb = connection_space_to_srgb().ok_or(Error::Bug("sRGB has no matrix"))?;
        let levels = Levels::new();
        Ok(Self { positions, grid, after_grid, connection, is_old_lab, to_srgb, levels })
    }

    /// Converts pixels to sRGB in place. CMYK becomes RGB in the first three quarters of `pixels`.
    pub(super) fn convert(
        &self,
        pixels: &mut [u8],
        channels: Channels,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        match channels {
            Channels::Rgb => self.convert_rgb::<3>(pixels, interrupt),
            Channels::Rgba => self.convert_rgb::<4>(pixels, interrupt),
            Channels::Cmyk => {
                for index in 0..pixels.len() / 4 {
                    if index % PIXELS_PER_POLL == 0 {
                        interrupt.check()?;
                    }
                    let inks = pixels.get(index * 4..).and_then(<[u8]>::first_chunk::<4>);
                    let rgb = self.srgb(*inks.ok_or(OUTSIDE)?)?;
                    // A converted pixel is shorter, so writing never overtakes reading.
                    let slot = pixels.get_mut(index * 3..).and_then(<[u8]>::first_chunk_mut);
                    *slot.ok_or(OUTSIDE)? = rgb;
                }
                Ok(())
            }
            Channels::Gray | Channels::GrayAlpha => Err(Error::Bug("a table for grey")),
        }
    }

    fn convert_rgb<const CHANNELS: usize>(
        &self,
        pixels: &mut [u8],
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        for part in pixels.as_chunks_mut::<CHANNELS>().0.chunks_mut(PIXELS_PER_POLL) {
            interrupt.check()?;
            for pixel in part {
                if let Some(rgb) = pixel.first_chunk_mut::<3>() {
                    *rgb = self.srgb(*rgb)?;
                }
            }
        }
        Ok(())
    }

    fn srgb<const INPUTS: usize>(&self, samples: [u8; INPUTS]) -> Result<[u8; 3], Error> {
        let mut positions = [0.0; INPUTS];
        for ((position, of_sample), sample) in
            positions.iter_mut().zip(&self.positions).zip(samples)
        {
            *position = of_sample[usize::from(sample)];
        }
        let values = match &self.grid {
            Some(grid) => grid.interpolate(positions)?,
            None => *positions.first_chunk().ok_or(OUTSIDE)?,
        };
        let values = self.after_grid.apply(values);
        let xyz = match self.connection {
            // 1 is coded as 32,768 of 65,535 (6.3.4.2).
            ConnectionSpace::Xyz => values.map(|value| value * 65_535.0 / 32_768.0),
            ConnectionSpace::Lab => xyz_of_lab(self.lab(values)),
        };
        Ok(self.to_srgb.map(|[a, b, c]| {
            let [x, y, z] = xyz;
            self.levels.level_of(a * x + b * y + c * z)
        }))
    }

    /// L*, a* and b* of coded values (6.3.4.2; for the old coding, table 12 and 10.10).
    fn lab(&self, values: [f64; 3]) -> [f64; 3] {
        let [l, a, b] = if self.is_old_lab {
            // 100 and 127 are coded as 0xFF00.
            values.map(|value| value * 65_535.0 / 65_280.0)
        } else {
            values
        };
        [l * 100.0, a * 255.0 - 128.0, b * 255.0 - 128.0]
    }
}

impl AfterGrid<'_, '_> {
    fn apply(&self, values: [f64; 3]) -> [f64; 3] {
        match self {
            Self::Curves(curves) => [0, 1, 2].map(|i| curves[i].value(values[i])),
            Self::Stages { m_and_matrix, b } => {
                let values = match m_and_matrix {
                    None => values,
                    Some((m, matrix)) => {
                        let [x, y, z] = m.values(values);
                        matrix.map(|[a, b, c, offset]| a * x + b * y + c * z + offset)
                    }
                };
                b.values(values)
            }
        }
    }
}

/// The grid of a table.
struct GridValues<'d> {
    /// The distances between the points of each input: one less than the points.
    cells: [usize; MAX_INPUTS],
    /// The number of nodes from one point of each input to the next.
    strides: [usize; MAX_INPUTS],
    values: Values<'d>,
}

enum Values<'d> {
    Bytes(&'d [[u8; 3]]),
    Words(&'d [[[u8; 2]; 3]]),
}

impl<'d> GridValues<'d> {
    fn new(grid: &Grid, inputs: u8, data: &'d [u8]) -> Result<Self, Error> {
        let (offset, len) = (grid.offset, grid.values * u64::from(grid.value_bytes));
        let bytes = part(data, offset, len)?;
        let values = match grid.value_bytes {
            1 => Values::Bytes(bytes.as_chunks().0),
            _ => Values::Words(bytes.as_chunks().0.as_chunks().0),
        };
        let (mut cells, mut strides, mut stride) = ([0; MAX_INPUTS], [0; MAX_INPUTS], 1);
        for input in (0..usize::from(inputs)).rev() {
            let points = usize::from(grid.points[input & 3]);
            cells[input & 3] = points.checked_sub(1).ok_or(UNCHECKED)?;
            strides[input & 3] = stride;
            stride *= points;
        }
        Ok(Self { cells, strides, values })
    }

    /// The values between the nodes around `positions`: the sum of all corners of the cell, each
    /// weighted by how near it is along each input, as Chrome interpolates them.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    fn interpolate<const INPUTS: usize>(
        &self,
        positions: [f64; INPUTS],
    ) -> Result<[f64; 3], Error> {
        let mut steps = [(0.0, 0); INPUTS];
        let mut lowest = 0;
        for (input, step) in steps.iter_mut().enumerate() {
            let (cells, stride) = (self.cells[input & 3], self.strides[input & 3]);
            let cell = (positions[input] as usize).min(cells.saturating_sub(1));
            lowest += cell * stride;
            *step = (positions[input] - cell as f64, stride);
        }
        let mut sum = [0.0; 3];
        for corner in 0..1usize << INPUTS {
            let (mut weight, mut node) = (1.0, lowest);
            for (input, (fraction, stride)) in steps.into_iter().enumerate() {
                if corner >> input & 1 == 1 {
                    weight *= fraction;
                    node += stride;
                } else {
                    weight *= 1.0 - fraction;
                }
            }
            for (sum, value) in sum.iter_mut().zip(self.node(node)?) {
                *sum += value * weight;
            }
        }
        Ok(sum.map(|sum| sum / self.one()))
    }

    /// The values of a node, as they are stored.
    #[inline(always)]
    fn node(&self, node: usize) -> Result<[f64; 3], Error> {
        Ok(match self.values {
            Values::Bytes(nodes) => nodes.get(node).ok_or(OUTSIDE)?.map(f64::from),
            Values::Words(nodes) => {
                nodes.get(node).ok_or(OUTSIDE)?.map(|value| f64::from(u16::from_be_bytes(value)))
            }
        })
    }

    /// The stored value that means 1.
    const fn one(&self) -> f64 {
        match self.values {
            Values::Bytes(_) => 255.0,
            Values::Words(_) => 65_535.0,
        }
    }
}

/// Three curves of a lutAToBType. As points, because a power for each pixel would take too long.
struct SampledCurves<'b> {
    samples: Buffer<'b, f32>,
}

impl<'b> SampledCurves<'b> {
    #[allow(clippy::cast_possible_truncation, reason = "24 bits are more than a level needs")]
    fn new<P>(
        data: &[u8],
        curves: impl Iterator<Item = Result<Curve, P>>,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let mut samples = budget.buffer(3 * CURVE_SAMPLES as u64, 0f32)?;
        let last = (CURVE_SAMPLES - 1) as f64;
        for (samples, curve) in samples.chunks_exact_mut(CURVE_SAMPLES).zip(curves) {
            let curve = curve.map_err(|_| UNCHECKED)?;
            let function = curve.function(data_of(data, &curve)?)?;
            for (index, sample) in (0u32..).zip(samples) {
                *sample = function.value(f64::from(index) / last) as f32;
            }
        }
        Ok(Self { samples })
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    fn values(&self, values: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|curve| {
            let position = values[curve].clamp(0.0, 1.0) * (CURVE_SAMPLES - 1) as f64;
            let index = (position as usize).min(CURVE_SAMPLES - 2);
            let two = self.samples.get(curve * CURVE_SAMPLES + index..);
            let [below, above] =
                two.and_then(<[f32]>::first_chunk).map_or([0.0; 2], |two| two.map(f64::from));
            below + (above - below) * (position - index as f64)
        })
    }
}

/// The 3 × 3 numbers and the 3 offsets of a matrix (10.12.5).
fn matrix_at(bytes: &ProfileBytes<'_>, offset: u64) -> Result<[[f64; 4]; 3], Error> {
    let number = |index: u64| {
        let number = bytes.bytes(offset + 4 * index).map(i32::from_be_bytes);
        number.map(|number| f64::from(number) / 65_536.0).ok_or(UNCHECKED)
    };
    let mut matrix = [[0.0; 4]; 3];
    for (row, numbers) in (0..).zip(&mut matrix) {
        *numbers = [number(row * 3)?, number(row * 3 + 1)?, number(row * 3 + 2)?, number(9 + row)?];
    }
    Ok(matrix)
}

/// The points of the `nth` of several curves, each of `count` points.
fn points(
    data: &[u8],
    first: u64,
    count: usize,
    nth: usize,
    is_bytes: bool,
) -> Result<Points<'_>, Error> {
    let len = if is_bytes { count } else { 2 * count };
    let bytes = part(data, first + (nth * len) as u64, len as u64)?;
    Ok(if is_bytes { Points::Bytes(bytes) } else { Points::Words(bytes.as_chunks().0) })
}

fn data_of<'d>(data: &'d [u8], curve: &Curve) -> Result<&'d [u8], Error> {
    part(data, curve.tag.offset, curve.tag.len)
}

fn part(data: &[u8], offset: u64, len: u64) -> Result<&[u8], Error> {
    let start = usize::try_from(offset).ok();
    let rest = start.and_then(|start| data.get(start..)).ok_or(OUTSIDE)?;
    usize::try_from(len).ok().and_then(|len| rest.get(..len)).ok_or(OUTSIDE)
}

/// X, Y and Z under D50 (ICC.1:2022, D.4, after CIE 15).
fn xyz_of_lab([l, a, b]: [f64; 3]) -> [f64; 3] {
    let y = (l + 16.0) / 116.0;
    let of = |t: f64| {
        if t > 6.0 / 29.0 { t * t * t } else { (t - 4.0 / 29.0) * (3.0 * 36.0 / 841.0) }
    };
    let [white_x, white_y, white_z] = D50_XYZ;
    [of(y + a / 500.0) * white_x, of(y) * white_y, of(y - b / 200.0) * white_z]
}

const MAX_INPUTS: usize = 4;
const OUTSIDE: Error = Error::Bug("a table of a profile is read outside its data");
/// They take up to a third of a millisecond.
const PIXELS_PER_POLL: usize = 2_048;
const UNCHECKED: Error = Error::Bug("a table of a profile that was not checked");

#[cfg(test)]
mod tests {
    use super::*;

    /// Of CIE 15: a cube above 6/29, and its tangent there below.
    #[test]
    fn dark_lab_colors_lie_on_a_line() {
        let [white_x, white_y, white_z] = D50_XYZ;
        for (lab, [x, y, z]) in [
            ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            // y = L / 903.3 up to 8; a of 5 and b of -4 move x and z by 0.01 and 0.02.
            ([4.0, 5.0, -4.0], [0.005_712_3, 0.004_428_2, 0.006_996_6]),
            ([100.0, 0.0, 0.0], [1.0, 1.0, 1.0]),
            ([50.0, 0.0, 0.0], [0.184_186_5; 3]),
        ] {
            let expected = [x * white_x, y * white_y, z * white_z];
            for (found, expected) in xyz_of_lab(lab).into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{lab:?}: {found} {expected}");
            }
        }
    }

    /// Curve number n is the power n + 1.
    fn powers(budget: &Budget) -> SampledCurves<'_> {
        let mut samples = budget.buffer(3 * CURVE_SAMPLES as u64, 0f32).unwrap();
        for (power, samples) in (1..).zip(samples.chunks_exact_mut(CURVE_SAMPLES)) {
            for (index, sample) in samples.iter_mut().enumerate() {
                *sample = (index as f32 / (CURVE_SAMPLES - 1) as f32).powi(power);
            }
        }
        SampledCurves { samples }
    }

    #[test]
    fn each_value_has_its_curve_from_0_to_1() {
        let budget = Budget::new(1 << 20);
        let curves = powers(&budget);
        for value in [-0.5, 0.0, 0.1, 0.5, 0.7501, 1.0, 2.0f64] {
            let inside = value.clamp(0.0, 1.0);
            let expected = [inside, inside.powi(2), inside.powi(3)];
            for (found, expected) in curves.values([value; 3]).into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{value}: {found} {expected}");
            }
        }
    }

    #[test]
    fn a_matrix_between_curves_has_an_offset() {
        let budget = Budget::new(1 << 20);
        let matrix = [[0.5, 0.25, 0.0, 0.125], [0.0, 1.0, 0.0, -0.25], [0.0, 0.0, 0.5, 0.0625]];
        let stages =
            AfterGrid::Stages { m_and_matrix: Some((powers(&budget), matrix)), b: powers(&budget) };
        let [x, y, z] = [0.5, 0.75f64.powi(2), 0.25f64.powi(3)];
        let expected = [0.5 * x + 0.25 * y + 0.125, (y - 0.25).powi(2), (0.5 * z + 0.0625).powi(3)];
        for (found, expected) in stages.apply([0.5, 0.75, 0.25]).into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}
