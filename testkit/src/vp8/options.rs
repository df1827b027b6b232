//! The options of the encoder.

#[derive(Clone)]
pub struct Options {
    /// Quantiser index, from 0 (fine) to 127 (coarse).
    pub quantizer: usize,
    /// 2^this token partitions.
    pub log2_partitions: u32,
    pub simple_filter: bool,
    pub filter_level: u32,
    pub sharpness: u32,
    /// Luma may be predicted by subblocks of 4×4.
    pub subblocks: bool,
    /// Macroblocks without coefficients are flagged as skipped.
    pub skip: bool,
    /// Two segments that have their own quantisers, in a checkerboard.
    pub segments: bool,
    /// Declares the colour space that RFC 6386 reserves. No decoder evaluates it.
    pub reserved_color_space: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            quantizer: 30,
            log2_partitions: 0,
            simple_filter: false,
            filter_level: 12,
            sharpness: 0,
            subblocks: true,
            skip: true,
            segments: false,
            reserved_color_space: false,
        }
    }
}
