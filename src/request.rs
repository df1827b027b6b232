//! What the caller wants: sizes and fit, crop, output format.

use crate::error::{BadRequest, Error};
use crate::size::{Rect, Size};

/// What a caller wants made of a picture. All sizes and rectangles are upright, as a person sees it.
///
/// ```
/// use bombproof::{Rect, Request};
///
/// // 256×256 cut from the centre, JPEG at quality 80.
/// let avatar = Request::cover(256, 256).jpeg(80);
///
/// // What a crop dialog sends, in three sizes from one decode.
/// let cropped = Request::cover(512, 512)
///     .crop(Rect { x: 40, y: 10, width: 900, height: 900 })
///     .and_size(256, 256)
///     .and_size(64, 64)
///     .webp_lossless();
/// # let _ = (avatar, cropped);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    sizes: [Size; Request::MAX_SIZES],
    size_count: usize,
    fit: Fit,
    crop: Option<Rect>,
    enlarge: bool,
    output: OutputFormat,
    background: [u8; 3],
    jpeg_detail: JpegDetail,
    min_percent_of_rows: Option<u8>,
}

/// How much of a JPEG is decoded.
///
/// The decoder can make a half, a quarter or an eighth of a picture for a fraction of the work. What
/// it makes is then resized to the target; the more it leaves for that, the finer the result. Where the
/// output is a JPEG, half the target counts for chroma, since that is what the file keeps of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "three steps of one scale")]
pub enum JpegDetail {
    /// The smallest scale that is not below the target.
    Fastest,
    /// The smallest scale that leaves at least 1.25 times the target.
    #[default]
    Balanced,
    /// The smallest scale that leaves at least twice the target.
    Best,
}

impl JpegDetail {
    /// How many times the target the decoded picture is at least.
    pub(crate) const fn residual(self) -> f64 {
        match self {
            Self::Fastest => 1.0,
            Self::Balanced => 1.25,
            Self::Best => 2.0,
        }
    }
}

/// How the picture is fitted to a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The size is filled; what stands over is cut off evenly.
    Cover,
    /// The whole picture is inside the size.
    Contain,
    /// The picture keeps its own size.
    Full,
}

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Jpeg { quality: u8 },
    Png,
    WebPLossless,
    Pixels,
}

impl Request {
    /// The most sizes that one request may ask for.
    pub const MAX_SIZES: usize = 8;

    /// Fills `width` × `height` pixels; what stands over is cut off evenly on both sides.
    ///
    /// A picture smaller than the target is cut to its shape but not enlarged, unless
    /// [`enlarge`](Self::enlarge) says so.
    #[must_use]
    pub const fn cover(width: u32, height: u32) -> Self {
        Self::new(Size::new(width, height), Fit::Cover)
    }

    /// Fits the whole picture inside `width` × `height` pixels, at least 1 pixel each way.
    #[must_use]
    pub const fn contain(width: u32, height: u32) -> Self {
        Self::new(Size::new(width, height), Fit::Contain)
    }

    /// Keeps the size of the picture, or of the crop rectangle.
    #[must_use]
    pub const fn full_size() -> Self {
        Self::new(Size::new(u32::MAX, u32::MAX), Fit::Full)
    }

    const fn new(size: Size, fit: Fit) -> Self {
        Self {
            sizes: [size; Self::MAX_SIZES],
            size_count: 1,
            fit,
            crop: None,
            enlarge: false,
            output: OutputFormat::Jpeg { quality: 80 },
            background: [255, 255, 255],
            jpeg_detail: JpegDetail::Balanced,
            min_percent_of_rows: None,
        }
    }

    /// Asks for one more size from the same decode, with the same fit, crop and output format.
    ///
    /// More than [`MAX_SIZES`](Self::MAX_SIZES) are refused by [`Plan::new`](crate::Plan::new).
    #[must_use]
    pub const fn and_size(mut self, width: u32, height: u32) -> Self {
        if self.size_count < Self::MAX_SIZES {
            self.sizes[self.size_count] = Size::new(width, height);
        }
        self.size_count += 1;
        self
    }

