//! The plan: what it decides and the orders that it gives to each stage.

use super::check;
use super::cost::Cost;
use super::geometry::{Geometry, OutputGeometry};
use super::look::Look;
use super::plane::{PlanePlan, PlaneSource};
use super::source::Source;
#[cfg(feature = "instrument")]
use crate::charges::StageBytes;
use crate::decode::webp::LoopFilter;
use crate::decode::{self, jpeg, png, webp};
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::output::Thumbnail;
use crate::probe::jpeg::Scale;
use crate::probe::{Detail, Header};
use crate::request::{Fit, OutputFormat, Request};
use crate::size::{Rect, Size};

/// How an upload becomes its outputs: which part of the picture is decoded at which scale, the
/// sizes of the outputs, and how many bytes of memory that needs.
///
/// A plan exists only after all limits were checked. `Display` explains it in one line:
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
    pub(super) header: Header,
    pub(super) request: Request,
    pub(super) limits: Limits,
    geometry: Geometry,
    pub(super) look: Look,
    pub(super) source: Source,
    pub(super) planes: [PlanePlan; 4],
    pub(super) one_component_at_a_time: bool,
    /// The rows of the only output are made while those of its planes come in.
    is_streamed: bool,
    pub(super) cost: Cost,
}

impl Plan {
    /// Plans how the upload with this header becomes the outputs of `request` within `limits`.
    /// Allocates nothing.
    ///
    /// # Errors
    /// [`Error::OverLimit`] for the first exceeded limit, [`Error::NotCredible`] when the data is
    /// too short for the declared pixels, [`Error::Truncated`] for a PNG that ends before its image
    /// data, [`Error::Unsupported`] for a format that the limits exclude, [`Error::BadRequest`]
    /// for a request that is invalid for this picture.
    pub fn new(header: &Header, request: &Request, limits: &Limits) -> Result<Self, Error> {
        request.check()?;
        check::limits(header, limits)?;
        check::credible(header)?;
        check::has_image_data(header)?;
        let geometry = Geometry::new(request, header.size, header.orientation)?;
        if request.fit() != Fit::Full {
            for output in geometry.outputs() {
                let side = u64::from(output.size.longer_side());
                Limit::OutputSide.check(side, u64::from(limits.max_output_side_px))?;
            }
        }
        check::output_format(request.output(), &geometry)?;
        let source = Source::of(header);
        let plane = |source: &PlaneSource, min_reduction| {
            let min_oversampling =
                request.jpeg_detail_level().min_oversampling() * stored_share(source, request);
            PlanePlan::new(source, header.size, &geometry, min_oversampling, min_reduction)
        };
        let [first, ..] = source.planes();
        let first = plane(&first, Scale::Full);
        let min_reduction = if source.in_several_scans { first.scale } else { Scale::Full };
        let planes = source.planes().map(|source| plane(&source, min_reduction));
        let plan = Self {
            header: header.clone(),
            request: *request,
            limits: *limits,
            geometry,
            look: Look::new(header, request, limits)?,
            source,
            planes,
            one_component_at_a_time: false,
            is_streamed: false,
            cost: Cost::default(),
        };
        match plan.priced() {
            Err(Error::OverLimit { limit: Limit::Memory, .. }) if plan.source.in_several_scans => {
                Self { one_component_at_a_time: true, ..plan }.priced()
            }
            outcome => outcome,
        }
    }

    /// This plan with its cost, streamed if that takes less memory.
    ///
    /// # Errors
    /// [`Error::OverLimit`] when the cost exceeds the limit of memory or of work.
    fn priced(&self) -> Result<Self, Error> {
        let mut plan = Self { cost: self.cost_of()?, ..self.clone() };
        if let Some(streamed) = self.streamed() {
            let cost = streamed.cost_of()?;
            if cost.peak_bytes() <= plan.cost.peak_bytes() {
                plan = Self { cost, ..streamed };
            }
        }
        plan.check_pixel_outputs()?;
        Limit::Memory.check(plan.cost.peak_bytes(), self.limits.max_memory_bytes)?;
        Limit::Work.check(plan.cost.work_ns(), self.limits.max_work)?;
        Ok(plan)
    }

