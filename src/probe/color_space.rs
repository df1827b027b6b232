//! [`ColorSpace`]: a colour space that is described by numbers instead of an ICC profile.

/// The colour space of RGB or grey samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColorSpace {
    pub(crate) transfer: Transfer,
    pub(crate) chromaticities: Chromaticities,
}

/// The function from coded values to linear light, both from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Transfer {
    /// IEC 61966-2-1.
    Srgb,
    /// ITU-R BT.709, and with the same numbers BT.601 and BT.2020.
    Bt709,
    /// A power with this exponent. 1 is linear.
    Power(f64),
}

/// The x and y of the white point and of the primaries (CIE 1931), in units of 1/100,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chromaticities {
    pub(crate) white: [u32; 2],
    pub(crate) red: [u32; 2],
    pub(crate) green: [u32; 2],
    pub(crate) blue: [u32; 2],
}

impl Chromaticities {
    /// Those of sRGB and BT.709.
    pub(crate) const SRGB: Self =
        Self { white: D65, red: [64_000, 33_000], green: [30_000, 60_000], blue: [15_000, 6_000] };
    pub(crate) const DISPLAY_P3: Self =
        Self { white: D65, red: [68_000, 32_000], green: [26_500, 69_000], blue: [15_000, 6_000] };
    pub(crate) const BT2020: Self =
        Self { white: D65, red: [70_800, 29_200], green: [17_000, 79_700], blue: [13_100, 4_600] };

    /// Returns true if each number differs from that of sRGB by rounding at most.
    pub(crate) fn is_srgb(&self) -> bool {
        let numbers = |it: &Self| [it.white, it.red, it.green, it.blue];
        let pairs = numbers(self).into_iter().zip(numbers(&Self::SRGB));
        pairs.flat_map(|(ours, srgb)| ours.into_iter().zip(srgb)).all(|(a, b)| a.abs_diff(b) <= 100)
    }

    /// True if a primary is outside of sRGB: it has less than -1/64 of the light of one of the
    /// primaries there.
    pub(crate) fn are_wide(&self) -> bool {
        let can_be_kept = self.matrix_to(&Self::DISPLAY_P3).is_some();
        can_be_kept && self.matrix_to_srgb().is_some_and(|matrix| is_wide(&matrix))
    }

    /// The matrix from linear RGB in these primaries to linear sRGB.
    pub(crate) fn matrix_to_srgb(&self) -> Option<[[i32; 3]; 3]> {
        self.matrix_to(&Self::SRGB)
    }

    /// The matrix from linear RGB in these primaries to that in those of `target`, in units of
    /// 1/65,536. `None` if the numbers describe no real colours.
    ///
    /// Only additions, multiplications and divisions of `f64` are used. Those are exact to the last
    /// bit by IEEE 754, so each machine computes the same matrix.
    pub(crate) fn matrix_to(&self, target: &Self) -> Option<[[i32; 3]; 3]> {
        let white = white_xyz(self.white)?;
        let to_xyz = self.matrix_to_xyz(white)?;
        let target_white = white_xyz(target.white)?;
        let from_xyz = inverse(&target.matrix_to_xyz(target_white)?)?;
        let adaptation = bradford(white, target_white)?;
        in_fixed_point(&product(&from_xyz, &product(&adaptation, &to_xyz)))
    }

    /// The matrix from linear RGB to XYZ: each primary as strong as white needs it. White must lie
    /// inside the triangle of the primaries.
    fn matrix_to_xyz(&self, white: [f64; 3]) -> Option<Matrix> {
        let [red, green, blue] = [xyz(self.red)?, xyz(self.green)?, xyz(self.blue)?];
        let primaries = [0, 1, 2].map(|row| [red[row], green[row], blue[row]]);
        let strengths = apply(&inverse(&primaries)?, white);
        if !strengths.iter().all(|&strength| strength > 0.0) {
            return None;
        }
        let [r, g, b] = strengths;
        Some(primaries.map(|row| [row[0] * r, row[1] * g, row[2] * b]))
    }
}

type Matrix = [[f64; 3]; 3];

/// The matrix from X, Y and Z under D50, the profile connection space, to linear RGB in these
/// primaries.
fn connection_space_to(target: &Chromaticities) -> Option<Matrix> {
    let white = white_xyz(target.white)?;
    let to_xyz = target.matrix_to_xyz(white)?;
    inverse(&product(&bradford(white, D50_XYZ)?, &to_xyz))
}

