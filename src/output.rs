//! One finished output.

use core::fmt;

use crate::error::Truncated;
use crate::finish::ColorConversion;
use crate::picture::Picture;
use crate::request::OutputFormat;
use crate::size::Size;

/// A finished picture: a new file that holds no byte of the upload, or its pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub(crate) body: Body,
    pub(crate) size: Size,
    pub(crate) color: ColorConversion,
    pub(crate) truncated: Option<Truncated>,
}

/// What a thumbnail is made of.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Body {
    File { bytes: Vec<u8>, format: OutputFormat },
    Picture(Picture),
}

impl Thumbnail {
    /// The file, or the samples when pixels were asked for.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::File { bytes, .. } => bytes,
            Body::Picture(picture) => picture.pixels(),
        }
    }

    /// The same, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self.body {
            Body::File { bytes, .. } => bytes,
            Body::Picture(picture) => picture.into_pixels(),
        }
    }

    /// The pixels, when [`Request::pixels`] asked for them.
    #[must_use]
    pub const fn picture(&self) -> Option<&Picture> {
        match &self.body {
            Body::File { .. } => None,
            Body::Picture(picture) => Some(picture),
        }
    }

    /// The same, without a copy.
    #[must_use]
    pub fn into_picture(self) -> Option<Picture> {
        match self.body {
            Body::File { .. } => None,
            Body::Picture(picture) => Some(picture),
        }
    }

    /// Width and height in pixels, upright.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The media type of [`bytes`](Self::bytes): `image/jpeg`, `image/png`, `image/webp`, or
    /// `application/octet-stream` for pixels.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        match &self.body {
            Body::File { format: OutputFormat::Jpeg { .. }, .. } => "image/jpeg",
            Body::File { format: OutputFormat::Png, .. } => "image/png",
            Body::File { format: OutputFormat::WebPLossless, .. } => "image/webp",
            Body::File { format: OutputFormat::Pixels, .. } | Body::Picture(_) => {
                "application/octet-stream"
            }
        }
    }

    /// Where the data of the upload end, when a part of the picture is missing. `None` unless
    /// [`Request::accept_truncated`] allowed that.
    #[must_use]
    pub const fn truncated(&self) -> Option<Truncated> {
        self.truncated
    }

    /// What became of the colour profile of the upload.
    #[must_use]
    pub const fn color(&self) -> ColorConversion {
        self.color
    }
}

impl fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbnail({} {}, {} bytes)", self.media_type(), self.size, self.bytes().len())
    }
}