    /// Refuses an output of pixels that is longer than the request allows.
    fn check_pixel_outputs(&self) -> Result<(), Error> {
        let max_bytes = self.request.max_output_bytes();
        let max_bytes = max_bytes.filter(|_| self.request.output() == OutputFormat::Pixels);
        max_bytes.map_or(Ok(()), |max_bytes| {
            self.output_orders().try_for_each(|orders| {
                Ok(Limit::OutputBytes.check(orders.finish.pixel_bytes(), max_bytes)?)
            })
        })
    }

    fn cost_of(&self) -> Result<Cost, Error> {
        let list_bytes = self.outputs().len() as u64 * Thumbnail::QUOTED_BYTES;
        let streamed_into = self.output_orders().next().filter(|_| self.is_streamed);
        let streamed_into = streamed_into.map(|orders| orders.finish);
        let decode = self.decode_order();
        let mut cost = Cost::of_decode(&self.header, list_bytes, &decode, streamed_into.as_ref())?;
        self.output_orders().try_for_each(|orders| cost.add_output(&orders, self.is_streamed))?;
        Ok(cost)
    }

    /// This plan, streamed. `None` where several outputs need the planes, where the planes come in
    /// one after another or their rows in any order, and where missing rows may become grey.
    fn streamed(&self) -> Option<Self> {
        let [output] = self.outputs() else { return None };
        let in_order = self.planes().iter().all(|plane| !plane.shrink.any_order);
        let accepts_truncated = self.request.min_percent_of_rows().is_some();
        if self.source.in_several_scans || !in_order || accepts_truncated {
            return None;
        }
        let reach_px = self.planes().iter().map(|plane| plane.reach_px(output)).fold(0.0, f64::max);
        let planes = self.planes.map(|plane| plane.holding(reach_px));
        Some(Self { planes, is_streamed: true, ..self.clone() })
    }

    /// Whether the rows of the only output are made while those of its planes come in.
    pub(crate) const fn is_streamed(&self) -> bool {
        self.is_streamed
    }

    /// This plan with complete planes between its stages, so that each can be timed.
    #[cfg(feature = "instrument")]
    pub(crate) fn in_stages(&self) -> Result<Self, Error> {
        let mut plan = self.clone();
        plan.is_streamed = false;
        plan.planes.iter_mut().for_each(|plane| plane.shrink.held_rows = u32::MAX);
        plan.cost = plan.cost_of()?;
        Ok(plan)
    }

    /// The peak of each stage, of which [`memory_bytes`](Self::memory_bytes) is the largest.
    #[cfg(feature = "instrument")]
    pub(crate) const fn stage_bytes(&self) -> StageBytes {
        self.cost.stage_bytes()
    }

    /// The quote: the most bytes of heap that are live at any moment of [`run`](Self::run).
    ///
    /// It counts every allocation of this crate and of the codecs below it, both blocks while one
    /// is moved, and the outputs. It does not count the input slice of the caller, the stack, and
    /// what the allocator rounds up.
    ///
    /// A progressive JPEG that exceeds [`Limits::max_memory_bytes`] in the usual way is decoded one
    /// component after the other. A lower limit can therefore lower this number.
    #[must_use]
    pub const fn memory_bytes(&self) -> u64 {
        self.cost.peak_bytes()
    }