    /// Uses only this part of the picture, in upright pixels, as crop dialogs send it.
    #[must_use]
    pub const fn crop(mut self, rect: Rect) -> Self {
        self.crop = Some(rect);
        self
    }

    /// Also enlarges pictures that are smaller than the target. Off unless asked for.
    #[must_use]
    pub const fn enlarge(mut self, enlarge: bool) -> Self {
        self.enlarge = enlarge;
        self
    }

    /// JPEG out, with `quality` from 1 to 100. This is the default, at 80.
    #[must_use]
    pub const fn jpeg(mut self, quality: u8) -> Self {
        self.output = OutputFormat::Jpeg { quality };
        self
    }

    /// PNG out; transparency is kept.
    #[must_use]
    pub const fn png(mut self) -> Self {
        self.output = OutputFormat::Png;
        self
    }

    /// Lossless WebP out; transparency is kept.
    #[must_use]
    pub const fn webp_lossless(mut self) -> Self {
        self.output = OutputFormat::WebPLossless;
        self
    }

    /// Pixels out, as a [`Picture`](crate::Picture).
    #[must_use]
    pub const fn pixels(mut self) -> Self {
        self.output = OutputFormat::Pixels;
        self
    }

    /// The colour, red, green, blue, that shows through transparent places of a JPEG. Default white.
    #[must_use]
    pub const fn background(mut self, rgb: [u8; 3]) -> Self {
        self.background = rgb;
        self
    }

    /// How much of a JPEG is decoded. [`Plan::scale_divisor`](crate::Plan::scale_divisor) shows what
    /// that comes to.
    #[must_use]
    pub const fn jpeg_detail(mut self, detail: JpegDetail) -> Self {
        self.jpeg_detail = detail;
        self
    }

    /// Also takes a JPEG whose data end early, when at least `min_percent_of_rows` percent, 1 to 100, of
    /// the rows that are asked for are there. Off unless asked for: such a file is
    /// [`Truncated`](crate::Error::Truncated).
    ///
    /// The rows that are missing are grey, and [`Thumbnail::truncated`](crate::Thumbnail::truncated)
    /// tells where the data end. Of a progressive JPEG all rows are there, in less detail, once its
    /// first scans are. A PNG or WebP that is cut is refused all the same.
    #[must_use]
    pub const fn accept_truncated(mut self, min_percent_of_rows: u8) -> Self {
        self.min_percent_of_rows = Some(min_percent_of_rows);
        self
    }

    pub(crate) const fn min_percent_of_rows(&self) -> Option<u8> {
        self.min_percent_of_rows
    }

    pub(crate) const fn jpeg_detail_level(&self) -> JpegDetail {
        self.jpeg_detail
    }

    pub(crate) fn sizes(&self) -> &[Size] {
        self.sizes.get(..self.size_count).unwrap_or(&self.sizes)
    }

    pub(crate) const fn fit(&self) -> Fit {
        self.fit
    }

    pub(crate) const fn crop_rect(&self) -> Option<Rect> {
        self.crop
    }

    pub(crate) const fn may_enlarge(&self) -> bool {
        self.enlarge
    }

    pub(crate) const fn output(&self) -> OutputFormat {
        self.output
    }

    pub(crate) const fn background_rgb(&self) -> [u8; 3] {
        self.background
    }

    /// What is wrong with the request whatever the picture.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.size_count > Self::MAX_SIZES {
            return Err(Error::BadRequest(BadRequest::TooManySizes));
        }
        let empty_crop = self.crop.is_some_and(|crop| crop.size().is_empty());
        if empty_crop || self.sizes().iter().any(|size| size.is_empty()) {
            return Err(Error::BadRequest(BadRequest::EmptySize));
        }
        if matches!(self.min_percent_of_rows, Some(0 | 101..)) {
            return Err(Error::BadRequest(BadRequest::Percent));
        }
        match self.output {
            OutputFormat::Jpeg { quality: 0 | 101.. } => {
                Err(Error::BadRequest(BadRequest::Quality))
            }
            _ => Ok(()),
        }
    }
}
