//! Header, request and limits → plan: every size is decided here, and nothing is allocated.
//!
//! This room never sees the bytes of an image.

use core::fmt;

use crate::error::{Error, Unsupported};
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::limits::{Limit, Limits};
use crate::probe::jpeg::Scale;
use crate::probe::{Detail, Header};
use crate::request::{Fit, Output, Request};
use crate::size::{Rect, Size};
use crate::thumbnail::{self, Thumbnail};

mod cost;
mod geometry;
#[cfg(test)]
mod largest;
mod planes;
mod source;

pub(crate) use geometry::OutputGeometry;
pub(crate) use planes::PlanePlan;
pub(crate) use source::Colors;

use cost::Cost;
use geometry::Geometry;
use planes::PlaneSource;
use source::Source;

/// A decision: which part of the picture is decoded at which scale, what comes out, and how many
/// bytes that takes. Holding one proves that the limits were checked.
///
/// `Display` explains it:
///
/// ```
/// # use bombproof::{Layout, Limits, Picture, Plan, Request, Size};
/// # let upload = Picture::new(Size::new(640, 480), Layout::Gray, vec![7; 640 * 480])?.to_png()?;
/// let header = bombproof::probe(&upload)?;
/// let plan = Plan::new(&header, &Request::cover(64, 64), &Limits::default())?;
/// assert!(plan.to_string().starts_with("PNG 640x480, crop 480x480+80+0, box 3x3, JPEG 64x64"));
///
/// let mut limits = Limits::default();
/// limits.max_pixels = 640 * 480 - 1;
/// let refused = Plan::new(&header, &Request::cover(64, 64), &limits).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "the number of pixels is 307200, over the limit of 307199 (max_pixels)",
/// );
/// # Ok::<(), bombproof::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    header: Header,
    request: Request,
    limits: Limits,
    geometry: Geometry,
    source: Source,
    planes: [PlanePlan; 4],
    decodes_apart: bool,
    cost: Cost,
}

impl Plan {
    /// Decides everything that the header, the request and the limits decide. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::OverLimit`] with the limit that is passed, [`Error::NotCredible`] when the data is
    /// too short for the pixels that the header declares, [`Error::Unsupported`] for a format that
    /// the limits leave out, [`Error::BadRequest`] for a request that makes no sense for this picture.
    pub fn new(header: &Header, request: &Request, limits: &Limits) -> Result<Self, Error> {
        request.check()?;
        check_limits(header, limits)?;
        check_credible(header)?;
        check_complete(header)?;
        let geometry = Geometry::new(request, header.size, header.orientation)?;
        if request.fit() != Fit::Full {
            for output in geometry.outputs() {
                let side = u64::from(output.size.longer_side());
                Limit::OutputSide.check(side, u64::from(limits.max_output_side_px))?;
            }
        }
        check_output_format(request.output(), &geometry)?;
        let source = Source::of(header);
        let plane = |source: &PlaneSource, least| {
            let residual = request.jpeg_detail_level().residual() * kept(source, request.output());
            PlanePlan::new(source, header.size, &geometry, residual, least)
        };
        let [first, ..] = source.planes();
        let first = plane(&first, Scale::Full);
        let least = if source.in_several_scans { first.scale } else { Scale::Full };
        let planes = source.planes().map(|source| plane(&source, least));
        let plan = Self {
            header: header.clone(),
            request: *request,
            limits: *limits,
            geometry,
            source,
            planes,
            decodes_apart: false,
            cost: Cost::default(),
        };
        match plan.priced() {
            Err(_) if plan.source.in_several_scans => Self { decodes_apart: true, ..plan }.priced(),
            outcome => outcome,
        }
    }

    /// The plan with its cost, when that is allowed.
    fn priced(&self) -> Result<Self, Error> {
        let cost = Cost::of(self);
        Limit::Memory.check(cost.peak_bytes(), self.limits.max_memory_bytes)?;
        Ok(Self { cost, ..self.clone() })
    }

    /// The quote: the most bytes of heap that are live at any moment of [`run`](Self::run).
    ///
    /// Counted is every allocation of this crate and of the codecs below it, both blocks while one
    /// is moved, and the output. Not counted are the input slice of the caller, the stack, and what
    /// the allocator rounds up.
    ///
    /// A progressive JPEG that does not fit the limit in the usual way is decoded one component
    /// after the other, so that a lower limit can make this less.
    #[must_use]
    pub const fn memory_bytes(&self) -> u64 {
        self.cost.peak_bytes()
    }

    /// The header that the plan was made from.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The size of the first output, upright.
    #[must_use]
    pub fn output_size(&self) -> Size {
        self.outputs().first().map_or(self.header.size, |output| output.size)
    }

    /// The sizes of all outputs in the order in which they were asked for, upright.
    pub fn output_sizes(&self) -> impl ExactSizeIterator<Item = Size> {
        self.outputs().iter().map(|output| output.size)
    }

