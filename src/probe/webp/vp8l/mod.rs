//! VP8L (RFC 9649, section 3): the headers before the pixels, and the symbols of an entropy-coded
//! image. The decoder reads the stream through the same functions.

mod bit_reader;
mod code_lengths;
mod prefix_code;
mod stream_headers;
mod symbols;

pub(crate) use bit_reader::BitReader;
pub(crate) use prefix_code::{MAX_ALPHABET, PrefixTable};
pub(crate) use stream_headers::{
    HEADER_BYTES, Headers, Image, Stream, Tiles, Transform, TransformHeader, packing,
    symbols_per_group,
};
pub(crate) use symbols::{COPY_OUTSIDE_PICTURE, Group, distance_in_pixels};
