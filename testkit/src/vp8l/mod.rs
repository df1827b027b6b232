//! Lossless WebP (RFC 9649, 3): transforms, the colour cache and groups of prefix codes.
//! [`image_stream`] writes everything after the header, which is also the content of a compressed
//! ALPH chunk.

mod argb;
mod entropy_coded_image;
mod prefix_code;
mod transforms;

use crate::bit_writer::LsbBitWriter;
use transforms::apply;

pub use argb::Argb;
pub use entropy_coded_image::write_image;
pub use prefix_code::{write_normal_code, write_simple_code};
pub use transforms::{Transform, palette_width_bits};

#[derive(Clone, Default)]
pub struct Options {
    pub transforms: Vec<Transform>,
    /// Bits of the colour cache, 0 for none.
    pub cache_bits: u32,
    /// Two groups of prefix codes in a checkerboard of tiles with sides of 2^this pixels. A picture
    /// of one tile has one group.
    pub group_bits: Option<u32>,
}

/// The payload of a VP8L chunk.
pub fn encode(argb: &Argb, alpha: bool, options: &Options) -> Vec<u8> {
    let mut bytes = header(argb.width, argb.height, alpha, 0);
    bytes.extend(image_stream(argb, options));
    bytes
}

/// Signature, size, alpha hint and version, in five bytes.
pub fn header(width: u32, height: u32, alpha: bool, version: u32) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    bits.put(0x2F, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(u32::from(alpha), 1);
    bits.put(version, 3);
    bits.finish()
}

/// The transforms and the entropy-coded image.
pub fn image_stream(argb: &Argb, options: &Options) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    let mut argb = argb.clone();
    for transform in &options.transforms {
        bits.put(1, 1);
        argb = apply(transform, &argb, &mut bits);
    }
    bits.put(0, 1);
    write_image(&mut bits, &argb, options.cache_bits, Some(options.group_bits));
    bits.finish()
}
