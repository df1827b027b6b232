//! How each macroblock is predicted: the first partition behind the frame header (RFC 6386, 10 and 11).

use super::tables::SUBBLOCK_MODES;
use crate::probe::webp::vp8::BoolDecoder;

/// How a whole block is predicted (RFC 6386, 12.2 and 12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Dc,
    Vertical,
    Horizontal,
    TrueMotion,
}

/// How a subblock of 4 × 4 luma samples is predicted (RFC 6386, 11.2 and 12.3), in the order of the
/// tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SubblockMode {
    #[default]
    Dc,
    TrueMotion,
    Vertical,
    Horizontal,
    LeftDown,
    RightDown,
    VerticalRight,
    VerticalLeft,
    HorizontalDown,
    HorizontalUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Luma {
    Whole(Mode),
    Subblocks([SubblockMode; 16]),
}

/// What the first partition says of a macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Macroblock {
    pub(super) segment: usize,
    /// It has no coefficients, and no tokens.
    pub(super) skipped: bool,
    pub(super) luma: Luma,
    pub(super) chroma: Mode,
}

/// Reads macroblocks in order.
pub(super) struct Modes<'a> {
    decoder: BoolDecoder<'a>,
    segment_map: Option<[u8; 3]>,
    /// That a macroblock is not skipped; none is where there is no probability.
    not_skipped: Option<u8>,
}

impl<'a> Modes<'a> {
    /// `decoder` stands behind the probabilities of tokens.
    pub(super) fn new(mut decoder: BoolDecoder<'a>, segment_map: Option<[u8; 3]>) -> Self {
        let not_skipped = decoder.optional(8).and_then(|p| u8::try_from(p).ok());
        Self { decoder, segment_map, not_skipped }
    }

    pub(super) fn is_past_end(&self) -> bool {
        self.decoder.is_past_end()
    }

    /// The next macroblock. `above` and `left` are the modes of the subblocks beside it, and become
    /// its own.
    pub(super) fn next(
        &mut self,
        above: &mut [SubblockMode; 4],
        left: &mut [SubblockMode; 4],
    ) -> Macroblock {
        let mut decoder = self.decoder;
        let segment = self.segment_map.map_or(0, |p| segment(&mut decoder, p));
        let skipped = self.not_skipped.is_some_and(|p| decoder.bit(p));
        let luma = match luma(&mut decoder) {
            Some(mode) => {
                let beside = match mode {
                    Mode::Dc => SubblockMode::Dc,
                    Mode::Vertical => SubblockMode::Vertical,
                    Mode::Horizontal => SubblockMode::Horizontal,
                    Mode::TrueMotion => SubblockMode::TrueMotion,
                };
                (*above, *left) = ([beside; 4], [beside; 4]);
                Luma::Whole(mode)
            }
            None => Luma::Subblocks(subblocks(&mut decoder, above, left)),
        };
        let chroma = chroma(&mut decoder);
        self.decoder = decoder;
        Macroblock { segment, skipped, luma, chroma }
    }
}

/// RFC 6386, 10.
fn segment(decoder: &mut BoolDecoder<'_>, [half, low, high]: [u8; 3]) -> usize {
    if decoder.bit(half) { 2 + usize::from(decoder.bit(high)) } else { decoder.bit(low).into() }
}

/// The mode of the whole block, or none when each subblock has its own (RFC 6386, 11.2).
fn luma(decoder: &mut BoolDecoder<'_>) -> Option<Mode> {
    if !decoder.bit(145) {
        None
    } else if !decoder.bit(156) {
        Some(if decoder.bit(163) { Mode::Vertical } else { Mode::Dc })
    } else {
        Some(if decoder.bit(128) { Mode::TrueMotion } else { Mode::Horizontal })
    }
}

fn chroma(decoder: &mut BoolDecoder<'_>) -> Mode {
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

fn subblocks(
    decoder: &mut BoolDecoder<'_>,
    above: &mut [SubblockMode; 4],
    left: &mut [SubblockMode; 4],
) -> [SubblockMode; 16] {
    let mut modes = [SubblockMode::Dc; 16];
    for (row, left) in modes.as_chunks_mut::<4>().0.iter_mut().zip(left) {
        for (mode, above) in row.iter_mut().zip(&mut *above) {
            *mode = subblock(decoder, &SUBBLOCK_MODES[*above as usize][*left as usize]);
            (*above, *left) = (*mode, *mode);
        }
    }
    modes
}

#[inline(always)]
fn subblock(decoder: &mut BoolDecoder<'_>, p: &[u8; 9]) -> SubblockMode {
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
