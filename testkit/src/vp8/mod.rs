//! Lossy WebP: key frames of VP8 (RFC 6386), with prediction, transforms and token partitions as a
//! real encoder writes them.

mod bool_encoder;
mod cuts;
mod encoder;
mod frame_header;
mod modes;
mod options;
mod predict;
pub mod tables;
mod tokens;
mod transform;
mod yuv;

pub use bool_encoder::BoolEncoder;
pub use cuts::{Cut, cuts};
pub use encoder::{encode, encode_with_planes, flat};
pub use frame_header::frame_header;
pub use options::Options;
pub use predict::Plane;
