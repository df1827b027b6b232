//! The front door: the calls of the walk, one after the other.

use core::fmt;

use crate::budget::{Budget, Reservation};
use crate::decode::small_planes;
use crate::encode;
use crate::error::{BadRequest, Error, Truncated};
use crate::finish::{self, ColorConversion, Pixels};
use crate::interrupt::Interrupt;
use crate::limits::{Limit, Limits};
use crate::picture::Picture;
use crate::plan::Plan;
use crate::probe::probe;
use crate::request::{Output, Request};
use crate::size::Size;

/// Makes a thumbnail of an upload.
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
    let mut thumbnails = thumbnails(bytes, request, limits)?;
    thumbnails.truncate(1);
    thumbnails.pop().ok_or(Error::Bug("a request without a size"))
}

/// Makes all sizes of `request` from one decode, in the order in which they were asked for.
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

/// Decodes a picture in its full size, upright and in sRGB, inside the same limits and promises.
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
/// Those of [`probe`], [`Plan::new`] and [`Plan::run`]. The whole picture is in memory, so that
/// [`Limits::max_memory_bytes`] is reached far earlier than by a thumbnail.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    let thumbnail = thumbnail(bytes, &Request::full_size().pixels(), limits)?;
    thumbnail.into_picture().ok_or(Error::Bug("pixels were asked for, a file came"))
}

/// Walks a plan to its end, on the bytes whose header it was made from.
pub(crate) fn run(
    plan: &Plan,
    bytes: &[u8],
    interrupt: &Interrupt,
) -> Result<Vec<Thumbnail>, Error> {
    let budget = Budget::new(plan.memory_bytes());
    let mut thumbnails = budget.empty_buffer(plan.outputs().len())?;
    let (mut small, truncated) = small_planes(bytes, plan, &budget, interrupt)?;
    // What is finished stays charged while the next output is made.
    let mut finished: [Option<Reservation<'_>>; Request::MAX_SIZES] = Default::default();
    let last = plan.outputs().len().saturating_sub(1);
    for (index, (output, slot)) in plan.outputs().iter().zip(&mut finished).enumerate() {
        interrupt.check()?;
        let pixels = finish::pixels(bytes, plan, output, &mut small, index == last, &budget)?;
        interrupt.check()?;
        let color = pixels.color;
        let (body, reservation) = body(plan.request(), pixels, &budget)?;
        *slot = Some(reservation);
        thumbnails.push(Thumbnail { body, size: output.size, color, truncated })?;
    }
    Ok(thumbnails.into_parts().0)
}

/// What the request asks for: a file, or the pixels as they are.
fn body<'b>(
    request: &Request,
    pixels: Pixels<'b>,
    budget: &'b Budget,
) -> Result<(Body, Reservation<'b>), Error> {
    let Pixels { samples, size, layout, .. } = pixels;
    match request.output() {
        Output::Pixels => {
            let (samples, reservation) = samples.into_parts();
            Ok((Body::Picture(Picture::new(size, layout, samples)?), reservation))
        }
        output => {
            let background = request.background_rgb();
            let file = encode::file(output, &samples, size, layout, background, budget)?;
            let (bytes, reservation) = file.into_parts();
            Ok((Body::File { bytes, output }, reservation))
        }
    }
}

/// [`run`] for a caller who brings the bytes a second time: their header must be the same.
pub(crate) fn run_checked(
    plan: &Plan,
    bytes: &[u8],
    interrupt: &Interrupt,
) -> Result<Vec<Thumbnail>, Error> {
    if probe(bytes)? != *plan.header() {
        return Err(Error::BadRequest(BadRequest::OtherBytes));
    }
    run(plan, bytes, interrupt)
}

/// A finished picture: a new file that holds no byte of the upload, or its pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    body: Body,
    size: Size,
    color: ColorConversion,
    truncated: Option<Truncated>,
}

/// What a thumbnail is made of.
#[derive(Clone, PartialEq, Eq)]
enum Body {
    File { bytes: Vec<u8>, output: Output },
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
            Body::File { output: Output::Jpeg { .. }, .. } => "image/jpeg",
            Body::File { output: Output::Png, .. } => "image/png",
            Body::File { output: Output::WebPLossless, .. } => "image/webp",
            Body::File { output: Output::Pixels, .. } | Body::Picture(_) => {
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
