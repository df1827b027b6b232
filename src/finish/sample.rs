//! What a sum of weighted samples becomes: a sample of 8 bits, or luma that waits in a pixel for its chroma.

/// The end of a resize, from a sum with `FRACTION_BITS` bits below the point.
pub(crate) trait Sample: Copy {
    fn of<const FRACTION_BITS: u32>(sum: i32) -> Self;
}

/// Rounded once.
impl Sample for u8 {
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u8"
    )]
    fn of<const FRACTION_BITS: u32>(sum: i32) -> Self {
        rounded(sum, FRACTION_BITS).clamp(0, 255) as u8
    }
}

/// Luma with [`LUMA_BITS`] below the point, in the first two bytes of a pixel: what red, green and blue
/// are made of is not rounded before they are.
impl<const CHANNELS: usize> Sample for [u8; CHANNELS] {
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u16"
    )]
    fn of<const FRACTION_BITS: u32>(sum: i32) -> Self {
        let luma = match FRACTION_BITS.checked_sub(LUMA_BITS) {
            Some(shift) => rounded(sum, shift),
            None => sum << (LUMA_BITS - FRACTION_BITS),
        };
        let mut pixel = [0; CHANNELS];
        if let Some(bytes) = pixel.first_chunk_mut() {
            *bytes = (luma.clamp(0, 255 << LUMA_BITS) as u16).to_le_bytes();
        }
        pixel
    }
}

/// The luma that a pixel holds, with [`LUMA_BITS`] below the point.
#[inline]
pub(crate) fn luma(pixel: &[u8]) -> i32 {
    pixel.first_chunk().map_or(0, |&bytes| u16::from_le_bytes(bytes).into())
}

const fn rounded(sum: i32, fraction_bits: u32) -> i32 {
    // One half is no bit of a whole number.
    (sum + ((1 << fraction_bits) >> 1)) >> fraction_bits
}

pub(crate) const LUMA_BITS: u32 = 6;
