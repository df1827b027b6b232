//! A colour space of primaries and a transfer function → that of an output, on pixels of the target size.

use super::channels::Channels;
use super::light::CurvesAndMatrix;
use super::primaries::primaries;
use super::transfer::light;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::picture::Gamut;
use crate::probe::ColorSpace;

/// Converts pixels to `gamut` in place. Alpha stays as it is.
pub(crate) fn convert(
    pixels: &mut [u8],
    channels: Channels,
    space: &ColorSpace,
    gamut: Gamut,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let matrix = space.chromaticities.matrix_to(primaries(gamut));
    let matrix = matrix.ok_or(Error::Bug("unchecked primaries"))?;
    CurvesAndMatrix::new(matrix, |_channel, coded| light(space.transfer, coded))
        .convert(pixels, channels, interrupt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{Chromaticities, Transfer};

    fn to_srgb(pixels: &mut [u8], channels: Channels, space: &ColorSpace) -> Result<(), Error> {
        convert(pixels, channels, space, Gamut::Srgb, &Interrupt::never())
    }

    const TRANSFERS: [Transfer; 5] = [
        Transfer::Srgb,
        Transfer::Bt709,
        Transfer::Power(1.0),
        Transfer::Power(2.2),
        Transfer::Power(2.8),
    ];

    /// The transfer functions by the standard library.
    fn light_f64(transfer: Transfer, coded: f64) -> f64 {
        match transfer {
            Transfer::Srgb if coded <= 0.04045 => coded / 12.92,
            Transfer::Srgb => ((coded + 0.055) / 1.055).powf(2.4),
            Transfer::Bt709 if coded < 0.08124 => coded / 4.5,
            Transfer::Bt709 => ((coded + 0.0993) / 1.0993).powf(1.0 / 0.45),
            Transfer::Power(exponent) => coded.powf(exponent),
        }
    }

    fn coded_f64(light: f64) -> f64 {
        let light = light.clamp(0.0, 1.0);
        let coded = if light <= 0.003_130_8 {
            light * 12.92
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        coded * 255.0
    }

    #[test]
    fn colors_are_those_computed_in_full_precision() {
        // Linear Display P3 and BT.2020 to linear sRGB (CSS Color 4).
        let p3 =
            [[1.22494, -0.22494, 0.0], [-0.04206, 1.04206, 0.0], [-0.01964, -0.07864, 1.09827]];
        let bt2020 = [
            [1.66049, -0.58764, -0.07285],
            [-0.12455, 1.13290, -0.00835],
            [-0.01815, -0.10058, 1.11873],
        ];
        for (chromaticities, matrix) in
            [(Chromaticities::DISPLAY_P3, p3), (Chromaticities::BT2020, bt2020)]
        {
            for transfer in TRANSFERS {
                let space = ColorSpace { transfer, chromaticities };
                let samples = [0u8, 1, 5, 17, 60, 128, 200, 254, 255];
                for (r, g, b) in samples
                    .iter()
                    .flat_map(|&r| samples.iter().map(move |&g| (r, g)))
                    .flat_map(|(r, g)| samples.iter().map(move |&b| (r, g, b)))
                {
                    let mut pixel = [r, g, b, 77];
                    to_srgb(&mut pixel, Channels::Rgba, &space).unwrap();
                    let light =
                        [r, g, b].map(|sample| light_f64(transfer, f64::from(sample) / 255.0));
                    for (row, result) in matrix.iter().zip(pixel) {
                        let sum: f64 = row.iter().zip(light).map(|(a, b)| a * b).sum();
                        let expected = coded_f64(sum);
                        let error = (f64::from(result) - expected).abs();
                        assert!(error < 0.6, "{space:?} {r} {g} {b}: {result}, not {expected}");
                    }
                    assert_eq!(pixel[3], 77);
                }
            }
        }
    }

    #[test]
    fn grey_is_converted_to_the_nearest_level() {
        for transfer in TRANSFERS {
            let space = ColorSpace { transfer, chromaticities: Chromaticities::DISPLAY_P3 };
            for sample in 0..=255 {
                let mut pixel = [sample, 9];
                to_srgb(&mut pixel, Channels::GrayAlpha, &space).unwrap();
                let expected = coded_f64(light_f64(transfer, f64::from(sample) / 255.0));
                assert!((f64::from(pixel[0]) - expected).abs() < 0.51, "{transfer:?} {sample}");
                assert_eq!(pixel[1], 9);
                let mut gray = [sample];
                to_srgb(&mut gray, Channels::Gray, &space).unwrap();
                assert_eq!(gray[0], pixel[0]);
                // Grey in RGB stays grey, and has the same level.
                let mut rgb = [sample; 3];
                to_srgb(&mut rgb, Channels::Rgb, &space).unwrap();
                assert!(rgb.iter().all(|&value| value.abs_diff(gray[0]) <= 1), "{rgb:?}");
            }
        }
        let srgb = ColorSpace {
            transfer: Transfer::Srgb,
            chromaticities: Chromaticities { white: [34_567, 35_850], ..Chromaticities::SRGB },
        };
        let samples: Vec<u8> = (0..=255).collect();
        let mut converted = samples.clone();
        to_srgb(&mut converted, Channels::Gray, &srgb).unwrap();
        assert_eq!(converted, samples);
    }
}
