//! The container reader of JPEG (ITU-T T.81, annex B).

use super::Header;
use crate::error::Error;
use crate::size::Size;

/// What the frame header (T.81, B.2.2) and the walk over the scans say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) size: Size,
    /// SOF2; otherwise SOF0 or SOF1.
    pub(crate) progressive: bool,
    /// True when one sequential scan holds all components, so that rows stream out as they are
    /// read; otherwise all coefficients that are needed are kept until the last scan.
    pub(crate) streams: bool,
    pub(crate) color: Color,
    component_count: usize,
    components: [Component; 4],
    pub(crate) scans: u32,
    /// Samples that all scans visit together, to be held against the samples of the frame.
    pub(crate) scan_samples: u64,
    /// Bytes of entropy-coded data of all scans.
    pub(crate) entropy_bytes: u64,
}

impl Frame {
    pub(crate) fn components(&self) -> &[Component] {
        self.components.get(..self.component_count).unwrap_or_default()
    }
}

/// One component of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Horizontal and vertical sampling factors, 1 to 4.
    pub(crate) h: u8,
    pub(crate) v: u8,
    pub(crate) quantization_table: u8,
}

/// How components become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Gray,
    YCbCr,
    Rgb,
    /// Four components; `inverted` as Adobe writes it: 255 is no ink.
    Cmyk {
        inverted: bool,
    },
    Ycck {
        inverted: bool,
    },
}

pub(crate) fn header(_bytes: &[u8]) -> Result<Header, Error> {
    Err(Error::Bug("not written"))
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale { Full, Half, Quarter, Eighth }
impl Scale {
    pub(crate) const fn divisor(self) -> u32 {
        match self { Self::Full => 1, Self::Half => 2, Self::Quarter => 4, Self::Eighth => 8 }
    }
}
