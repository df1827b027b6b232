//! The frame header (T.81, B.2.2) and the geometry that follows from it.

use super::errors::{malformed, unsupported};
use super::metadata::Metadata;
use crate::error::Error;
use crate::probe::color::ColorKind;
use crate::size::Size;

/// What the frame header and the walk over the scans say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) size: Size,
    /// SOF2; otherwise SOF0 or SOF1.
    pub(crate) progressive: bool,
    /// True when one sequential scan holds all components, so that rows stream out as they are
    /// read; otherwise all coefficients that are needed are kept until the last scan.
    pub(crate) streams: bool,
    pub(crate) color: Color,
    pub(super) component_count: usize,
    pub(super) components: [Component; 4],
    pub(crate) scans: u32,
    /// Samples that all scans visit together, to be held against the samples of the frame.
    pub(crate) scan_samples: u64,
    /// Bytes of entropy-coded data of all scans.
    pub(crate) entropy_bytes: u64,
    /// Bytes of all chunks of the ICC profile.
    pub(crate) icc_bytes: u64,
}

impl Frame {
    pub(super) fn parse(marker: u8, body: &[u8]) -> Result<Self, Error> {
        let progressive = match marker {
            0xC0 | 0xC1 => false,
            0xC2 => true,
            0xC3 => return Err(unsupported("lossless coding")),
            0xC9..=0xCF => return Err(unsupported("arithmetic coding")),
            0xF7 => return Err(unsupported("JPEG-LS coding")),
            0xC8 => return Err(unsupported("a frame of the JPEG extensions")),
            _ => return Err(unsupported("hierarchical coding")),
        };
        let [precision, h0, h1, w0, w1, count, specifications @ ..] = body else {
            return Err(malformed("a frame header that is too short"));
        };
        let height = u32::from(u16::from_be_bytes([*h0, *h1]));
        let width = u32::from(u16::from_be_bytes([*w0, *w1]));
        let component_count = usize::from(*count);
        if specifications.len() != component_count * 3 {
            return Err(malformed("a frame header whose length is not that of its components"));
        }
        if *precision != 8 {
            return Err(unsupported("samples of other than 8 bits"));
        }
        if width == 0 || component_count == 0 {
            return Err(malformed("a frame without columns or components"));
        }
        if height == 0 {
            return Err(unsupported("a height that follows the first scan (DNL)"));
        }
        if !matches!(component_count, 1 | 3 | 4) {
            return Err(unsupported("a number of components other than 1, 3 and 4"));
        }
        let mut components = [Component::default(); 4];
        for (i, [id, factors, quantization_table]) in
            specifications.as_chunks::<3>().0.iter().enumerate()
        {
            let (h, v) = (factors >> 4, factors & 15);
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) || *quantization_table > 3 {
                return Err(malformed("a sampling factor or quantization table out of range"));
            }
            let (earlier, rest) = components.split_at_mut(i);
            if earlier.iter().any(|component| component.id == *id) {
                return Err(malformed("two components with one identifier"));
            }
            if let Some(component) = rest.first_mut() {
                // Sampling factors are relative: those of a single component say nothing.
                let (h, v) = if component_count == 1 { (1, 1) } else { (h, v) };
                let quantization_table = *quantization_table;
                *component =
                    Component { id: *id, h, v, quantization_table, ..Component::default() };
            }
        }
        Ok(Self {
            size: Size::new(width, height),
            progressive,
            streams: false,
            color: Color::Gray,
            component_count,
            components,
            scans: 0,
            scan_samples: 0,
            entropy_bytes: 0,
            icc_bytes: 0,
        })
    }

    pub(crate) fn components(&self) -> &[Component] {
        self.components.get(..self.component_count).unwrap_or_default()
    }

    /// The largest horizontal and vertical sampling factor.
    pub(crate) fn max_factors(&self) -> (u32, u32) {
        self.components()
            .iter()
            .fold((1, 1), |(h, v), c| (h.max(u32::from(c.h)), v.max(u32::from(c.v))))
    }

    /// Minimum coded units of an interleaved scan, across and down (T.81, A.2.3).
    pub(crate) fn mcus(&self) -> Size {
        let (h, v) = self.max_factors();
        Size::new(self.size.width.div_ceil(8 * h), self.size.height.div_ceil(8 * v))
    }

    /// The blocks of all components in one MCU of a scan that holds all of them.
    pub(crate) fn blocks_per_mcu(&self) -> u64 {
        self.components().iter().map(|c| u64::from(c.h) * u64::from(c.v)).sum()
    }

    /// The samples of a component, across and down (T.81, A.1.1).
    pub(crate) fn component_size(&self, component: usize) -> Size {
        let (h_max, v_max) = self.max_factors();
        let Some(c) = self.components().get(component) else { return Size::new(0, 0) };
        // Sides are 16-bit numbers, factors at most 4: no overflow.
        Size::new(
            (self.size.width * u32::from(c.h)).div_ceil(h_max),
            (self.size.height * u32::from(c.v)).div_ceil(v_max),
        )
    }

    /// The blocks of a component that hold its samples, without the padding of the MCUs.
    pub(crate) fn component_blocks(&self, component: usize) -> Size {
        let size = self.component_size(component);
        Size::new(size.width.div_ceil(8), size.height.div_ceil(8))
    }

    /// An upper bound of the pixels that the entropy data can hold.
    ///
    /// A sequential block takes a bit for the DC code and one for the end of the block, the block
    /// of a first DC scan at least one bit. Less data than that cannot hold the declared pixels,
    /// and holds the same share of them at the most.
    pub(crate) fn possible_pixels(&self) -> u64 {
        let blocks: u64 = if self.streams {
            self.mcus().pixels() * self.blocks_per_mcu()
        } else {
            (0..self.component_count).map(|i| self.component_blocks(i).pixels()).sum()
        };
        let least_bits = blocks * if self.progressive { 1 } else { 2 };
        let bits = u128::from(self.entropy_bytes) * 8;
        let pixels = u128::from(self.size.pixels()) * bits / u128::from(least_bits.max(1));
        u64::try_from(pixels).unwrap_or(u64::MAX)
    }

    pub(super) fn color_of(&self, metadata: &Metadata) -> Color {
        let ids = self.components.map(|component| component.id);
        match (self.component_count, metadata.adobe_transform) {
            (1, _) => Color::Gray,
            (3, _) if metadata.jfif => Color::YCbCr,
            (3, Some(0)) => Color::Rgb,
            (3, None) if ids[..3] == *b"RGB" => Color::Rgb,
            (3, _) => Color::YCbCr,
            (_, None) => Color::Cmyk { inverted: false },
            (_, Some(0)) => Color::Cmyk { inverted: true },
            (_, Some(_)) => Color::Ycck { inverted: true },
        }
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
    /// Progressive: the last coefficient (zigzag) that must be read for the 2×2 and the 4×4 low
    /// ones, because a refinement scan of those goes that far.
    pub(super) history_end: [u8; 2],
    /// Progressive: the lowest AC coefficient (zigzag) that a refinement scan starts with.
    pub(super) refined_from: Option<u8>,
}

