//! The frame header (T.81, B.2.2) and the geometry that it determines.

use super::errors::{malformed, unsupported};
use super::metadata::Metadata;
use super::segments::EntropyLength;
use crate::error::Error;
use crate::probe::color::ColorKind;
use crate::size::Size;

/// What the frame header and the scan headers declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Frame {
    pub(crate) size: Size,
    /// True for SOF2, false for SOF0 and SOF1.
    pub(crate) progressive: bool,
    /// True if one sequential scan holds all components. The decoder then emits rows as it reads
    /// them; otherwise it keeps all coefficients that are needed until the last scan.
    pub(crate) single_scan: bool,
    pub(crate) color: Color,
    pub(super) component_count: usize,
    pub(super) components: [Component; 4],
    pub(crate) scans: u32,
    /// The total number of samples that the scans visit. A limit compares it with the samples of
    /// the frame.
    pub(crate) scan_samples: u64,
    /// The total length of the entropy-coded data of all scans. With a single scan, the length of
    /// all that follows its header.
    pub(crate) entropy_bytes: u64,
    /// The same for the scans that have DC coefficients.
    pub(crate) dc_bytes: u64,
    /// At how many places there is 0xFF in the data of a frame with several scans.
    pub(crate) entropy_stops: u64,
    /// The most restart markers in all scans.
    pub(crate) restarts: u64,
    /// The longest AC codes of the scans of a sequential frame.
    pub(crate) ac_code_bits: CodeBits,
    /// At how many places there is 0xFF outside of the data.
    pub(crate) header_stops: u64,
    /// The total length of the segments with Huffman and quantization tables.
    pub(crate) table_bytes: u64,
    /// The total length of the chunks of the ICC profile.
    pub(crate) icc_bytes: u64,
}

