//! Doors for tests and fuzz targets: counted work, and single rooms on bytes of their own.
//!
//! Behind the feature `instrument`, which changes no result. Nothing here is covered by semantic
//! versioning.

use crate::budget::Budget;
use crate::decode::{self, RowSink, small_planes};
use crate::error::Error;
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::plan::{LoopFilter, Plan};
use crate::probe::icc::{Minimal, Parts};
use crate::probe::{Detail, Orientation, jpeg, png, probe, webp};
use crate::shrink::Shrink;
use crate::size::Rect;
use crate::{encode, finish};

pub use crate::decode::jpeg::exact::{Blocks, inverse_dct};
pub use crate::work::{Work, is_own_allocation, measure_work, stop_at_poll};

/// What a decoder sees of an upload, as a file: the approved segments or chunks and nothing else.
///
/// Of an animation it is the first frame alone; the canvas around it, the orientation and the profile
/// are not part of it.
///
/// # Errors
/// Those of [`probe`], and [`Error::Truncated`] where a chunk ends early.
pub fn sanitised_view(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let header = probe(bytes)?;
    match &header.detail {
        Detail::Jpeg(frame) => jpeg_view(bytes, frame.streams),
        Detail::Png(_) => png_view(bytes),
        Detail::WebP(_) => webp_view(bytes),
    }
}

fn jpeg_view(bytes: &[u8], streams: bool) -> Result<Vec<u8>, Error> {
    use jpeg::Segment;
    let mut view = b"\xFF\xD8".to_vec();
    let put = |view: &mut Vec<u8>, marker: u8, body: &[u8]| {
        view.extend([0xFF, marker]);
        view.extend(u16::try_from(body.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
        view.extend(body);
    };
    let mut segments = jpeg::Segments::new(bytes)?;
    while let Some(segment) = segments.next()? {
        match segment {
            Segment::Frame { marker, body } => put(&mut view, marker, body),
            Segment::QuantizationTables(body) => put(&mut view, 0xDB, body),
            Segment::HuffmanTables(body) => put(&mut view, 0xC4, body),
            Segment::RestartInterval(mcus) => put(&mut view, 0xDD, &mcus.to_be_bytes()),
            Segment::Application { .. } => {}
            Segment::Scan { body, entropy } => {
                put(&mut view, 0xDA, body);
                let length = usize::try_from(segments.entropy_bytes()).unwrap_or(usize::MAX);
                let data = entropy.get(..length).unwrap_or(entropy);
                // Where the file was cut, half a marker may be left; before the EOI it is a fill byte.
                let cut = data.iter().rev().take_while(|&&byte| byte == 0xFF).count();
                view.extend(data.get(..data.len() - cut).unwrap_or(data));
                // Nothing behind the only scan is looked at.
                if streams {
                    break;
                }
            }
        }
    }
    view.extend([0xFF, 0xD9]);
    Ok(view)
}

fn png_view(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut view = png::SIGNATURE.to_vec();
    for chunk in png::Chunks::of(bytes) {
        let chunk = chunk?;
        if chunk.is_approved() && (&chunk.kind != b"IDAT" || !chunk.data.is_empty()) {
            view.extend(chunk.whole);
        }
        if &chunk.kind == b"IEND" {
            return Ok(view);
        }
    }
    Err(Error::truncated_header(Format::Png))
}

fn webp_view(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    use webp::{Alpha, Coding};
    let approved = webp::read(bytes)?;
    let frame = approved.still.frame;
    let mut body = Vec::new();
    let mut put = |kind: &[u8; 4], parts: &[&[u8]]| {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        body.extend(kind);
        body.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        parts.iter().for_each(|part| body.extend(*part));
        body.resize(body.len().next_multiple_of(2), 0);
    };
    let coded_alpha = match approved.still.alpha {
        Alpha::Raw(filter) => Some(filter.bits() << 2),
        Alpha::Lossless(filter, _) => Some(filter.bits() << 2 | 1),
        Alpha::None | Alpha::Inside => None,
    };
    if let Some(method) = coded_alpha {
        let [w0, w1, w2, _] = (frame.width - 1).to_le_bytes();
        let [h0, h1, h2, _] = (frame.height - 1).to_le_bytes();
        put(b"VP8X", &[&[0x10, 0, 0, 0, w0, w1, w2, h0, h1, h2]]);
        put(b"ALPH", &[&[method], approved.alpha]);
    }
    let kind = match approved.still.coding {
        Coding::Lossy(_) => b"VP8 ",
        Coding::Lossless(_) => b"VP8L",
    };
    put(kind, &[approved.color]);
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    Ok([b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &body].concat())
}

/// The samples of one component of a picture, row after row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plane {
    /// Samples of a row.
    pub width: usize,
    /// All rows.
    pub samples: Vec<u8>,
}

/// The planes of a picture as the decoder makes them, in full size: not turned, not converted, and
/// colours not multiplied by alpha. Of an animation, the frame without its canvas.
///
/// # Errors
/// Those of [`probe`] and of the decoder.
pub fn planes(bytes: &[u8]) -> Result<[Plane; 4], Error> {
    let header = probe(bytes)?;
    let (budget, interrupt) = (Budget::new(u64::MAX), Interrupt::never());
    let mut planes = Planes { all: Default::default(), width: header.size.width as usize };
    match &header.detail {
        Detail::Jpeg(_) => return jpeg_planes(bytes, 1),
        Detail::Png(image) => {
            let all = Rect { x: 0, y: 0, width: image.size.width, height: image.size.height };
            decode::png::decode(bytes, image, all, false, &budget, &interrupt, &mut planes)?;
        }
        Detail::WebP(still) => {
            let exact = LoopFilter::Exact;
            decode::webp::decode(bytes, still, false, exact, &budget, &interrupt, &mut planes)?;
        }
    }
    Ok(planes.all)
}

/// The planes of a JPEG, all of them at 1/`divisor` of their size: 1, 2, 4 or 8.
///
/// # Errors
/// Those of [`probe`] and of the decoder; [`Error::Bug`] for another format or divisor.
pub fn jpeg_planes(bytes: &[u8], divisor: u32) -> Result<[Plane; 4], Error> {
    use jpeg::Scale;
    let frame = jpeg_frame(bytes)?;
    let scale = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth]
        .into_iter()
        .find(|scale| scale.divisor() == divisor)
        .ok_or(Error::Bug("a scale that there is not"))?;
    let selection = decode::jpeg::Selection::whole(&frame, [scale; 4]);
    let budget = Budget::new(decode::jpeg::memory_bytes(&frame, &selection, [0; 4]));
    let mut planes = Planes { all: Default::default(), width: frame.size.width as usize };
    let interrupt = Interrupt::never();
    decode::jpeg::decode(bytes, &frame, &selection, false, &budget, &interrupt, &mut planes)?;
    Ok(planes.all)
}

