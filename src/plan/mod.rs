//! Header, request and limits → plan: every size is decided here, and nothing is allocated.
//!
//! The plan never sees the bytes of an image. It fills in the order of each stage, and adds up their
//! prices.

use core::fmt;

use crate::decode::webp::LoopFilter;
use crate::decode::{self, jpeg, png, webp};
use crate::error::Error;
use crate::finish::Colors;
use crate::format::Format;
use crate::limits::{Limit, Limits};
use crate::output::Thumbnail;
use crate::probe::jpeg::Scale;
use crate::probe::{Detail, Header};
use crate::request::{Fit, OutputFormat, Request};
use crate::size::{Rect, Size};
use crate::{encode, finish};

mod check;
mod cost;
mod geometry;
#[cfg(test)]
mod worst_case;
mod plane;
mod source;

use cost::Cost;
use geometry::{Geometry, OutputGeometry};
use plane::{PlanePlan, PlaneSource};
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
    one_component_at_a_time: bool,
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
        check::limits(header, limits)?;
        check::credible(header)?;
        check::complete(header)?;
        let geometry = Geometry::new(request, header.size, header.orientation)?;
        if request.fit() != Fit::Full {
            for output in geometry.outputs() {
                let side = u64::from(output.size.longer_side());
                Limit::OutputSide.check(side, u64::from(limits.max_output_side_px))?;
            }
        }
        check::output_format(request.output(), &geometry)?;
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
            one_component_at_a_time: false,
            cost: Cost::default(),
        };
        match plan.priced() {
            Err(_) if plan.source.in_several_scans => {
                Self { one_component_at_a_time: true, ..plan }.priced()
            }
            outcome => outcome,
        }
    }

    /// The plan with its cost, when that is allowed.
    fn priced(&self) -> Result<Self, Error> {
        let list_bytes = (self.outputs().len() * size_of::<Thumbnail>()) as u64;
        let mut cost = Cost::of_decode(list_bytes, &self.decode_order());
        self.output_orders().for_each(|(finish, encode)| cost.add_output(&finish, &encode));
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

    /// What the decoder does.
    pub(crate) fn decode_order(&self) -> decode::Order<'_> {
        let mut planes = [None; 4];
        for (slot, plane) in planes.iter_mut().zip(self.planes()) {
            *slot = Some(plane.shrink);
        }
        let source = match &self.header.detail {
            Detail::Jpeg(frame) => decode::Source::Jpeg(jpeg::Order {
                frame,
                scales: self.scales(),
                windows: self.planes.map(|plane| plane.shrink.window),
                one_component_at_a_time: self.one_component_at_a_time,
                min_percent_of_rows: self.request.min_percent_of_rows(),
            }),
            Detail::Png(image) => decode::Source::Png(png::Order {
                image,
                window: self.crop(),
                premultiply: self.premultiplies(),
            }),
            Detail::WebP(still) => decode::Source::WebP(webp::Order {
                still,
                premultiply: self.premultiplies(),
                loop_filter: self.loop_filter(),
            }),
        };
        decode::Order { source, planes }
    }

    /// What is finished and encoded, output by output.
    pub(crate) fn output_orders(&self) -> impl Iterator<Item = (finish::Order, encode::Order)> {
        let last = self.outputs().len().saturating_sub(1);
        self.outputs().iter().enumerate().map(move |(index, output)| {
            let finish = self.finish_order(output, index == last);
            let encode = encode::Order {
                format: self.request.output(),
                size: output.size,
                layout: finish.layout(),
                background: self.request.background_rgb(),
            };
            (finish, encode)
        })
    }

    fn finish_order(&self, output: &OutputGeometry, is_last: bool) -> finish::Order {
        let max_icc_bytes = match self.source.colors {
            Colors::Cmyk { .. } | Colors::Ycck { .. } => self.limits.max_icc_bytes_cmyk,
            _ => self.limits.max_icc_bytes,
        };
        finish::Order {
            colors: self.source.colors,
            has_alpha: self.source.alpha,
            is_premultiplied: self.premultiplies(),
            planes: self.planes.map(|plane| plane.part(output)),
            stored_size: output.stored_size,
            orientation: self.header.orientation,
            max_icc_bytes,
            icc_cost_bytes: self.header.icc_cost_bytes,
            is_last,
        }
    }

    /// The planes that are decoded; alpha, where there is any, is the last.
    fn planes(&self) -> &[PlanePlan] {
        self.planes.get(..self.source.plane_count()).unwrap_or(&self.planes)
    }

    /// The scale of each component of a JPEG.
    fn scales(&self) -> [Scale; 4] {
        self.planes.map(|plane| plane.scale)
    }

    /// Transparent colours are multiplied by their alpha before they are averaged. When nothing is
    /// averaged they stay as they are, and lose nothing.
    fn premultiplies(&self) -> bool {
        self.source.alpha && !self.is_copy()
    }

    /// Whether a lossy WebP is filtered. What the filter smooths are single samples on both sides of an edge
    /// between blocks, and prediction does not see it: where a sample of the output is the average of
    /// 4 × 4 and more, it moves the SSIM of an avatar by 0.0003 at the most, and takes a quarter of the time.
    const fn loop_filter(&self) -> LoopFilter {
        let Size { width, height } = self.box_size();
        if width >= 4 && height >= 4 { LoopFilter::Skipped } else { LoopFilter::Exact }
    }

    fn outputs(&self) -> &[OutputGeometry] {
        self.geometry.outputs()
    }

    /// True when every output is a part of the picture in its own size.
    fn is_copy(&self) -> bool {
        self.outputs().iter().all(|output| output.crop.size() == output.stored_size)
    }
}

/// The share of a plane's samples, each way, that the output keeps: a JPEG is written in 4:2:0.
const fn kept(plane: &PlaneSource, output: OutputFormat) -> f64 {
    if plane.is_chroma && matches!(output, OutputFormat::Jpeg { .. }) { 0.5 } else { 1.0 }
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
        if self.one_component_at_a_time {
            write!(f, ", one component at a time")?;
        }
        write!(f, ", box {}", self.box_size())?;
        let is_lossy_webp = self.source.colors == Colors::Vp8Yuv;
        if is_lossy_webp && self.loop_filter() == LoopFilter::Skipped {
            write!(f, ", no loop filter")?;
        }
        let format = match self.request.output() {
            OutputFormat::Jpeg { .. } => "JPEG",
            OutputFormat::Png => "PNG",
            OutputFormat::WebPLossless => "WebP",
            OutputFormat::Pixels => "pixels",
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
            [(75, 4, LoopFilter::Skipped), (80, 3, LoopFilter::Exact), (256, 1, LoopFilter::Exact)]
        {
            let plan = Plan::new(&header, &Request::cover(side, side), &Limits::default()).unwrap();
            assert_eq!((plan.box_size(), plan.loop_filter()), (Size::new(width, width), expected));
            let shown = plan.to_string().contains("no loop filter");
            assert_eq!(shown, expected == LoopFilter::Skipped, "{plan}");
        }
    }
}