impl Frame {
    /// Reads the segment of a SOFn marker.
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
            if let Some(component) = components.get_mut(i) {
                // Sampling factors are relative to each other, so those of a single component have
                // no meaning.
                let (h, v) = if component_count == 1 { (1, 1) } else { (h, v) };
                let quantization_table = *quantization_table;
                *component =
                    Component { id: *id, h, v, quantization_table, ..Component::default() };
            }
        }
        Ok(Self {
            size: Size::new(width, height),
            progressive,
            single_scan: false,
            color: Color::Gray,
            component_count,
            components,
            scans: 0,
            scan_samples: 0,
            entropy_bytes: 0,
            entropy_stops: 0,
            dc_bytes: 0,
            restarts: 0,
            ac_code_bits: CodeBits::NONE,
            header_stops: 0,
            table_bytes: 0,
            icc_bytes: 0,
        })
    }

    /// False for what no file of `input_bytes` can declare.
    #[cfg(feature = "serde")]
    pub(in crate::probe) fn is_possible(&self, input_bytes: u64) -> bool {
        let counted = [
            self.entropy_bytes,
            self.dc_bytes,
            self.entropy_stops,
            self.header_stops,
            self.table_bytes,
            self.icc_bytes,
        ];
        let components = match self.color {
            Color::Gray => 1,
            Color::YCbCr | Color::Rgb => 3,
            Color::Cmyk | Color::Ycck => 4,
        };
        !self.size.is_empty()
            && self.size.longer_side() <= u32::from(u16::MAX)
            && self.component_count == components
            && self.components().iter().all(|component| component.is_possible(input_bytes))
            && counted.iter().all(|&count| count <= input_bytes)
            && self.ac_code_bits.max(CodeBits::default()) == CodeBits::default()
    }

    pub(crate) fn components(&self) -> &[Component] {
        self.components.get(..self.component_count).unwrap_or_default()
    }

    /// The largest horizontal and the largest vertical sampling factor.
    pub(crate) fn max_factors(&self) -> (u32, u32) {
        self.components()
            .iter()
            .fold((1, 1), |(h, v), c| (h.max(u32::from(c.h)), v.max(u32::from(c.v))))
    }

    /// The number of MCUs of an interleaved scan, across and down (T.81, A.2.3).
    pub(crate) fn mcus(&self) -> Size {
        let (h, v) = self.max_factors();
        Size::new(self.size.width.div_ceil(8 * h), self.size.height.div_ceil(8 * v))
    }

    /// The number of blocks per MCU of a scan that holds all components.
    pub(crate) fn blocks_per_mcu(&self) -> u64 {
        self.components().iter().map(|c| u64::from(c.h) * u64::from(c.v)).sum()
    }

    /// The number of samples of a component, across and down (T.81, A.1.1).
    pub(crate) fn component_size(&self, component: usize) -> Size {
        let (h_max, v_max) = self.max_factors();
        let Some(c) = self.components().get(component) else { return Size::new(0, 0) };
        // No overflow: sides have 16 bits, and factors are at most 4.
        Size::new(
            (self.size.width * u32::from(c.h)).div_ceil(h_max),
            (self.size.height * u32::from(c.v)).div_ceil(v_max),
        )
    }

    /// The number of blocks that hold the samples of a component, without the padding to full MCUs.
    pub(crate) fn component_blocks(&self, component: usize) -> Size {
        let size = self.component_size(component);
        Size::new(size.width.div_ceil(8), size.height.div_ceil(8))
    }

    /// The most work of one search for the ends of all scans, in picoseconds.
    pub(crate) fn search_ps(&self) -> u64 {
        EntropyLength { bytes: self.entropy_bytes, stops: self.entropy_stops }.search_ps()
    }

    /// An upper bound on the pixels that the entropy-coded data can hold.
    ///
    /// A sequential block takes at least two bits: one for the DC code and one for the end of
    /// block. A block of a first DC scan takes at least one. With fewer bits than that, the data
    /// can hold at most the same fraction of the declared pixels.
    pub(crate) fn possible_pixels(&self) -> u64 {
        let blocks: u64 = if self.single_scan {
            self.mcus().pixels() * self.blocks_per_mcu()
        } else {
            (0..self.component_count).map(|i| self.component_blocks(i).pixels()).sum()
        };
        let least_bits = blocks * if self.progressive { 1 } else { 2 };
        let bits = u128::from(self.entropy_bytes) * 8;
        let pixels = u128::from(self.size.pixels()) * bits / u128::from(least_bits.max(1));
        u64::try_from(pixels).unwrap_or(u64::MAX)
    }

    /// The colour model that the markers and the component identifiers declare.
    pub(super) fn color_of(&self, metadata: &Metadata) -> Color {
        let ids = self.components.map(|component| component.id);
        match (self.component_count, metadata.adobe_transform) {
            (1, _) => Color::Gray,
            (3, _) if metadata.jfif => Color::YCbCr,
            (3, Some(0)) => Color::Rgb,
            (3, None) if ids[..3] == *b"RGB" => Color::Rgb,
            (3, _) => Color::YCbCr,
            (_, None | Some(0)) => Color::Cmyk,
            (_, Some(_)) => Color::Ycck,
        }
    }
}

/// One component of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Horizontal and vertical sampling factors, 1 to 4.
    pub(crate) h: u8,
    pub(crate) v: u8,
    pub(crate) quantization_table: u8,
    /// The last coefficient, in zigzag order, that must be read for the low 1×1, 2×2 and 4×4
    /// coefficients. Refinement scans of those extend that far. All are 63 in a frame of which
    /// every scan must be read.
    pub(super) read_to: [u8; 3],
    /// In a progressive frame: the lowest AC coefficient, in zigzag order, at which a refinement
    /// scan starts.
    pub(super) refined_from: Option<u8>,
    /// How many scans have the DC coefficients of the component, refinements included.
    pub(crate) dc_scans: u32,
    /// The AC scans that the decoder reads at 1/1, 1/2, 1/4 and 1/8.
    pub(super) ac_scans: [AcScans; 4],
}

/// The most bits of the codes of a Huffman table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct CodeBits {
    pub(crate) code: u32,
    /// Of a code with its extra bits.
    pub(crate) with_extra_bits: u32,
}

impl CodeBits {
    /// Of a table without codes.
    pub(super) const NONE: Self = Self { code: 0, with_extra_bits: 0 };

