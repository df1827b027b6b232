//! VP8 (RFC 6386): the frame header and the boolean decoder.

mod bool_decoder;
mod frame_header;

pub(crate) use bool_decoder::BoolDecoder;
pub(crate) use frame_header::{BLACK, Filter, Frame, FrameHeader, NO_CHROMA, Segments};
