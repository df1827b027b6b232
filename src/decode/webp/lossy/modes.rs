//! The macroblock headers: segment, skip flag and prediction modes. They follow the frame header
//! in the first partition (RFC 6386, 10 and 11).

use crate::probe::webp::vp8::BoolDecoder;
use crate::vp8::modes::{LumaPrediction, Mode, SubblockMode};
use crate::vp8::tables::SUBBLOCK_MODE_PROBABILITIES;

/// The header of a macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MacroblockHeader {
    pub(super) segment: usize,
    /// The macroblock has neither tokens nor coefficients.
    pub(super) skipped: bool,
    pub(super) luma: LumaPrediction,
    pub(super) chroma: Mode,
}

/// Reads the headers of macroblocks in raster order.
pub(super) struct HeaderReader<'a> {
    decoder: BoolDecoder<'a>,
    segment_map: Option<[u8; 3]>,
    /// The probability that a macroblock is not skipped. Without it, none is.
    not_skipped: Option<u8>,
}

impl<'a> HeaderReader<'a> {
    /// `decoder` is positioned after the token probabilities.
    pub(super) fn new(mut decoder: BoolDecoder<'a>, segment_map: Option<[u8; 3]>) -> Self {
        let not_skipped = decoder.optional(8).and_then(|p| u8::try_from(p).ok());
        Self { decoder, segment_map, not_skipped }
    }

    pub(super) fn is_past_end(&self) -> bool {
        self.decoder.is_past_end()
    }

    /// Reads the next header. `above` and `left` are the modes of the neighbouring subblocks, and
    /// are replaced by those of this macroblock.
    pub(super) fn next(
        &mut self,
        above: &mut [SubblockMode; 4],
        left: &mut [SubblockMode; 4],
    ) -> MacroblockHeader {
        let mut decoder = self.decoder;
        let segment = self.segment_map.map_or(0, |p| read_segment(&mut decoder, p));
        let skipped = self.not_skipped.is_some_and(|p| decoder.bit(p));
        let luma = match read_luma_mode(&mut decoder) {
            Some(mode) => {
                (*above, *left) = ([mode.of_subblocks(); 4], [mode.of_subblocks(); 4]);
                LumaPrediction::Macroblock(mode)
            }
            None => LumaPrediction::Subblocks(read_subblock_modes(&mut decoder, above, left)),
        };
        let chroma = read_chroma_mode(&mut decoder);
        self.decoder = decoder;
        MacroblockHeader { segment, skipped, luma, chroma }
    }
}

/// Reads the segment of a macroblock (RFC 6386, 10).
fn read_segment(decoder: &mut BoolDecoder<'_>, [half, low, high]: [u8; 3]) -> usize {
    if decoder.bit(half) { 2 + usize::from(decoder.bit(high)) } else { decoder.bit(low).into() }
}

/// Reads the luma mode of a macroblock. None if each subblock has its own (RFC 6386, 11.2).
fn read_luma_mode(decoder: &mut BoolDecoder<'_>) -> Option<Mode> {
    if !decoder.bit(145) {
        None
    } else if !decoder.bit(156) {
        Some(if decoder.bit(163) { Mode::Vertical } else { Mode::Dc })
    } else {
        Some(if decoder.bit(128) { Mode::TrueMotion } else { Mode::Horizontal })
    }
}

fn read_chroma_mode(decoder: &mut BoolDecoder<'_>) -> Mode {
    if !decoder.bit(142) {
        Mode::Dc
    } else if !decoder.bit(114) {
        Mode::Vertical
    } else if !decoder.bit(183) {
        Mode::Horizontal
    } else {
        Mode::TrueMotion
    }
}

fn read_subblock_modes(
    decoder: &mut BoolDecoder<'_>,
    above: &mut [SubblockMode; 4],
    left: &mut [SubblockMode; 4],
) -> [SubblockMode; 16] {
    let mut modes = [SubblockMode::Dc; 16];
    for (row, left) in modes.as_chunks_mut::<4>().0.iter_mut().zip(left) {
        for (mode, above) in row.iter_mut().zip(&mut *above) {
            let probabilities = &SUBBLOCK_MODE_PROBABILITIES[*above as usize][*left as usize];
            *mode = read_subblock_mode(decoder, probabilities);
            (*above, *left) = (*mode, *mode);
        }
    }
    modes
}

#[inline(always)]
fn read_subblock_mode(decoder: &mut BoolDecoder<'_>, p: &[u8; 9]) -> SubblockMode {
    if !decoder.bit(p[0]) {
        SubblockMode::Dc
    } else if !decoder.bit(p[1]) {
        SubblockMode::TrueMotion
    } else if !decoder.bit(p[2]) {
        SubblockMode::Vertical
    } else if !decoder.bit(p[3]) {
        if !decoder.bit(p[4]) {
            SubblockMode::Horizontal
        } else if !decoder.bit(p[5]) {
            SubblockMode::RightDown
        } else {
            SubblockMode::VerticalRight
        }
    } else if !decoder.bit(p[6]) {
        SubblockMode::LeftDown
    } else if !decoder.bit(p[7]) {
        SubblockMode::VerticalLeft
    } else if !decoder.bit(p[8]) {
        SubblockMode::HorizontalDown
    } else {
        SubblockMode::HorizontalUp
    }
}