    /// The part of the picture that is used, in pixels as stored.
    #[must_use]
    pub const fn crop(&self) -> Rect {
        self.geometry.window
    }

    /// What the decoder itself divides the sides by: 1, 2, 4 or 8. Only JPEG is decoded reduced.
    #[must_use]
    pub const fn scale_divisor(&self) -> u32 {
        self.planes[0].scale.divisor()
    }

    /// Width and height of the cells that are averaged after decoding, in decoded pixels.
    #[must_use]
    pub const fn box_size(&self) -> Size {
        Size::new(self.planes[0].shrink.box_width, self.planes[0].shrink.box_height)
    }

    /// Makes the first output from the bytes that the plan was made from.
    ///
    /// # Errors
    /// [`BadRequest::OtherBytes`](crate::BadRequest::OtherBytes) when the bytes have another header,
    /// [`Error::Malformed`] and [`Error::Truncated`] when their data is damaged or ends early,
    /// [`Error::Interrupted`] when `interrupt` says so.
    pub fn run(&self, bytes: &[u8], interrupt: &Interrupt) -> Result<Thumbnail, Error> {
        let mut thumbnails = self.run_all(bytes, interrupt)?;
        thumbnails.truncate(1);
        thumbnails.pop().ok_or(Error::Bug("a request without a size"))
    }

    /// Makes all outputs from one decode, in the order in which they were asked for.
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn run_all(&self, bytes: &[u8], interrupt: &Interrupt) -> Result<Vec<Thumbnail>, Error> {
        thumbnail::run_checked(self, bytes, interrupt)
    }

    pub(crate) const fn request(&self) -> &Request {
        &self.request
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) const fn colors(&self) -> Colors {
        self.source.colors
    }

    /// The planes that are decoded; alpha, where there is any, is the last.
    pub(crate) fn planes(&self) -> &[PlanePlan] {
        self.planes.get(..self.source.plane_count()).unwrap_or(&self.planes)
    }

    /// The scale of each component of a JPEG.
    pub(crate) fn scales(&self) -> [Scale; 4] {
        self.planes.map(|plane| plane.scale)
    }

    /// The window of each component of a JPEG, in samples at its scale.
    pub(crate) fn windows(&self) -> [Rect; 4] {
        self.planes.map(|plane| plane.shrink.window)
    }

    /// Components of a progressive JPEG are decoded one after the other, because all at once would
    /// take more memory than is allowed.
    pub(crate) const fn decodes_apart(&self) -> bool {
        self.decodes_apart
    }

    pub(crate) const fn has_alpha(&self) -> bool {
        self.source.alpha
    }

    /// Transparent colours are multiplied by their alpha before they are averaged. When nothing is
    /// averaged they stay as they are, and lose nothing.
    pub(crate) fn premultiplies(&self) -> bool {
        self.source.alpha && !self.is_copy()
    }

    /// Whether a lossy WebP is filtered. What the filter smooths are single samples on both sides of an edge
    /// between blocks, and prediction does not see it: where a sample of the output is the average of
    /// 4 × 4 and more, it moves the SSIM of an avatar by 0.0003 at the most, and takes a quarter of the time.
    pub(crate) const fn loop_filter(&self) -> LoopFilter {
        let Size { width, height } = self.box_size();
        if width >= 4 && height >= 4 { LoopFilter::LeftOut } else { LoopFilter::Exact }
    }

    pub(crate) fn outputs(&self) -> &[OutputGeometry] {
        self.geometry.outputs()
    }

    /// True when every output is a part of the picture in its own size.
    fn is_copy(&self) -> bool {
        self.outputs().iter().all(|output| output.crop.size() == output.stored_size)
    }
}

/// The share of a plane's samples, each way, that the output keeps: a JPEG is written in 4:2:0.
const fn kept(plane: &PlaneSource, output: Output) -> f64 {
    if plane.is_chroma && matches!(output, Output::Jpeg { .. }) { 0.5 } else { 1.0 }
}

/// Every limit that the header can pass, the cheapest refusals first.
fn check_limits(header: &Header, limits: &Limits) -> Result<(), Error> {
    if !limits.formats.contains(header.format) {
        return Err(Error::Unsupported(Unsupported::NotAllowed(header.format)));
    }
    Limit::InputBytes.check(header.input_bytes, limits.max_input_bytes)?;
    Limit::Side.check(u64::from(header.size.longer_side()), u64::from(limits.max_side_px))?;
    Limit::Pixels.check(header.size.pixels(), limits.max_pixels)?;
    Limit::Segments.check(u64::from(header.segments), u64::from(limits.max_segments))?;
    if let Detail::Jpeg(frame) = &header.detail {
        Limit::Scans.check(u64::from(frame.scans), u64::from(limits.max_scans))?;
        let components = 0..frame.components().len();
        let samples: u64 = components.map(|index| frame.component_size(index).pixels()).sum();
        let allowed = samples.saturating_mul(u64::from(limits.max_scan_work));
        Limit::ScanWork.check(frame.scan_samples, allowed)?;
    }
    Ok(())
}

