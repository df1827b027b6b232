//! What a request chooses between.

use crate::size::Share;

/// The scale at which a JPEG is decoded.
///
/// The decoder can produce a picture at 1/2, 1/4 or 1/8 of its sides for a fraction of the work.
/// Its result is then resized to the target: the larger it is, the finer the output. For a JPEG
/// output, chroma is measured against half the target, because a 4:2:0 file stores it at half the
/// size, unless [`Request::jpeg_full_chroma`](crate::Request::jpeg_full_chroma) is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JpegDetail {
    /// The smallest scale with at least the target size.
    Fastest,
    /// The smallest scale with at least 1.25 times the target size, each way.
    #[default]
    Balanced,
    /// The smallest scale with at least twice the target size, each way.
    Best,
}

impl JpegDetail {
    /// The smallest allowed ratio of the decoded size to the target size, each way.
    pub(crate) const fn min_oversampling(self) -> f64 {
        match self {
            Self::Fastest => 1.0,
            Self::Balanced => 1.25,
            Self::Best => 2.0,
        }
    }
}

/// How much work the bytes of a JPEG output are worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JpegEffort {
    /// The quantization tables of T.81, each coefficient rounded by itself, and the best Huffman
    /// codes for the picture.
    #[default]
    Balanced,
    /// Other tables, and of each block the coefficients that are worth their bits (trellis
    /// quantization).
    Smallest,
}

/// How the picture is fitted to a requested size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Fills the size; the excess is cropped.
    Cover,
    /// Fits the complete picture inside the size.
    Contain,
    /// The same, in the middle of a canvas of the size, in this colour with alpha.
    Pad { canvas: [u8; 4] },
    /// Keeps the size of the picture.
    Full,
}

/// Where the part that fills a size lies in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CropPosition {
    Center,
    /// As near to this point of the upright picture as fits.
    Focus {
        x: Share,
        y: Share,
    },
    /// Where the pixels draw attention.
    Attention,
}

/// The format of the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Jpeg { quality: u8 },
    Png,
    WebP { quality: u8 },
    WebPLossless,
    Pixels,
}