/// The same to linear sRGB.
pub(crate) fn connection_space_to_srgb() -> Option<Matrix> {
    connection_space_to(&Chromaticities::SRGB)
}

/// The matrix from light of three colorants, each as X, Y and Z under D50, to linear RGB in these
/// primaries, in units of 1/65,536. `None` if the colorants describe no real colours.
pub(crate) fn colorants_to(
    target: &Chromaticities,
    colorants: &[[f64; 3]; 3],
) -> Option<[[i32; 3]; 3]> {
    let to_xyz = [0, 1, 2].map(|row| colorants.map(|colorant| colorant[row]));
    in_fixed_point(&product(&connection_space_to(target)?, &to_xyz))
}

/// Whether some colours of a space are outside of sRGB, by its matrix to linear sRGB.
pub(crate) fn is_wide(to_srgb: &[[i32; 3]; 3]) -> bool {
    to_srgb.as_flattened().iter().any(|&factor| factor < -OUTSIDE_SRGB)
}

fn in_fixed_point(matrix: &Matrix) -> Option<[[i32; 3]; 3]> {
    let is_plausible = |value: &f64| value.abs() < MAX_COEFFICIENT;
    if !matrix.as_flattened().iter().all(is_plausible) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "less than 64 × 65,536")]
    Some(matrix.map(|row| row.map(|value| (value * 65_536.0).round() as i32)))
}

/// x and y as x, y and z, which add up to 1.
fn xyz([x, y]: [u32; 2]) -> Option<[f64; 3]> {
    let z = UNIT.checked_sub(x.checked_add(y)?)?;
    Some([x, y, z].map(|value| f64::from(value) / f64::from(UNIT)))
}

/// A white point as X, Y and Z, with a Y of 1.
fn white_xyz(white: [u32; 2]) -> Option<[f64; 3]> {
    if white.iter().any(|&value| value < MIN_WHITE) {
        return None;
    }
    let [x, y, z] = xyz(white)?;
    Some([x / y, 1.0, z / y])
}

/// Adapts XYZ colours from one white point to another (Bradford, as ICC.1:2022, annex E, does).
fn bradford(from: [f64; 3], to: [f64; 3]) -> Option<Matrix> {
    let [from, to] = [from, to].map(|white| apply(&BRADFORD, white));
    if !from.iter().all(|&response| response > 0.0) {
        return None;
    }
    let gains = [0, 1, 2].map(|cone| to[cone] / from[cone]);
    let scaled = [0, 1, 2].map(|cone| BRADFORD[cone].map(|value| value * gains[cone]));
    Some(product(&inverse(&BRADFORD)?, &scaled))
}

fn apply(matrix: &Matrix, [x, y, z]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

fn product(left: &Matrix, right: &Matrix) -> Matrix {
    left.map(|[a, b, c]| [0, 1, 2].map(|i| a * right[0][i] + b * right[1][i] + c * right[2][i]))
}

fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let [[a, b, c], [d, e, f], [g, h, i]] = *matrix;
    let (first, second, third) = (e * i - f * h, f * g - d * i, d * h - e * g);
    let determinant = a * first + b * second + c * third;
    // The primaries of sRGB have 0.26 and those of all spaces in use more than 0.05.
    if determinant.abs() < 0.001 {
        return None;
    }
    let adjugate = [
        [first, c * h - b * i, b * f - c * e],
        [second, a * i - c * g, c * d - a * f],
        [third, b * g - a * h, a * e - b * d],
    ];
    Some(adjugate.map(|row| row.map(|value| value / determinant)))
}

