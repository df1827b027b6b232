//! What the decoder and the encoder of lossy WebP share: the tables of RFC 6386, prediction, the
//! inverse transforms and the steps of the quantizer.

pub(crate) mod interleave;
pub(crate) mod inverse_dct;
pub(crate) mod modes;
pub(crate) mod nonzero;
pub(crate) mod predict;
pub(crate) mod predict_subblock;
pub(crate) mod quantizer;
pub(crate) mod tables;
