//! Whether a part of a payload reached an output.

/// The first eight consecutive bytes of `payload` that stand anywhere in `output`.
pub(crate) fn surviving_part<'p>(payload: &'p [u8], output: &[u8]) -> Option<&'p [u8]> {
    payload.windows(PART_BYTES).find(|part| output.windows(PART_BYTES).any(|bytes| bytes == *part))
}

const PART_BYTES: usize = 8;