/// The white point of the profile connection space (ICC.1:2022, 7.2.16).
pub(crate) const D50_XYZ: [f64; 3] = [0.9642, 1.0, 0.8249];
const D65: [u32; 2] = [31_270, 32_900];
const UNIT: u32 = 100_000;
/// The x and y of all illuminants in use are between 0.2 and 0.5.
const MIN_WHITE: u32 = 10_000;
/// 1/64. Colorants that are those of sRGB but for rounding have no less than -0.002, and those of
/// Display P3 -0.22.
const OUTSIDE_SRGB: i32 = 1 << 10;
/// Wide spaces have coefficients of up to 2.5.
const MAX_COEFFICIENT: f64 = 64.0;
const BRADFORD: Matrix =
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(space: Chromaticities) -> [[f64; 3]; 3] {
        space.matrix_to_srgb().unwrap().map(|row| row.map(|value| f64::from(value) / 65_536.0))
    }

    #[test]
    fn matrices_are_those_of_the_standards() {
        // CSS Color 4, sample code: linear Display P3 and BT.2020 to linear sRGB.
        let p3 =
            [[1.22494, -0.22494, 0.0], [-0.04206, 1.04206, 0.0], [-0.01964, -0.07864, 1.09827]];
        let bt2020 = [
            [1.66050, -0.58765, -0.07285],
            [-0.12456, 1.13290, -0.00834],
            [-0.01815, -0.10058, 1.11873],
        ];
        let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (space, expected) in [
            (Chromaticities::DISPLAY_P3, p3),
            (Chromaticities::BT2020, bt2020),
            (Chromaticities::SRGB, identity),
        ] {
            let matrix = matrix(space);
            for (row, expected) in matrix.iter().zip(expected) {
                for (value, expected) in row.iter().zip(expected) {
                    assert!((value - expected).abs() < 0.0003, "{matrix:?}");
                }
            }
        }
    }

    #[test]
    fn spaces_that_have_more_colors_than_srgb_are_wide() {
        let srgb = Chromaticities::SRGB;
        let adobe_rgb = Chromaticities { green: [21_000, 71_000], ..srgb };
        for wide in [Chromaticities::DISPLAY_P3, Chromaticities::BT2020, adobe_rgb] {
            assert!(wide.are_wide(), "{wide:?}");
        }
        let rounded = Chromaticities { green: [29_980, 60_020], ..srgb };
        let narrow = Chromaticities { red: [60_000, 34_000], green: [31_000, 57_000], ..srgb };
        for other in [srgb, rounded, narrow] {
            assert!(!other.are_wide(), "{other:?}");
        }
    }

    #[test]
    fn white_stays_white_under_any_illuminant() {
        // D50, D65, illuminant A, equal energy.
        for white in [[34_567, 35_850], D65, [44_757, 40_745], [33_333, 33_333]] {
            let matrix = matrix(Chromaticities { white, ..Chromaticities::SRGB });
            for row in matrix {
                assert!((row.iter().sum::<f64>() - 1.0).abs() < 0.0001, "{white:?}");
            }
        }
    }

    #[test]
    fn impossible_chromaticities_have_no_matrix() {
        let srgb = Chromaticities::SRGB;
        for space in [
            Chromaticities { white: [0, 0], ..srgb },
            Chromaticities { white: [31_270, 0], ..srgb },
            Chromaticities { white: [80_000, 30_000], ..srgb },
            Chromaticities { white: [10_000, 10_000], ..srgb },
            Chromaticities { white: [65_000, 34_000], ..srgb },
            Chromaticities { red: [u32::MAX, u32::MAX], ..srgb },
            Chromaticities { red: [90_000, 20_000], ..srgb },
            Chromaticities { red: srgb.blue, ..srgb },
            Chromaticities { red: [0; 2], green: [0; 2], blue: [0; 2], ..srgb },
            // Primaries so near to white that nothing but grey is left.
            Chromaticities {
                red: [32_000, 33_000],
                green: [31_000, 34_000],
                blue: [31_000, 32_000],
                ..srgb
            },
        ] {
            assert_eq!(space.matrix_to_srgb(), None, "{space:?}");
        }
    }

    #[test]
    fn a_number_at_its_bound_counts_as_inside() {
        assert!(white_xyz([MIN_WHITE, 4 * MIN_WHITE]).is_some());
        assert!(white_xyz([4 * MIN_WHITE, MIN_WHITE]).is_some());
        assert!(white_xyz([MIN_WHITE - 1, 4 * MIN_WHITE]).is_none());
        assert!(white_xyz([4 * MIN_WHITE, MIN_WHITE - 1]).is_none());
        let matrix = |factor| [[65_536, 0, 0], [0, 65_536, factor], [0, 0, 65_536]];
        assert!(!is_wide(&matrix(-OUTSIDE_SRGB)) && is_wide(&matrix(-OUTSIDE_SRGB - 1)));
    }

    #[test]
    fn srgb_is_recognised_however_it_is_rounded() {
        let srgb = Chromaticities::SRGB;
        assert!(srgb.is_srgb());
        assert!(
            Chromaticities { white: [31_269, 32_899], blue: [15_000, 5_999], ..srgb }.is_srgb()
        );
        assert!(!Chromaticities { white: [31_371, 32_900], ..srgb }.is_srgb());
        assert!(!Chromaticities::DISPLAY_P3.is_srgb());
    }
}
