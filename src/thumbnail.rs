//! Runs the pipeline: decode, finish and encode, one after another.

use crate::budget::{Budget, Reservation};
use crate::charges;
use crate::encode;
use crate::error::Error;
use crate::finish::{PixelRows, Pixels, ToSrgb};
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::limits::{Limit, Limits};
use crate::output::{Body, Thumbnail};
use crate::picture::{Gamut, Picture};
use crate::placeholder::{self, Placeholder};
use crate::plan::{OutputOrders, Plan};
use crate::probe::{color_source, probe};
use crate::request::{OutputFormat, Request};
use crate::shrink::{RowSink, Shrink};

/// Makes a thumbnail of an upload: the first size of `request`.
///
/// ```
/// use bombproof::{Error, Limit, Limits, Request};
/// # let upload = bombproof::Picture::new(
/// #     bombproof::Size::new(400, 300), bombproof::Layout::Rgb, vec![90; 400 * 300 * 3])?.to_png()?;
///
/// // 256×256, centre-cropped, upright, sRGB, no metadata.
/// let request = Request::cover(256, 256).jpeg(80);
/// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
/// assert!(avatar.bytes().starts_with(&[0xFF, 0xD8]));
///
/// // The same file under a smaller limit is refused before anything is allocated.
/// let mut limits = Limits::default();
/// limits.max_side_px = 399;
/// let refused = bombproof::thumbnail(&upload, &request, &limits);
/// assert!(matches!(refused, Err(Error::OverLimit { limit: Limit::Side, found: 400, .. })));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// Those of [`probe`], [`Plan::new`] and [`Plan::run`].
pub fn thumbnail(bytes: &[u8], request: &Request, limits: &Limits) -> Result<Thumbnail, Error> {
    first(thumbnails(bytes, request, limits)?)
}

/// Makes a thumbnail for each size of `request` from one decode, in the order of the request.
///
/// # Errors
/// Those of [`probe`], [`Plan::new`] and [`Plan::run`].
pub fn thumbnails(
    bytes: &[u8],
    request: &Request,
    limits: &Limits,
) -> Result<Vec<Thumbnail>, Error> {
    Limit::InputBytes.check(bytes.len() as u64, limits.max_input_bytes)?;
    let header = probe(bytes)?;
    let plan = Plan::new(&header, request, limits)?;
    run(&plan, bytes, &Interrupt::never())
}

/// Decodes a picture in its full size, upright and in sRGB, under the same limits and promises as a
/// thumbnail.
///
/// ```
/// use bombproof::{Layout, Limits, Picture, Size};
///
/// let picture = Picture::new(Size::new(2, 1), Layout::Rgba, vec![1, 2, 3, 4, 5, 6, 7, 255])?;
/// assert_eq!(bombproof::decode(&picture.to_png()?, &Limits::default())?, picture);
/// # Ok::<(), bombproof::Error>(())
/// ```
///
/// # Errors
/// Those of [`probe`], [`Plan::new`] and [`Plan::run`]. The complete picture is in memory, so it
/// exceeds [`Limits::max_memory_bytes`] far earlier than a thumbnail.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    let thumbnail = thumbnail(bytes, &Request::full_size().pixels(), limits)?;
    thumbnail.into_picture().ok_or(Error::Bug("a request for pixels returned a file"))
}

impl Plan {
    /// Makes the first output. `bytes` are those that the plan was made from.
    ///
    /// # Errors
    /// [`BadRequest::OtherBytes`](crate::BadRequest::OtherBytes) when the bytes have another
    /// header, [`Error::Malformed`] and [`Error::Truncated`] when their data is damaged or ends
    /// early, [`Error::Unsupported`] when it uses a variant that this crate does not decode,
    /// [`Error::Interrupted`] when `interrupt` stops the job, [`Error::OutOfMemory`] when the
    /// allocator refuses memory.
    pub fn run(&self, bytes: &[u8], interrupt: &Interrupt) -> Result<Thumbnail, Error> {
        first(self.run_all(bytes, interrupt)?)
    }

    /// Makes all outputs from one decode, in the order of the request.
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn run_all(&self, bytes: &[u8], interrupt: &Interrupt) -> Result<Vec<Thumbnail>, Error> {
        if probe(bytes)? != *self.header() {
            return Err(Error::OTHER_BYTES);
        }
        run(self, bytes, interrupt)
    }
}

