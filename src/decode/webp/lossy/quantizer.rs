//! Reads the quantizer of each segment (RFC 6386, 9.6).

use crate::probe::webp::vp8::{BoolDecoder, Segments};
use crate::vp8::quantizer::{IndexDeltas, Quantizer};

/// Reads the quantizer of each segment. Without segments, all are the quantizer of the frame.
pub(super) fn read(decoder: &mut BoolDecoder<'_>, segments: Option<&Segments>) -> [Quantizer; 4] {
    let index = decoder.literal(7).cast_signed();
    let [luma_dc, y2_dc, y2_ac, chroma_dc, chroma_ac] =
        [(); 5].map(|()| decoder.optional_signed(4));
    let deltas = IndexDeltas { luma_dc, y2_dc, y2_ac, chroma_dc, chroma_ac };
    let quantizer = |index: i32| Quantizer::new(index, deltas);
    match segments {
        None => [quantizer(index); 4],
        Some(segments) if segments.absolute => segments.quantizers.map(quantizer),
        Some(segments) => segments.quantizers.map(|delta| quantizer(index + delta)),
    }
}
