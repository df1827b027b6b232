//! The request: sizes and how to fit them, crop, output format.

use super::choices::{CropPosition, Fit, JpegDetail, JpegEffort, OutputFormat};
use crate::error::{BadRequest, Error};
use crate::size::{Rect, Size};

/// The outputs that a caller wants from a picture.
///
/// All sizes and rectangles are in pixels of the upright picture, after its orientation is applied.
/// The builder methods check nothing: [`Plan::new`](crate::Plan::new) refuses an invalid request
/// with [`Error::BadRequest`].
///
/// ```
/// use bombproof::{Rect, Request};
///
/// // 256×256, cropped around the centre, JPEG at quality 80.
/// let avatar = Request::cover(256, 256).jpeg(80);
///
/// // The selection of a crop dialog, in three sizes from one decode.
/// let cropped = Request::cover(512, 512)
///     .crop(Rect { x: 40, y: 10, width: 900, height: 900 })
///     .and_size(256, 256)
///     .and_size(64, 64)
///     .webp_lossless();
/// # let _ = (avatar, cropped);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub(super) sizes: [Size; Request::MAX_SIZES],
    pub(super) size_count: usize,
    pub(super) fit: Fit,
    pub(super) crop: Option<Rect>,
    pub(super) position: CropPosition,
    pub(super) enlarge: bool,
    pub(super) output: OutputFormat,
    pub(super) background: [u8; 3],
    pub(super) jpeg_detail: JpegDetail,
    pub(super) min_percent_of_rows: Option<u8>,
    pub(super) placeholder: bool,
    pub(super) max_bytes: Option<u64>,
    pub(super) jpeg_full_chroma: bool,
    pub(super) jpeg_progressive: bool,
    pub(super) jpeg_effort: JpegEffort,
    pub(super) round: bool,
    pub(super) keep_wide_gamut: bool,
}

impl Request {
    /// The largest number of sizes in one request.
    pub const MAX_SIZES: usize = 8;

    /// Fills `width` × `height` pixels. What does not fit is cropped: evenly on both sides, around a
    /// [`focus`](Self::focus), or around what draws [`attention`](Self::attention).
    ///
    /// A picture that is smaller than the target is cropped to its aspect ratio but not enlarged,
    /// unless [`enlarge`](Self::enlarge) is set.
    #[must_use]
    pub const fn cover(width: u32, height: u32) -> Self {
        Self::new(Size::new(width, height), Fit::Cover)
    }

    /// Fits the complete picture inside `width` × `height` pixels, at least 1 pixel each way. It is
    /// not enlarged, unless [`enlarge`](Self::enlarge) is set.
    #[must_use]
    pub const fn contain(width: u32, height: u32) -> Self {
        Self::new(Size::new(width, height), Fit::Contain)
    }

    /// Fits the complete picture inside `width` × `height` pixels, like [`contain`](Self::contain),
    /// and places it in the middle of a canvas of exactly that size. `canvas` is its colour: red,
    /// green, blue and alpha, 255 for opaque.
    ///
    /// A picture that is smaller keeps its size, unless [`enlarge`](Self::enlarge) is set. Of an odd
    /// remainder, the extra pixel is on the right and at the bottom. Through a transparent canvas, a
    /// JPEG shows the [`background`](Self::background); the other outputs are transparent there.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Request, Size};
    /// # let red = [200, 0, 0];
    /// # let upload = Picture::new(Size::new(40, 20), Layout::Rgb, red.repeat(800))?.to_png()?;
    ///
    /// // White above and below, in every format.
    /// let white = Request::pad(8, 8, [255; 4]).pixels();
    /// let avatar = bombproof::thumbnail(&upload, &white, &Limits::default())?;
    /// assert_eq!(avatar.size(), Size::new(8, 8));
    /// assert_eq!(avatar.bytes()[..3], [255, 255, 255]);
    ///
    /// // Transparent, where the format has alpha.
    /// let clear = Request::pad(8, 8, [0; 4]).pixels();
    /// let avatar = bombproof::thumbnail(&upload, &clear, &Limits::default())?;
    /// assert_eq!(avatar.bytes()[..4], [0, 0, 0, 0]);
    /// assert_eq!(avatar.bytes()[4 * 8 * 4..][..4], [200, 0, 0, 255]);
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn pad(width: u32, height: u32, canvas: [u8; 4]) -> Self {
        Self::new(Size::new(width, height), Fit::Pad { canvas })
    }

