//! What the chunks cICP, iCCP, sRGB, gAMA and cHRM of a PNG declare about its colours (11.3.2).

use super::chunks::Chunk;
use super::errors::UNSUPPORTED_HDR;
use crate::error::Error;
use crate::probe::color_space::{Chromaticities, ColorSpace, Transfer};
use crate::probe::icc::ProfileProblem;

/// The colour chunks of a file, as they are stored. Of each type, the first intact chunk counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct ColorChunks {
    cicp: Option<[u8; 4]>,
    /// There is an iCCP chunk, usable or not.
    pub(super) has_icc: bool,
    is_srgb: bool,
    gamma: Option<u32>,
    chromaticities: Option<[[u32; 2]; 4]>,
}

/// What the chunks declare together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ColorDeclaration {
    /// sRGB, or nothing.
    Srgb,
    /// The profile of the iCCP chunk.
    Icc,
    Space(ColorSpace),
    Unusable(ProfileProblem),
}

impl ColorChunks {
    /// Records a chunk other than iCCP. It lies before the palette and the image data, where all
    /// colour chunks belong (5.6). A chunk with a wrong length or CRC is ignored, as libpng does.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a picture of high dynamic range. Shown as if it were sRGB, it
    /// would be pale and dark, and its tone mapping is a matter of taste for which no standard
    /// gives one answer.
    pub(super) fn record(&mut self, chunk: &Chunk<'_>) -> Result<(), Error> {
        match &chunk.kind {
            b"cICP" if self.cicp.is_none() => {
                self.cicp = intact(chunk);
                if matches!(self.cicp, Some([_, PQ | HLG, ..])) {
                    return Err(UNSUPPORTED_HDR);
                }
            }
            // The rendering intent, 0 to 3.
            b"sRGB" => self.is_srgb |= matches!(intact(chunk), Some([0..=3])),
            b"gAMA" if self.gamma.is_none() => {
                let gamma = intact(chunk).map(u32::from_be_bytes);
                self.gamma = gamma.filter(|gamma| GAMMAS.contains(gamma));
            }
            b"cHRM" if self.chromaticities.is_none() => {
                self.chromaticities = intact::<32>(chunk).map(|data| {
                    let (numbers, _) = data.as_chunks::<4>();
                    let number = |index: usize| {
                        numbers.get(index).map_or(0, |&number| u32::from_be_bytes(number))
                    };
                    [0, 2, 4, 6].map(|index| [number(index), number(index + 1)])
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// The meaning of the colours by the first of these chunks that can be used (4.3): cICP, iCCP,
    /// sRGB, gAMA with cHRM.
    pub(crate) fn declaration(&self, is_gray: bool) -> ColorDeclaration {
        let by_cicp = self.cicp.map(|cicp| space_of_cicp(cicp, is_gray));
        if let Some(Some(declaration)) = by_cicp {
            return declaration;
        }
        let next = if self.has_icc {
            ColorDeclaration::Icc
        } else if self.is_srgb {
            ColorDeclaration::Srgb
        } else {
            self.by_gamma(is_gray)
        };
        match next {
            ColorDeclaration::Srgb if by_cicp.is_some() => {
                ColorDeclaration::Unusable(ProfileProblem::Unsupported)
            }
            declaration => declaration,
        }
    }

    /// gAMA and cHRM (11.3.2.1 and 11.3.2.2). Without gAMA the transfer function is unknown, and
    /// cHRM is not used. Primaries that describe no real colours are those of sRGB.
    fn by_gamma(&self, is_gray: bool) -> ColorDeclaration {
        let Some(gamma) = self.gamma else { return ColorDeclaration::Srgb };
        let chromaticities = self
            .chromaticities
            .map(|[white, red, green, blue]| Chromaticities { white, red, green, blue })
            .filter(|chromaticities| chromaticities.matrix_to_srgb().is_some())
            .unwrap_or(Chromaticities::SRGB);
        let is_srgb = is_gray || chromaticities.is_srgb();
        if is_srgb && gamma.abs_diff(GAMMA_OF_SRGB) <= GAMMA_OF_SRGB / 50 {
            return ColorDeclaration::Srgb;
        }
        let transfer = Transfer::Power(100_000.0 / f64::from(gamma));
        ColorDeclaration::Space(ColorSpace { transfer, chromaticities })
    }
}

/// The meaning of a cICP chunk (11.3.2.6; the numbers are those of ITU-T H.273): primaries,
/// transfer function, matrix coefficients 0 for RGB, and full range. `None` for other values.
fn space_of_cicp(
    [primaries, transfer, matrix, range]: [u8; 4],
    is_gray: bool,
) -> Option<ColorDeclaration> {
    if matrix != 0 || range != 1 {
        return None;
    }
    let chromaticities = match primaries {
        1 => Chromaticities::SRGB,
        9 => Chromaticities::BT2020,
        12 => Chromaticities::DISPLAY_P3,
        _ => return None,
    };
    let transfer = match transfer {
        1 | 6 | 14 | 15 => Transfer::Bt709,
        4 => Transfer::Power(2.2),
        5 => Transfer::Power(2.8),
        8 => Transfer::Power(1.0),
        13 => Transfer::Srgb,
        _ => return None,
    };
    if transfer == Transfer::Srgb && (is_gray || primaries == 1) {
        return Some(ColorDeclaration::Srgb);
    }
    Some(ColorDeclaration::Space(ColorSpace { transfer, chromaticities }))
}

/// The data of a chunk with the right length and CRC.
fn intact<const N: usize>(chunk: &Chunk<'_>) -> Option<[u8; N]> {
    let data = chunk.data.try_into().ok()?;
    chunk.has_correct_crc().then_some(data)
}

const PQ: u8 = 16;
const HLG: u8 = 18;
/// The values of gAMA that libpng uses, in units of 1/100,000.
const GAMMAS: core::ops::RangeInclusive<u32> = 16..=625_000_000;
/// 1/2.2, which writers of sRGB pictures declare.
const GAMMA_OF_SRGB: u32 = 45_455;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::crc::crc32;
    use crate::probe::png::{Chunks, SIGNATURE};

    /// The declaration of an RGB picture with these chunks.
    fn declared(chunks: &[(&[u8; 4], Vec<u8>)]) -> ColorDeclaration {
        recorded(chunks).declaration(false)
    }

    fn recorded(chunks: &[(&[u8; 4], Vec<u8>)]) -> ColorChunks {
        let mut recorded = ColorChunks::default();
        for (kind, data) in chunks {
            recorded.has_icc |= *kind == b"iCCP";
            record(&mut recorded, kind, data, 0).unwrap();
        }
        recorded
    }

    fn record(
        chunks: &mut ColorChunks,
        kind: &[u8; 4],
        data: &[u8],
        wrong: u32,
    ) -> Result<(), Error> {
        let covered = [kind.as_slice(), data].concat();
        let crc = (crc32(&covered) ^ wrong).to_be_bytes();
        let length = (data.len() as u32).to_be_bytes();
        let file = [&SIGNATURE[..], &length, &covered, &crc].concat();
        chunks.record(&Chunks::of(&file).next().unwrap()?)
    }

    fn gama(value: u32) -> (&'static [u8; 4], Vec<u8>) {
        (b"gAMA", value.to_be_bytes().to_vec())
    }

    fn chrm(space: Chromaticities) -> (&'static [u8; 4], Vec<u8>) {
        let numbers = [space.white, space.red, space.green, space.blue];
        (b"cHRM", numbers.as_flattened().iter().flat_map(|number| number.to_be_bytes()).collect())
    }

    fn cicp(data: [u8; 4]) -> (&'static [u8; 4], Vec<u8>) {
        (b"cICP", data.to_vec())
    }

    fn space(transfer: Transfer, chromaticities: Chromaticities) -> ColorDeclaration {
        ColorDeclaration::Space(ColorSpace { transfer, chromaticities })
    }

    const P3: Chromaticities = Chromaticities::DISPLAY_P3;
    const SRGB: Chromaticities = Chromaticities::SRGB;
    const LINEAR: Transfer = Transfer::Power(1.0);

    #[test]
    fn the_chunks_count_in_the_order_of_the_standard() {
        let all =
            [gama(100_000), chrm(P3), (b"sRGB", vec![0]), (b"iCCP", vec![]), cicp([12, 13, 0, 1])];
        assert_eq!(declared(&all), space(Transfer::Srgb, P3));
        assert_eq!(declared(&all[..4]), ColorDeclaration::Icc);
        assert_eq!(declared(&all[..3]), ColorDeclaration::Srgb);
        assert_eq!(declared(&all[..2]), space(LINEAR, P3));
        assert_eq!(declared(&all[..1]), space(LINEAR, SRGB));
        assert_eq!(declared(&all[1..2]), ColorDeclaration::Srgb);
        assert_eq!(declared(&[]), ColorDeclaration::Srgb);
    }

    #[test]
    fn cicp_names_primaries_and_transfer_functions() {
        for (primaries, expected) in [(1, SRGB), (9, Chromaticities::BT2020), (12, P3)] {
            assert_eq!(declared(&[cicp([primaries, 8, 0, 1])]), space(LINEAR, expected));
        }
        for (transfer, expected) in [
            (1, Transfer::Bt709),
            (4, Transfer::Power(2.2)),
            (5, Transfer::Power(2.8)),
            (6, Transfer::Bt709),
            (8, LINEAR),
            (13, Transfer::Srgb),
            (14, Transfer::Bt709),
            (15, Transfer::Bt709),
        ] {
            assert_eq!(declared(&[cicp([12, transfer, 0, 1])]), space(expected, P3));
        }
        assert_eq!(declared(&[cicp([1, 13, 0, 1])]), ColorDeclaration::Srgb);
        assert_eq!(recorded(&[cicp([12, 13, 0, 1])]).declaration(true), ColorDeclaration::Srgb);
    }

    #[test]
    fn an_unusable_cicp_gives_way_to_the_next_chunk_and_is_reported() {
        let unusable = ColorDeclaration::Unusable(ProfileProblem::Unsupported);
        for data in [[2, 13, 0, 1], [12, 2, 0, 1], [12, 13, 1, 1], [12, 13, 0, 0], [12, 13, 0, 2]] {
            assert_eq!(declared(&[cicp(data)]), unusable, "{data:?}");
            assert_eq!(declared(&[cicp(data), (b"sRGB", vec![0])]), unusable, "{data:?}");
            assert_eq!(declared(&[cicp(data), (b"iCCP", vec![])]), ColorDeclaration::Icc);
            assert_eq!(declared(&[cicp(data), gama(100_000)]), space(LINEAR, SRGB));
        }
    }

    #[test]
    fn high_dynamic_range_is_refused_by_name() {
        for data in [[9, 16, 0, 1], [9, 18, 0, 1], [12, 16, 0, 1], [9, 18, 9, 0]] {
            let mut chunks = ColorChunks::default();
            let refused = record(&mut chunks, b"cICP", &data, 0).unwrap_err();
            assert_eq!(refused.to_string(), "unsupported: PNG with PQ or HLG (cICP)");
        }
    }

    #[test]
    fn a_gamma_near_that_of_srgb_is_srgb() {
        for gamma in [44_546, 45_000, 45_455, 46_364] {
            assert_eq!(declared(&[gama(gamma)]), ColorDeclaration::Srgb, "{gamma}");
            assert_eq!(declared(&[gama(gamma), chrm(SRGB)]), ColorDeclaration::Srgb, "{gamma}");
            let gray = recorded(&[gama(gamma), chrm(P3)]).declaration(true);
            assert_eq!(gray, ColorDeclaration::Srgb);
            let other = declared(&[gama(gamma), chrm(P3)]);
            assert_eq!(other, space(Transfer::Power(100_000.0 / f64::from(gamma)), P3));
        }
        for gamma in [44_545, 46_365, 55_556, 100_000] {
            let expected = space(Transfer::Power(100_000.0 / f64::from(gamma)), SRGB);
            assert_eq!(declared(&[gama(gamma)]), expected, "{gamma}");
        }
    }

    #[test]
    fn broken_and_impossible_chunks_are_ignored() {
        for (kind, data) in [
            (b"cICP", vec![12, 13, 0]),
            (b"cICP", vec![9, 16, 0, 1, 0]),
            (b"sRGB", vec![]),
            (b"sRGB", vec![4]),
            (b"gAMA", vec![0, 1, 0x86]),
            gama(0),
            gama(15),
            gama(u32::MAX),
            (b"cHRM", vec![0; 31]),
            (b"cHRM", vec![0; 33]),
        ] {
            assert_eq!(recorded(&[(kind, data)]), ColorChunks::default(), "{kind:?}");
        }
        for (kind, data) in [cicp([9, 16, 0, 1]), gama(100_000), chrm(P3), (b"sRGB", vec![0])] {
            let mut chunks = ColorChunks::default();
            record(&mut chunks, kind, &data, 1).unwrap();
            assert_eq!(chunks, ColorChunks::default(), "{kind:?} with a wrong CRC");
            // The next one counts, as there is no other.
            if kind != b"cICP" {
                record(&mut chunks, kind, &data, 0).unwrap();
                assert_ne!(chunks, ColorChunks::default());
            }
        }
        let no_white = Chromaticities { white: [0, 0], ..P3 };
        assert_eq!(declared(&[gama(100_000), chrm(no_white)]), space(LINEAR, SRGB));
        assert_eq!(declared(&[gama(100_000), gama(50_000)]), space(LINEAR, SRGB));
    }
}