/// The coefficients of each component of a JPEG that has nothing behind its last scan, as a view.
///
/// # Errors
/// Those of [`probe`] and of the decoder; [`Error::Bug`] for another format.
pub fn jpeg_coefficients(bytes: &[u8]) -> Result<Vec<Blocks>, Error> {
    decode::jpeg::exact::coefficients(bytes, &jpeg_frame(bytes)?)
}

fn jpeg_frame(bytes: &[u8]) -> Result<jpeg::Frame, Error> {
    match probe(bytes)?.detail {
        Detail::Jpeg(frame) => Ok(frame),
        _ => Err(Error::Bug("another format than JPEG")),
    }
}

struct Planes {
    all: [Plane; 4],
    /// Of the picture, for rows that come in parts.
    width: usize,
}

impl RowSink for Planes {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let plane = self.all.get_mut(plane).ok_or(Error::Bug("a fifth plane"))?;
        if plane.samples.len() != samples.len() * y as usize {
            return Err(Error::Bug("a row out of order"));
        }
        plane.width = samples.len();
        plane.samples.extend(samples);
        Ok(())
    }

    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        self.row(plane, y, samples)
    }

    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let width = self.width;
        let plane = self.all.get_mut(plane).ok_or(Error::Bug("a fifth plane"))?;
        plane.width = width;
        let end = (y as usize + 1) * width;
        plane.samples.resize(plane.samples.len().max(end), 0);
        let row = plane.samples.get_mut(end - width..end).unwrap_or_default();
        let places = row.iter_mut().skip(x as usize).step_by(x_step as usize);
        places.zip(samples).for_each(|(place, &sample)| *place = sample);
        Ok(())
    }
}

/// The orientation that an Exif block says, which starts with its TIFF header.
#[must_use]
pub fn exif_orientation(tiff: &[u8]) -> Orientation {
    Orientation::of_exif(tiff)
}

/// The profile that the colour library would be given for this one: the tags of its model, each
/// once. `None` when it is ignored.
#[must_use]
pub fn minimal_profile(profile: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::contiguous(profile);
    let minimal = Minimal::of(&parts).ok()?;
    let budget = Budget::new(minimal.len());
    minimal.write(&budget).ok().map(|written| written.to_vec())
}

/// A room of the walk behind the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the walk is fixed, and nobody is promised anything here"
)]
pub enum Stage {
    /// Rows are shrunk while they are decoded.
    DecodeAndShrink,
    /// Resize, colour, orientation.
    Finish,
    /// The new file.
    Encode,
}

/// Walks a plan to its first output and calls `left` at the end of each room, so that each can be timed.
///
/// # Errors
/// Those of [`Plan::run`].
pub fn run_by_stage(
    plan: &Plan,
    bytes: &[u8],
    mut left: impl FnMut(Stage),
) -> Result<Vec<u8>, Error> {
    let budget = Budget::new(plan.memory_bytes());
    let (mut small, _) = small_planes(bytes, plan, &budget, &Interrupt::never())?;
    left(Stage::DecodeAndShrink);
    let output = plan.outputs().first().ok_or(Error::Bug("a request without a size"))?;
    let pixels = finish::pixels(bytes, plan, output, &mut small, true, &budget)?;
    left(Stage::Finish);
    let (kind, background) = (plan.request().output(), plan.request().background_rgb());
    let (samples, size, layout) = (&pixels.samples, pixels.size, pixels.layout);
    let file = encode::file(kind, samples, size, layout, background, &budget)?;
    left(Stage::Encode);
    Ok(file.to_vec())
}

/// Shrinks rows of one grey as `plan` would shrink the rows of its picture: the room alone, without a
/// decoder. Returns the samples that are left of the first plane.
///
/// # Errors
/// Those of [`Plan::run`]; an interlaced picture has no rows.
pub fn shrink_grey_rows(plan: &Plan) -> Result<usize, Error> {
    let budget = Budget::new(plan.memory_bytes().saturating_mul(2));
    let mut shrink = Shrink::new(plan.planes().iter().map(|plane| plane.shrink), &budget);
    for (index, plane) in plan.planes().iter().enumerate() {
        let window = plane.shrink.window;
        let row = budget.buffer(usize::try_from(window.width).unwrap_or(0), 0x80u8)?;
        for y in window.y..window.y.saturating_add(window.height) {
            shrink.window_row(index, y, &row)?;
        }
    }
    let [first, ..] = shrink.finish()?;
    Ok(first.map_or(0, |plane| plane.len()))
}
