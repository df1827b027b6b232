//! The results of a resize: 8-bit samples, or luma with a fraction.

/// A result of a resize.
pub(crate) trait Sample: Copy {
    /// Converts a weighted sum with `FRACTION_BITS` fraction bits.
    fn from_sum<const FRACTION_BITS: u32>(sum: i32) -> Self;
}

/// Rounds to 8 bits.
impl Sample for u8 {
    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u8"
    )]
    fn from_sum<const FRACTION_BITS: u32>(sum: i32) -> Self {
        rounded(sum, FRACTION_BITS).clamp(0, 255) as u8
    }
}

/// Keeps [`LUMA_BITS`] fraction bits, so that red, green and blue are rounded once, after the colour
/// conversion.
impl Sample for u16 {
    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u16"
    )]
    fn from_sum<const FRACTION_BITS: u32>(sum: i32) -> Self {
        let luma = match FRACTION_BITS.checked_sub(LUMA_BITS) {
            Some(shift) => rounded(sum, shift),
            None => sum << (LUMA_BITS - FRACTION_BITS),
        };
        luma.clamp(0, 255 << LUMA_BITS) as u16
    }
}

#[inline(always)]
const fn rounded(sum: i32, fraction_bits: u32) -> i32 {
    // With 0 fraction bits this adds 0.
    (sum + ((1 << fraction_bits) >> 1)) >> fraction_bits
}

/// Fraction bits of luma.
pub(crate) const LUMA_BITS: u32 = 6;
