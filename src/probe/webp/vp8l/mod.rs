//! VP8L (RFC 9649, section 3): everything before the pixels, and the grammar of an entropy-coded
//! image. The decoder reads through the same grammar.

mod bit_reader;
mod code_lengths;
mod prefix_code;
mod stream_headers;
mod symbols;

pub(crate) use bit_reader::BitReader;
pub(crate) use prefix_code::{MAX_ALPHABET, PrefixTable};
pub(crate) use stream_headers::{
    Announced, HEADER_BYTES, Headers, Image, Stream, Tiles, Transform, packing,
};
pub(crate) use symbols::{Group, OUTSIDE, distance_in_pixels};