/// Runs a plan. It was made from the header of `bytes`.
fn run(plan: &Plan, bytes: &[u8], interrupt: &Interrupt) -> Result<Vec<Thumbnail>, Error> {
    let quote_bytes = plan.memory_bytes();
    // No allocation is longer, so that such a job has no room. In any other the length of every
    // buffer fits in a usize, also on 32 bits.
    if isize::try_from(quote_bytes).is_err() {
        return Err(Error::OutOfMemory { bytes: quote_bytes });
    }
    let budget = &Budget::new(quote_bytes);
    let mut thumbnails = budget.empty_buffer(plan.output_sizes().len() as u64)?;
    let decode = plan.decode_order();
    let mut sink = Sink { shrink: Shrink::new(decode.planes, budget), pixels: None };
    if plan.is_streamed() {
        let output = plan.output_orders().next();
        let orders = output.ok_or(Error::Bug("a request without sizes"))?;
        sink.pixels = Some(PixelRows::new(orders.finish, Job { budget, interrupt })?);
    }
    let outcome = decode.decode(bytes, Job { budget, interrupt }, &mut sink);
    let Sink { shrink, pixels: mut streamed } = sink;
    let (mut small, truncated) = decode.small_planes(outcome, shrink)?;
    let source = color_source(bytes, plan.header());
    // Finished outputs stay charged while the next one is made.
    let mut finished: [Option<Reservation<'_>>; Request::MAX_SIZES] = Default::default();
    let mut focus = None;
    for (orders, slot) in plan.output_orders().zip(&mut finished) {
        let OutputOrders { finish, attention, canvas, placeholder, encode, shown } = orders;
        let mut source_rect = shown;
        interrupt.check()?;
        let mut pixels = if let Some(rows) = streamed.take() {
            small = Default::default();
            rows.finish(source.as_ref())?
        } else {
            finish.pixels(&mut small, source.as_ref(), Job { budget, interrupt })?
        };
        if let Some(order) = attention {
            interrupt.check()?;
            let part = order.cut(&pixels.samples, &mut focus, Job { budget, interrupt })?;
            pixels = Pixels { samples: part, size: order.size, ..pixels };
            source_rect = focus.map_or(shown, |focus| order.source_rect(focus));
        }
        if let Some(order) = canvas {
            interrupt.check()?;
            let samples = order.canvas(pixels.samples, Job { budget, interrupt })?;
            pixels = Pixels { samples, size: order.size, layout: order.layout, ..pixels };
        }
        let placeholder = match placeholder {
            Some(order) => {
                interrupt.check()?;
                Some(placeholder_of(&pixels, order, budget)?)
            }
            None => None,
        };
        interrupt.check()?;
        charges::encode_starts();
        let (size, color) = (pixels.size, pixels.color);
        let (body, reservation) = body(&encode, pixels, Job { budget, interrupt })?;
        *slot = Some(reservation);
        thumbnails.push(Thumbnail { body, size, source_rect, color, truncated, placeholder })?;
    }
    Ok(thumbnails.into_parts().0)
}

/// Shrinks the rows of the decoder, and makes those of an output meanwhile if the plan is streamed.
struct Sink<'b> {
    shrink: Shrink<'b>,
    pixels: Option<PixelRows<'b>>,
}

impl RowSink for Sink<'_> {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        self.shrink.row(plane, y, samples)?;
        self.advance()
    }

    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        self.shrink.window_row(plane, y, samples)?;
        self.advance()
    }

    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        self.shrink.scattered(plane, y, x, x_step, samples)
    }
}

impl Sink<'_> {
    fn advance(&mut self) -> Result<(), Error> {
        if let Some(pixels) = &mut self.pixels {
            let needed_from = pixels.advance(self.shrink.finished_rows())?;
            self.shrink.forget_before(needed_from);
        }
        Ok(())
    }
}

/// The placeholder of an output, in sRGB.
fn placeholder_of(
    pixels: &Pixels<'_>,
    order: placeholder::Order,
    budget: &Budget,
) -> Result<Placeholder, Error> {
    if pixels.gamut == Gamut::Srgb {
        return order.placeholder(&pixels.samples, None, budget);
    }
    let to_srgb = ToSrgb::new(pixels.gamut)?;
    order.placeholder(&pixels.samples, Some(&|rgb| to_srgb.color(rgb)), budget)
}

/// The encoded file, or the pixels as they are.
fn body<'b>(
    order: &encode::Order,
    pixels: Pixels<'b>,
    job: Job<'b>,
) -> Result<(Body, Reservation<'b>), Error> {
    if order.format == OutputFormat::Pixels {
        let Pixels { samples, size, layout, gamut, .. } = pixels;
        let (samples, reservation) = samples.into_parts();
        return Ok((
            Body::Picture(Picture::new(size, layout, samples)?.with_gamut(gamut)),
            reservation,
        ));
    }
    let (bytes, reservation) = order.encode(pixels.samples, job)?.into_parts();
    Ok((Body::File { bytes, format: order.format }, reservation))
}

fn first(thumbnails: Vec<Thumbnail>) -> Result<Thumbnail, Error> {
    thumbnails.into_iter().next().ok_or(Error::Bug("a request without sizes"))
}
