//! The request: sizes and how to fit them, crop, output format.

use crate::error::{BadRequest, Error};
use crate::size::{Rect, Share, Size};

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
    sizes: [Size; Request::MAX_SIZES],
    size_count: usize,
    fit: Fit,
    crop: Option<Rect>,
    position: CropPosition,
    enlarge: bool,
    output: OutputFormat,
    background: [u8; 3],
    jpeg_detail: JpegDetail,
    min_percent_of_rows: Option<u8>,
    placeholder: bool,
    max_bytes: Option<u64>,
    jpeg_full_chroma: bool,
    jpeg_progressive: bool,
    jpeg_effort: JpegEffort,
}

/// The scale at which a JPEG is decoded.
///
/// The decoder can produce a picture at 1/2, 1/4 or 1/8 of its sides for a fraction of the work.
/// Its result is then resized to the target: the larger it is, the finer the output. For a JPEG
/// output, chroma is measured against half the target, because a 4:2:0 file stores it at half the
/// size, unless [`Request::jpeg_full_chroma`] is set.
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

/// How much work a JPEG output is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JpegEffort {
    /// The best codes for the picture, whose coefficients are rounded one by one.
    #[default]
    Balanced,
    /// Also weighs each coefficient against the bits that it takes.
    Smallest,
}