    pub(super) fn max(self, other: Self) -> Self {
        Self {
            code: self.code.max(other.code),
            with_extra_bits: self.with_extra_bits.max(other.with_extra_bits),
        }
    }
}

/// The most that T.81 allows. The tables of a file without any (K.3) have codes of 16 bits.
impl Default for CodeBits {
    fn default() -> Self {
        Self { code: 16, with_extra_bits: 31 }
    }
}

/// The AC scans of a component that the decoder reads at some scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct AcScans {
    pub(crate) first: ScanTotal,
    pub(crate) refinements: ScanTotal,
}

/// A number of scans, and the total length of their entropy-coded data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct ScanTotal {
    pub(crate) count: u32,
    pub(crate) bytes: u64,
}

impl ScanTotal {
    pub(super) fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Component {
    #[cfg(feature = "serde")]
    fn is_possible(&self, input_bytes: u64) -> bool {
        let Self { h, v, quantization_table, read_to, refined_from, .. } = *self;
        let mut totals = self.ac_scans.iter().flat_map(|scans| [scans.first, scans.refinements]);
        totals.all(|total| total.bytes <= input_bytes)
            && [h, v].iter().all(|factor| (1..=4).contains(factor))
            && quantization_table <= 3
            && read_to.iter().chain(&refined_from).all(|&coefficient| coefficient <= 63)
    }

    /// The last coefficient, in zigzag order, that the decoder must read at `scale`.
    pub(crate) const fn last_coefficient(&self, scale: Scale) -> u8 {
        let [eighth, quarter, half] = self.read_to;
        match scale {
            Scale::Full => 63,
            Scale::Half => half,
            Scale::Quarter => quarter,
            Scale::Eighth => eighth,
        }
    }

    /// The AC scans of a progressive frame that the decoder reads at `scale`.
    pub(crate) const fn ac_scans(&self, scale: Scale) -> AcScans {
        self.ac_scans[scale as usize]
    }

    /// Returns true if the decoder must read refinement scans of AC coefficients at `scale`.
    pub(crate) const fn is_refined(&self, scale: Scale) -> bool {
        match self.refined_from {
            Some(first) => first <= self.last_coefficient(scale),
            None => false,
        }
    }
}

/// The colour model of the components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub(crate) enum Color {
    Gray,
    YCbCr,
    Rgb,
    /// CMYK, inverted: 255 means no ink. Adobe writes it so. Browsers and image libraries assume
    /// it of every file, with and without an Adobe segment.
    Cmyk,
    /// Inverted CMYK with its first three components coded as luma and chroma.
    Ycck,
}

impl Color {
    pub(super) const fn kind(self) -> ColorKind {
        match self {
            Self::Gray => ColorKind::Gray,
            Self::YCbCr => ColorKind::YCbCr,
            Self::Rgb => ColorKind::Rgb,
            Self::Cmyk => ColorKind::Cmyk,
            Self::Ycck => ColorKind::Ycck,
        }
    }
}

/// The scale of decoding: how many samples each 8×8 block is decoded to.
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
    /// The side of a decoded block in samples: 8, 4, 2 or 1.
    pub(crate) const fn side(self) -> u32 {
        match self {
            Self::Full => 8,
            Self::Half => 4,
            Self::Quarter => 2,
            Self::Eighth => 1,
        }
    }

    /// The divisor for the sides of a plane: 1, 2, 4 or 8.
    pub(crate) const fn divisor(self) -> u32 {
        8 / self.side()
    }

    /// The size of the plane that `component` is decoded to.
    #[cfg(any(test, feature = "instrument"))]
    pub(crate) fn plane_size(self, frame: &Frame, component: usize) -> Size {
        let size = frame.component_size(component);
        Size::new(size.width.div_ceil(self.divisor()), size.height.div_ceil(self.divisor()))
    }

    /// The last coefficient, in zigzag order, of the low square that the samples are computed from.
    pub(crate) const fn last_kept(self) -> u8 {
        match self {
            Self::Full => 63,
            Self::Half => 24,
            Self::Quarter => 4,
            Self::Eighth => 0,
        }
    }
}