    /// The work of the job: the most nanoseconds that [`probe`](crate::probe()), this plan and
    /// [`run_all`](Self::run_all) take together on one core.
    ///
    /// Known from the header alone, like the memory. A nanosecond is one of the machine that this
    /// crate is measured on, a server of 2023 (see BENCHMARKING.md). How much faster or slower
    /// another machine is has to be measured there. On photographs the number is up to eight times
    /// too high, because no header tells how well its data were compressed.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.cost.work_ns()
    }

    /// The header that the plan was made from.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The size of the first output in pixels, upright.
    #[must_use]
    pub fn output_size(&self) -> Size {
        self.outputs().first().map_or(self.header.size, |output| output.size)
    }

    /// The sizes of all outputs in pixels, upright, in the order of the request.
    pub fn output_sizes(&self) -> impl ExactSizeIterator<Item = Size> {
        self.outputs().iter().map(|output| output.size)
    }

    /// The part of the picture that the outputs need, in stored pixels, before the orientation is
    /// applied. With [`Request::attention`] it is the part in which a place for them is searched,
    /// which only the pixels decide.
    #[must_use]
    pub const fn crop(&self) -> Rect {
        self.geometry.window
    }

    /// The divisor of the sides in the decoder itself: 1, 2, 4 or 8. It is 1 for PNG and WebP.
    #[must_use]
    pub const fn scale_divisor(&self) -> u32 {
        self.planes[0].scale.divisor()
    }

    /// The width and height of the boxes that are averaged after decoding, in decoded pixels.
    #[must_use]
    pub const fn box_size(&self) -> Size {
        Size::new(self.planes[0].shrink.box_width, self.planes[0].shrink.box_height)
    }

    /// The order of the decode stage.
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

    /// The decoded planes. Alpha, if any, is the last.
    fn planes(&self) -> &[PlanePlan] {
        self.planes.get(..self.source.plane_count()).unwrap_or(&self.planes)
    }

    /// The scale of each component of a JPEG.
    fn scales(&self) -> [Scale; 4] {
        self.planes.map(|plane| plane.scale)
    }

    /// Whether colours are multiplied by their alpha before they are averaged. Without averaging
    /// they stay as they are and lose no precision.
    pub(super) fn premultiplies(&self) -> bool {
        self.source.alpha && !self.is_copy()
    }

    /// Whether the loop filter of a lossy WebP is applied. It smooths a few samples on both sides
    /// of block edges, and prediction does not depend on it. Where each output sample is the
    /// average of 4 × 4 samples or more, it changes the SSIM of an avatar by at most 0.0003 and
    /// takes a quarter of the time.
    pub(super) const fn loop_filter(&self) -> LoopFilter {
        let Size { width, height } = self.box_size();
        if width >= 4 && height >= 4 { LoopFilter::Skipped } else { LoopFilter::Exact }
    }

    /// Whether the pixels decide which part an output shows.
    pub(super) fn searches_attention(&self) -> bool {
        self.outputs().iter().any(|output| output.is_cut)
    }

    pub(super) fn outputs(&self) -> &[OutputGeometry] {
        self.geometry.outputs()
    }

    /// True when every output is a part of the picture at its original size.
    fn is_copy(&self) -> bool {
        self.outputs().iter().all(|output| output.crop.size() == output.stored_size)
    }
}

/// The share of a plane's samples, each way, that the output stores. A JPEG is written in 4:2:0,
/// unless the request asks for full chroma.
const fn stored_share(plane: &PlaneSource, request: &Request) -> f64 {
    let is_jpeg = matches!(request.output(), OutputFormat::Jpeg { .. });
    if plane.is_chroma && is_jpeg && !request.has_full_chroma() { 0.5 } else { 1.0 }
}

#[cfg(test)]
#[allow(clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::picture::{Layout, Picture};
    use crate::probe::webp::test_files::{Noise, chunk, riff, vp8};
    use crate::request::JpegDetail;

    #[test]
    fn chroma_is_decoded_for_the_size_that_the_output_stores() {
        // 2400 × 1600 in 4:2:0: 10.7 luma samples and 5.3 chroma samples per output pixel, each
        // way.
        let pixels = vec![90; 2400 * 1600 * 3];
        let picture = Picture::new(Size::new(2400, 1600), Layout::Rgb, pixels).unwrap();
        let header = crate::probe::probe(&picture.to_jpeg(80).unwrap()).unwrap();
        let scales = |request: Request| {
            let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
            let [luma, cb, cr, _] = plan.scales();
            assert_eq!(cb, cr);
            (luma, cb)
        };
        let request = Request::cover(150, 150);
        assert_eq!(scales(request.png()), (Scale::Eighth, Scale::Quarter));
        assert_eq!(scales(request.jpeg(80)), (Scale::Eighth, Scale::Eighth));
        let best = request.jpeg_detail(JpegDetail::Best);
        assert_eq!(scales(best.png()), (Scale::Quarter, Scale::Half));
        assert_eq!(scales(best.jpeg(80)), (Scale::Quarter, Scale::Quarter));
    }

    #[test]
    fn the_loop_filter_is_skipped_when_sixteen_samples_are_averaged() {
        // 900 × 600: 8, 7.5 and 2.3 samples per output pixel, each way. The box leaves two.
        let upload = riff(&[chunk(b"VP8 ", &vp8(900, 600, 0, &mut Noise(5)))]);
        let header = crate::probe::probe(&upload).unwrap();
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
