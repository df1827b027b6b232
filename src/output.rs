//! A finished output.

use core::fmt;

use crate::error::Truncated;
use crate::finish::ColorConversion;
use crate::picture::{Gamut, Picture};
use crate::placeholder::Placeholder;
use crate::request::OutputFormat;
use crate::size::{Rect, Size};

/// A finished output: a new file without any byte of the upload, or pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub(crate) body: Body,
    pub(crate) size: Size,
    pub(crate) source_rect: Rect,
    pub(crate) color: ColorConversion,
    pub(crate) truncated: Option<Truncated>,
    pub(crate) placeholder: Option<Placeholder>,
}

/// The content of a thumbnail.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Body {
    File { bytes: Vec<u8>, format: OutputFormat },
    Picture(Picture),
}

impl Thumbnail {
    /// What a quote counts for one thumbnail beside its content: the size of this type on machines
    /// of 64 bits, so that a quote is the same number everywhere.
    pub(crate) const QUOTED_BYTES: u64 = 112;

    /// The bytes of the file, or the samples of the picture when
    /// [`Request::pixels`](crate::Request::pixels) asked for pixels.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::File { bytes, .. } => bytes,
            Body::Picture(picture) => picture.pixels(),
        }
    }

    /// The same as [`bytes`](Self::bytes), without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self.body {
            Body::File { bytes, .. } => bytes,
            Body::Picture(picture) => picture.into_pixels(),
        }
    }

    /// The picture, when [`Request::pixels`](crate::Request::pixels) asked for pixels. `None` for a
    /// file.
    #[must_use]
    pub const fn picture(&self) -> Option<&Picture> {
        match &self.body {
            Body::File { .. } => None,
            Body::Picture(picture) => Some(picture),
        }
    }

    /// The same as [`picture`](Self::picture), without a copy.
    #[must_use]
    pub fn into_picture(self) -> Option<Picture> {
        match self.body {
            Body::File { .. } => None,
            Body::Picture(picture) => Some(picture),
        }
    }

    /// The width and height in pixels. The picture is upright.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The part of the upload that the output shows, in pixels of the upright picture: the complete
    /// picture, or its [`crop`](crate::Request::crop) rectangle, or what a
    /// [`cover`](crate::Request::cover) leaves of them.
    ///
    /// With [`attention`](crate::Request::attention) it tells what was found. The output is then cut
    /// at its own scale, so that the edges of this rectangle are up to one pixel of the output, or
    /// of the picture where that is larger, beside those of the output. A request for this
    /// [`crop`](crate::Request::crop) shows the same part in any other size or format, for less
    /// memory and work.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Rect, Request, Size};
    /// # let pixels = vec![7; 600 * 200];
    /// # let upload = Picture::new(Size::new(600, 200), Layout::Gray, pixels)?.to_png()?;
    ///
    /// let request = Request::cover(100, 100).focus(0.25, 0.4);
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// assert_eq!(avatar.source_rect(), Rect { x: 50, y: 0, width: 200, height: 200 });
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn source_rect(&self) -> Rect {
        self.source_rect
    }

    /// The media type of [`bytes`](Self::bytes): `image/jpeg`, `image/png`, `image/webp`, or
    /// `application/octet-stream` for pixels.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        match &self.body {
            Body::File { format: OutputFormat::Jpeg { .. }, .. } => "image/jpeg",
            Body::File { format: OutputFormat::Png, .. } => "image/png",
            Body::File {
                format: OutputFormat::WebP { .. } | OutputFormat::WebPLossless, ..
            } => "image/webp",
            Body::File { format: OutputFormat::Pixels, .. } | Body::Picture(_) => {
                "application/octet-stream"
            }
        }
    }

    /// Where the data of the upload ends, when it is truncated. Always `None` unless
    /// [`Request::accept_truncated`](crate::Request::accept_truncated) is set.
    #[must_use]
    pub const fn truncated(&self) -> Option<Truncated> {
        self.truncated
    }

    /// What a page shows while the output loads. `None` unless
    /// [`Request::placeholder`](crate::Request::placeholder) is set.
    #[must_use]
    pub const fn placeholder(&self) -> Option<Placeholder> {
        self.placeholder
    }

    /// The colour space of the pixels. It is [`Gamut::Srgb`] unless
    /// [`Request::keep_wide_gamut`](crate::Request::keep_wide_gamut) is set.
    #[must_use]
    pub const fn gamut(&self) -> Gamut {
        match self.color {
            ColorConversion::ConvertedToDisplayP3 => Gamut::DisplayP3,
            _ => Gamut::Srgb,
        }
    }

    /// How the colour profile of the upload was used.
    #[must_use]
    pub const fn color(&self) -> ColorConversion {
        self.color
    }
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Thumbnail>() as u64 == Thumbnail::QUOTED_BYTES);
const _: () = assert!(size_of::<Thumbnail>() as u64 <= Thumbnail::QUOTED_BYTES);

impl fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbnail({} {}, {} bytes)", self.media_type(), self.size, self.bytes().len())
    }
}