impl Component {
    /// The last coefficient, in zigzag order, that scans must be read up to at `scale`.
    pub(crate) const fn last_coefficient(&self, scale: Scale) -> u8 {
        let [quarter, half] = self.history_end;
        let reach = match scale {
            Scale::Full | Scale::Eighth => 0,
            Scale::Half => half,
            Scale::Quarter => quarter,
        };
        let kept = scale.last_kept();
        if reach > kept { reach } else { kept }
    }

    /// True when a refinement scan of AC coefficients must be followed at `scale`.
    pub(crate) const fn is_refined(&self, scale: Scale) -> bool {
        match self.refined_from {
            Some(first) => first <= self.last_coefficient(scale),
            None => false,
        }
    }
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

impl Color {
    pub(super) const fn kind(self) -> ColorKind {
        match self {
            Self::Gray => ColorKind::Gray,
            Self::YCbCr => ColorKind::YCbCr,
            Self::Rgb => ColorKind::Rgb,
            Self::Cmyk { .. } => ColorKind::Cmyk,
            Self::Ycck { .. } => ColorKind::Ycck,
        }
    }
}

/// The side of what an 8×8 block is decoded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scale {
    /// 8×8.
    Full,
    /// 4×4.
    Half,
    /// 2×2.
    Quarter,
    /// 1×1.
    Eighth,
}

impl Scale {
    /// Samples a side of a block: 8, 4, 2 or 1.
    pub(crate) const fn side(self) -> u32 {
        match self {
            Self::Full => 8,
            Self::Half => 4,
            Self::Quarter => 2,
            Self::Eighth => 1,
        }
    }

    /// What the sides of a plane are divided by: 1, 2, 4 or 8.
    pub(crate) const fn divisor(self) -> u32 {
        8 / self.side()
    }

    /// The size of the plane that `component` is decoded to.
    #[cfg(any(test, feature = "instrument"))]
    pub(crate) fn plane_size(self, frame: &Frame, component: usize) -> Size {
        let size = frame.component_size(component);
        Size::new(size.width.div_ceil(self.divisor()), size.height.div_ceil(self.divisor()))
    }

    /// The last coefficient, in zigzag order, of the low square that makes the samples.
    pub(crate) const fn last_kept(self) -> u8 {
        match self {
            Self::Full => 63,
            Self::Half => 24,
            Self::Quarter => 4,
            Self::Eighth => 0,
        }
    }
}
