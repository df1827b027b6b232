//! The charts, as SVG.

pub(crate) mod growth;
pub(crate) mod outputs;
pub(crate) mod sizes;
pub(crate) mod svg;
pub(crate) mod time;