    /// Keeps the size of the picture, or of the crop rectangle.
    ///
    /// It is the only size of its request: [`Plan::new`](crate::Plan::new) refuses one that
    /// [`and_size`](Self::and_size) adds. For a small picture beside the full one, make a second
    /// request, which says how the picture is fitted to the small size.
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
            position: CropPosition::Center,
            enlarge: false,
            output: OutputFormat::Jpeg { quality: 80 },
            background: [255, 255, 255],
            jpeg_detail: JpegDetail::Balanced,
            min_percent_of_rows: None,
            placeholder: false,
            max_bytes: None,
            jpeg_full_chroma: false,
            jpeg_progressive: false,
            jpeg_effort: JpegEffort::Balanced,
            round: false,
            keep_wide_gamut: false,
        }
    }

    /// Adds one more size from the same decode, with the same fit, crop and output format.
    ///
    /// [`Plan::new`](crate::Plan::new) refuses more than [`MAX_SIZES`](Self::MAX_SIZES), and any
    /// size beside [`full_size`](Self::full_size).
    #[must_use]
    pub const fn and_size(mut self, width: u32, height: u32) -> Self {
        if self.size_count < Self::MAX_SIZES {
            self.sizes[self.size_count] = Size::new(width, height);
        }
        self.size_count += 1;
        self
    }

    /// Also enlarges pictures that are smaller than the target. Default false.
    #[must_use]
    pub const fn enlarge(mut self, enlarge: bool) -> Self {
        self.enlarge = enlarge;
        self
    }

    /// The scale at which a JPEG is decoded. Default [`JpegDetail::Balanced`].
    /// [`Plan::scale_divisor`](crate::Plan::scale_divisor) returns the result.
    #[must_use]
    pub const fn jpeg_detail(mut self, detail: JpegDetail) -> Self {
        self.jpeg_detail = detail;
        self
    }

    /// Also accepts a truncated JPEG, when its data contains at least `min_percent_of_rows`
    /// percent, 1 to 100, of the rows that the outputs need. By default every truncated file is
    /// refused with [`Error::Truncated`].
    ///
    /// Missing rows become grey, and [`Thumbnail::truncated`](crate::Thumbnail::truncated) tells
    /// where the data ends. The first scans of a progressive JPEG contain all rows in less detail,
    /// so that a file that is truncated after them has no missing rows. A truncated PNG or WebP is
    /// always refused.
    #[must_use]
    pub const fn accept_truncated(mut self, min_percent_of_rows: u8) -> Self {
        self.min_percent_of_rows = Some(min_percent_of_rows);
        self
    }

    pub(crate) const fn wants_placeholder(&self) -> bool {
        self.placeholder
    }

    pub(crate) const fn min_percent_of_rows(&self) -> Option<u8> {
        self.min_percent_of_rows
    }

    pub(crate) const fn max_output_bytes(&self) -> Option<u64> {
        self.max_bytes
    }

    pub(crate) const fn jpeg_effort_level(&self) -> JpegEffort {
        self.jpeg_effort
    }

    pub(crate) const fn is_progressive(&self) -> bool {
        self.jpeg_progressive
    }

    pub(crate) const fn is_round(&self) -> bool {
        self.round
    }

    pub(crate) const fn keeps_wide_gamut(&self) -> bool {
        self.keep_wide_gamut
    }

    pub(crate) const fn has_full_chroma(&self) -> bool {
        self.jpeg_full_chroma
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

    pub(crate) const fn crop_position(&self) -> CropPosition {
        self.position
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

    /// Refuses a request that is invalid for every picture.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.size_count > Self::MAX_SIZES {
            return Err(Error::BadRequest(BadRequest::TooManySizes));
        }
        if self.fit == Fit::Full && self.size_count > 1 {
            return Err(Error::BadRequest(BadRequest::SizesBesideFullSize));
        }
        let empty_crop = self.crop.is_some_and(|crop| crop.size().is_empty());
        if empty_crop || self.sizes().iter().any(|size| size.is_empty()) {
            return Err(Error::BadRequest(BadRequest::EmptySize));
        }
        if let CropPosition::Focus { x, y } = self.position
            && !(x.is_valid() && y.is_valid())
        {
            return Err(Error::BadRequest(BadRequest::Focus));
        }
        if matches!(self.min_percent_of_rows, Some(0 | 101..)) {
            return Err(Error::BadRequest(BadRequest::Percent));
        }
        match self.output {
            OutputFormat::Jpeg { quality: 0 | 101.. }
            | OutputFormat::WebP { quality: 0 | 101.. } => {
                Err(Error::BadRequest(BadRequest::Quality))
            }
            _ => Ok(()),
        }
    }
}