/// How the picture is fitted to a requested size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Fills the size; the excess is cropped.
    Cover,
    /// Fits the complete picture inside the size.
    Contain,
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

    /// Uses only this part of the picture, in upright pixels, as crop dialogs report it.
    #[must_use]
    pub const fn crop(mut self, rect: Rect) -> Self {
        self.crop = Some(rect);
        self
    }

    /// Keeps this point of the picture as near to the middle of a [`cover`](Self::cover) crop as
    /// fits. Default the middle, (0.5, 0.5).
    ///
    /// `x` and `y` are parts of the upright picture, from 0 at its left and top edge to 1 at its
    /// right and bottom edge, also when only a [`crop`](Self::crop) rectangle of it is used. A point
    /// outside of the rectangle chooses the nearest part inside. Outputs of
    /// [`contain`](Self::contain) and [`full_size`](Self::full_size) cut nothing off and stay the
    /// same.
    ///
    /// [`Plan::new`](crate::Plan::new) refuses numbers below 0 or above 1, and NaN, with
    /// [`BadRequest::Focus`].
    ///
    /// ```
    /// use bombproof::{Limits, Picture, Layout, Plan, Rect, Request, Size};
    /// # let pixels = vec![7; 600 * 200];
    /// # let upload = Picture::new(Size::new(600, 200), Layout::Gray, pixels)?.to_png()?;
    ///
    /// // A face at a quarter of the width, and a little above the middle.
    /// let request = Request::cover(100, 100).focus(0.25, 0.4);
    /// let plan = Plan::new(&bombproof::probe(&upload)?, &request, &Limits::default())?;
    /// assert_eq!(plan.crop(), Rect { x: 50, y: 0, width: 200, height: 200 });
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn focus(mut self, x: f64, y: f64) -> Self {
        self.position = CropPosition::Focus { x: Share::new(x), y: Share::new(y) };
        self
    }

    /// Places a [`cover`](Self::cover) crop around what draws attention: edges, the colour of skin,
    /// and saturated colours, as libvips means it. It knows nothing of faces, but often finds them.
    /// It replaces a [`focus`](Self::focus), and the other way round.
    ///
    /// The complete picture, or the complete [`crop`](Self::crop) rectangle, is made at the scale of
    /// the output, and the part is cut from it. So memory and work follow from the header, whatever
    /// is found, and grow with the aspect ratio: of a picture that is ten times as wide as the
    /// target, ten times the pixels of the output are held. One that is too elongated exceeds
    /// [`Limits::max_memory_bytes`](crate::Limits::max_memory_bytes).
    ///
    /// Of several sizes, all are placed around the same point, which is found in the picture of the
    /// first size that has to be cropped. A flat picture is cropped evenly. Outputs of
    /// [`contain`](Self::contain) and [`full_size`](Self::full_size) stay the same.
    /// [`Plan::crop`](crate::Plan::crop) returns the part that is searched.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Request, Size};
    ///
    /// // A red square at the right, in a grey picture.
    /// let is_red = |x: u32, y: u32| (300..340).contains(&x) && (40..80).contains(&y);
    /// let pixel = |x, y| if is_red(x, y) { [200, 30, 20] } else { [90, 90, 90] };
    /// let pixels = (0..400 * 120).flat_map(|i| pixel(i % 400, i / 400)).collect();
    /// let upload = Picture::new(Size::new(400, 120), Layout::Rgb, pixels)?.to_png()?;
    ///
    /// let request = Request::cover(60, 60).attention().pixels();
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// assert!(avatar.bytes().chunks(3).any(|pixel| pixel == [200, 30, 20]));
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn attention(mut self) -> Self {
        self.position = CropPosition::Attention;
        self
    }

    /// Also enlarges pictures that are smaller than the target. Default false.
    #[must_use]
    pub const fn enlarge(mut self, enlarge: bool) -> Self {
        self.enlarge = enlarge;
        self
    }

    /// Outputs JPEG with `quality` from 1 to 100. This is the default, with quality 80.
    #[must_use]
    pub const fn jpeg(mut self, quality: u8) -> Self {
        self.output = OutputFormat::Jpeg { quality };
        self
    }

    /// Writes the chroma of a JPEG in the same size as its luma (4:4:4) instead of half of it
    /// (4:2:0). Default false.
    ///
    /// Thin lines and letters in saturated colours stay sharp; photographs hardly change. The file
    /// is a fifth to a third longer. Other formats ignore it.
    #[must_use]
    pub const fn jpeg_full_chroma(mut self, full: bool) -> Self {
        self.jpeg_full_chroma = full;
        self
    }

    /// Writes a JPEG in several scans, so that a browser shows it coarsely before all of it has
    /// arrived. Default false.
    ///
    /// The pixels are the same. The file is a little shorter above about 10 KB and longer below, and
    /// encoding takes about three times as long: the picture is transformed anew for each scan, so
    /// that no more memory is needed. Other formats ignore it.
    #[must_use]
    pub const fn jpeg_progressive(mut self, progressive: bool) -> Self {
        self.jpeg_progressive = progressive;
        self
    }

    /// How much work a JPEG is worth. Default [`JpegEffort::Balanced`]. Other formats ignore it.
    #[must_use]
    pub const fn jpeg_effort(mut self, effort: JpegEffort) -> Self {
        self.jpeg_effort = effort;
        self
    }

    /// Limits each output file to `bytes`. By default its length is bounded only by its size and
    /// quality.
    ///
    /// A JPEG or lossy WebP that would be longer gets a lower quality. It is found by bisection: its
    /// file fits, and that of the next higher quality does not. The bisection encodes the picture up
    /// to nine times more, which [`Plan::work`](crate::Plan::work) includes. Lossless formats have
    /// no quality to lower.
    ///
    /// When even quality 1 is too long, or a lossless file is, the job returns
    /// [`Error::OverLimit`](crate::Error::OverLimit) with
    /// [`Limit::OutputBytes`](crate::Limit::OutputBytes): `found` is the length of that file.
    /// [`Plan::new`](crate::Plan::new) already does when an output of pixels is too long.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Outputs PNG. Transparency is kept.
    #[must_use]
    pub const fn png(mut self) -> Self {
        self.output = OutputFormat::Png;
        self
    }

    /// Outputs lossy WebP with `quality` from 1 to 100. Transparency is kept, without loss. A
    /// photograph takes fewer bytes than as a JPEG that looks the same.
    ///
    /// [`Plan::new`](crate::Plan::new) refuses another `quality` with
    /// [`BadRequest::Quality`](crate::BadRequest::Quality), and an output with a side over 16,383
    /// pixels with [`Error::OverLimit`](crate::Error::OverLimit).
    #[must_use]
    pub const fn webp(mut self, quality: u8) -> Self {
        self.output = OutputFormat::WebP { quality };
        self
    }

    /// Outputs lossless WebP. Transparency is kept.
    #[must_use]
    pub const fn webp_lossless(mut self) -> Self {
        self.output = OutputFormat::WebPLossless;
        self
    }

    /// Outputs pixels, as a [`Picture`](crate::Picture). Transparency is kept.
    #[must_use]
    pub const fn pixels(mut self) -> Self {
        self.output = OutputFormat::Pixels;
        self
    }

    /// The background colour, as red, green and blue, behind the transparent parts of a JPEG
    /// output. Default white.
    #[must_use]
    pub const fn background(mut self, rgb: [u8; 3]) -> Self {
        self.background = rgb;
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

    /// Also makes a placeholder of each output, to show while it loads: a
    /// [`ThumbHash`](crate::ThumbHash) and a colour.
    /// [`Thumbnail::placeholder`](crate::Thumbnail::placeholder) returns it. Default false.
    ///
    /// It is made of the pixels of the output before they are encoded: the part that the output
    /// shows, upright, in sRGB, and for a JPEG with transparent parts over the
    /// [`background`](Self::background). It takes 32 KiB of memory for a moment, which is rarely at
    /// the peak of a job, and time for each pixel of the output. Both are in the quotes.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Request, Size};
    /// # let pixels = [200, 120, 40].repeat(640 * 480);
    /// # let upload = Picture::new(Size::new(640, 480), Layout::Rgb, pixels)?.to_png()?;
    ///
    /// let request = Request::cover(256, 256).placeholder(true);
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// let placeholder = avatar.placeholder().unwrap();
    /// assert_eq!(placeholder.dominant_color(), [200, 120, 40]);
    /// assert_eq!(placeholder.thumb_hash().as_bytes().len(), 24);
    /// let attribute = format!("data-thumbhash=\"{}\"", placeholder.thumb_hash()); // Base64
    /// # assert_eq!(attribute.len(), 49);
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn placeholder(mut self, placeholder: bool) -> Self {
        self.placeholder = placeholder;
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

    pub(crate) const fn is_progressive(&self) -> bool {
        self.jpeg_progressive
    }

    pub(crate) const fn jpeg_effort_level(&self) -> JpegEffort {
        self.jpeg_effort
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
