//! [`Summary`]: what the container reader of every format reports.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use crate::size::Size;

/// The fields of a [`Header`](super::header::Header) that a container reader fills in.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
