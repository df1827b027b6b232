//! What the container readers of all formats report.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use crate::size::Size;

/// The part of a [`Header`](super::header::Header) that a container reader fills in. The fields are
/// those of the header.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) size: Size,
    pub(crate) bit_depth: u8,
    pub(crate) color: ColorKind,
    pub(crate) alpha: bool,
    pub(crate) orientation: Orientation,
    pub(crate) progressive: bool,
    pub(crate) animated: bool,
    pub(crate) icc: Option<IccKind>,
    pub(crate) scans: Option<u32>,
    pub(crate) segments: u32,
}
