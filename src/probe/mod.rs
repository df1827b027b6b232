//! Bytes → header: which format, which size, what is declared; no heap, no pixel.
//!
//! Each format has one container reader. It walks the segments or chunks of the slice and yields
//! only what it approves; [`decode`](crate::decode) reads the same slice through the same reader, so
//! that a header cannot be read in two ways.

use crate::error::{Error, Unsupported};
use crate::format::{Container, Format};
use crate::size::Size;

mod crc;
pub(crate) mod exif;
pub(crate) mod icc;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod webp;

pub use exif::Orientation;
pub use icc::ProfileProblem;

/// Reads the header of an upload: no heap is allocated and no pixel is decoded.
///
/// Time is linear in the input: most files are left after a few segments, but the markers of a JPEG
/// with more than one scan are counted to its end.
///
/// ```
/// let png = bombproof::Picture::new(
///     bombproof::Size::new(2, 3), bombproof::Layout::Rgb, vec![200; 18],
/// )?.to_png()?;
/// let header = bombproof::probe(&png)?;
/// assert_eq!(header.size, bombproof::Size::new(2, 3));
///
/// let refused = bombproof::probe(b"GIF89a...").unwrap_err();
/// assert_eq!(refused.to_string(), "unsupported: GIF is not decoded here");
/// # Ok::<(), bombproof::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unsupported`] names the container or the variant that is not decoded,
/// [`Error::Malformed`] a broken rule of the format, [`Error::Truncated`] a header that ends early.
pub fn probe(bytes: &[u8]) -> Result<Header, Error> {
    let mut header = match Container::of(bytes).format() {
        Some(Format::Jpeg) => jpeg::header(bytes)?,
        Some(Format::Png) => png::header(bytes)?,
        Some(Format::WebP) => webp::header(bytes)?,
        None => return Err(Error::Unsupported(Unsupported::Container(Container::of(bytes)))),
    };
    if let Some(source) = icc::source(bytes, &header) {
        header.icc_cost_bytes = icc::memory_bytes(&source);
    }
    Ok(header)
}

/// What the header of a file declares.
///
/// Only [`probe`] makes one. [`Plan::run`](crate::Plan::run) compares it with the bytes again.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Header {
    /// The format, from the first bytes, never from a name.
    pub format: Format,
    /// Width and height as stored, before the orientation is applied. For an animation, the canvas.
    pub size: Size,
    /// Bits per sample as stored: 1, 2, 4, 8 or 16.
    pub bit_depth: u8,
    /// The colours as stored.
    pub color: ColorKind,
    /// True when pixels may be transparent.
    pub alpha: bool,
    /// How the stored picture is turned to stand upright.
    pub orientation: Orientation,
    /// True for a progressive JPEG and an interlaced PNG.
    pub progressive: bool,
    /// True when the file holds an animation; only its first frame is decoded.
    pub animated: bool,
    /// The kind of the embedded ICC profile, where there is one.
    pub icc: Option<IccKind>,
    /// The number of scans of a JPEG. `None` for the other formats.
    pub scans: Option<u32>,
    /// The length of the input in bytes.
    pub input_bytes: u64,
    /// Segments (JPEG) or chunks (PNG, WebP) that were walked; IDAT chunks and restart intervals do
    /// not count.
    pub segments: u32,
    /// What converting the colours by the profile takes.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) icc_cost_bytes: u64,
    /// What the cost model and the decoder of the format need to know.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) detail: Detail,
}

impl Header {
    /// Width and height of the picture as it is seen, after the orientation is applied.
    #[must_use]
    pub const fn upright_size(&self) -> Size {
        if self.orientation.is_transposed() { self.size.transposed() } else { self.size }
    }
}

/// The part of a header that belongs to one format.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "440 bytes of the stack: a header takes no heap")]
pub(crate) enum Detail {
    Jpeg(jpeg::Frame),
    Png(png::Image),
    WebP(webp::Still),
}

/// The colours of the stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ColorKind {
    /// One grey sample a pixel.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Luma and two chroma samples.
    YCbCr,
    /// An index into a palette of RGB colours.
    Indexed,
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// CMYK whose first three components are coded as luma and chroma.
    Ycck,
}

/// The colour space that an ICC profile describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum IccKind {
    /// Grey.
    Gray,
    /// RGB.
    Rgb,
    /// CMYK.
    Cmyk,
    /// Any other colour space, or a header that cannot be read.
    Other,
    /// Stored compressed (PNG), so that its kind shows only when it is used.
    Compressed,
}

impl IccKind {
    /// The data colour space signature at bytes 16..20 of a profile (ICC.1:2022, 7.2.6).
    pub(crate) fn of(profile: &[u8]) -> Self {
        match profile.get(16..20) {
            Some(b"GRAY") => Self::Gray,
            Some(b"RGB ") => Self::Rgb,
            Some(b"CMYK") => Self::Cmyk,
            _ => Self::Other,
        }
    }
}