fn check_credible(header: &Header) -> Result<(), Error> {
    let (coded_size, possible_pixels) = match &header.detail {
        Detail::Jpeg(frame) => (header.size, frame.possible_pixels()),
        Detail::Png(image) => (header.size, image.possible_pixels()),
        Detail::WebP(still) => (still.frame, still.possible_pixels()),
    };
    let declared_pixels = coded_size.pixels();
    if declared_pixels > possible_pixels {
        return Err(Error::NotCredible { declared_pixels, possible_pixels });
    }
    Ok(())
}

/// A PNG that ends before its IEND. The other readers tell while they read the header.
fn check_complete(header: &Header) -> Result<(), Error> {
    match &header.detail {
        Detail::Png(image) if !image.complete => Err(Error::truncated_header(Format::Png)),
        _ => Ok(()),
    }
}

/// The sides that the output's own format can store: 65,535 in JPEG (T.81, B.2.2), 16,384 in
/// WebP (RFC 9649, 3.4), 2^31 - 1 in PNG.
fn check_output_format(output: Output, geometry: &Geometry) -> Result<(), Error> {
    let allowed = match output {
        Output::Jpeg { .. } => 65_535,
        Output::WebPLossless => 16_384,
        Output::Png | Output::Pixels => u64::from(i32::MAX.unsigned_abs()),
    };
    for output in geometry.outputs() {
        Limit::OutputSide.check(u64::from(output.size.longer_side()), allowed)?;
    }
    Ok(())
}

/// The loop filter of VP8 (RFC 6386, 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoopFilter {
    Exact,
    LeftOut,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.header.format, self.header.size)?;
        if self.header.progressive {
            let word =
                if self.header.format == Format::Jpeg { "progressive" } else { "interlaced" };
            write!(f, " {word}")?;
        }
        write!(f, ", crop {}", self.crop())?;
        if self.scale_divisor() > 1 {
            write!(f, ", scale 1/{}", self.scale_divisor())?;
        }
        if self.decodes_apart {
            write!(f, ", components apart")?;
        }
        write!(f, ", box {}", self.box_size())?;
        let is_lossy_webp = self.colors() == Colors::Vp8Yuv;
        if is_lossy_webp && self.loop_filter() == LoopFilter::LeftOut {
            write!(f, ", no loop filter")?;
        }
        let format = match self.request.output() {
            Output::Jpeg { .. } => "JPEG",
            Output::Png => "PNG",
            Output::WebPLossless => "WebP",
            Output::Pixels => "pixels",
        };
        for (index, output) in self.outputs().iter().enumerate() {
            let separator = if index == 0 { ", " } else { " + " };
            write!(f, "{separator}")?;
            if index == 0 {
                write!(f, "{format} ")?;
            }
            write!(f, "{}", output.size)?;
        }
        write!(f, "; {}", self.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::JpegDetail;

    #[test]
    fn chroma_is_decoded_for_what_the_output_keeps_of_it() {
        // 2400 × 1600 in 4:2:0: 10.7 samples of luma for one of the output, 5.3 of chroma.
        let upload = include_bytes!("../../corpus/valid/photo.jpg");
        let header = crate::probe::probe(upload).unwrap();
        let scales = |request: Request| {
            let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
            let [luma, blue, red, _] = plan.scales();
            assert_eq!(blue, red);
            (luma, blue)
        };
        let request = Request::cover(150, 150);
        assert_eq!(scales(request.png()), (Scale::Eighth, Scale::Quarter));
        assert_eq!(scales(request.jpeg(80)), (Scale::Eighth, Scale::Eighth));
        let best = request.jpeg_detail(JpegDetail::Best);
        assert_eq!(scales(best.png()), (Scale::Quarter, Scale::Half));
        assert_eq!(scales(best.jpeg(80)), (Scale::Quarter, Scale::Quarter));
    }

    #[test]
    fn a_lossy_webp_is_filtered_unless_sixteen_samples_are_averaged() {
        // 900 × 600: 8, 7.5 and 2.3 samples for one of the output, of which the box leaves two.
        let upload = include_bytes!("../../corpus/valid/photo.webp");
        let header = crate::probe::probe(upload).unwrap();
        for (side, width, expected) in
            [(75, 4, LoopFilter::LeftOut), (80, 3, LoopFilter::Exact), (256, 1, LoopFilter::Exact)]
        {
            let plan = Plan::new(&header, &Request::cover(side, side), &Limits::default()).unwrap();
            assert_eq!((plan.box_size(), plan.loop_filter()), (Size::new(width, width), expected));
            let shown = plan.to_string().contains("no loop filter");
            assert_eq!(shown, expected == LoopFilter::LeftOut, "{plan}");
        }
    }
}
