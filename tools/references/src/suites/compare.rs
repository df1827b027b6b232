//! One file, here and in the reference of its format.

use std::panic::{self, AssertUnwindSafe};

use bombproof::instrument::{Plane, jpeg_coefficients, planes, sanitised_view};
use bombproof::{Error, Limits, Request, probe, thumbnail};

use crate::decoders::{self, Decoded, libwebp};

pub(crate) enum Outcome {
    /// Both decode the same samples.
    SamePicture,
    BothRefuse,
    /// The kind of the difference, and what each says.
    Differs(&'static str, String),
}

pub(crate) const REFUSED_HERE: &str = "refused here";
/// Also what the reference only decodes with a warning.
pub(crate) const WARNED_THERE: &str = "refused here, a warning there";
pub(crate) const REFUSED_THERE: &str = "refused there";
pub(crate) const OTHER_PIXELS: &str = "other pixels";
pub(crate) const PANIC: &str = "panic";
/// Between what is said here and what is said there.
pub(crate) const THERE: &str = "; there: ";

/// The format and the outcome. `None` for other formats.
pub(crate) fn compare(bytes: &[u8]) -> Option<(&'static str, Outcome)> {
    let (format, check): (_, fn(&[u8]) -> Outcome) = if bytes.starts_with(b"\xFF\xD8\xFF") {
        ("JPEG", jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        ("PNG", png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        ("WebP", webp)
    } else {
        return None;
    };
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| check(bytes)));
    Some((format, outcome.unwrap_or(Outcome::Differs(PANIC, String::new()))))
}

fn jpeg(bytes: &[u8]) -> Outcome {
    judge(ours(bytes), decoders::decode("jpeg", bytes), |ours, theirs| {
        samples_difference(ours, theirs)
            .or_else(|| coefficient_difference(bytes))
            .or_else(|| color_difference(bytes))
    })
}

fn png(bytes: &[u8]) -> Outcome {
    judge(ours(bytes), decoders::decode("png", bytes), |ours, theirs| {
        let (_, _, samples) = theirs.planes().next()?;
        let (pixels, _) = samples.as_chunks::<4>();
        if pixels.len() != ours[0].samples.len() {
            return Some("another size".into());
        }
        let at = (0..pixels.len()).find(|&at| rgba(ours, at) != pixels[at])?;
        Some(format!("pixel {at}: {:?} here, {:?} there", rgba(ours, at), pixels[at]))
    })
}

/// Of an animation, the first frame.
fn webp(bytes: &[u8]) -> Outcome {
    let view = sanitised_view(bytes).unwrap_or_else(|_| bytes.to_vec());
    match (ours(bytes), libwebp::planes(&view)) {
        (Ok(ours), Ok(theirs)) => match libwebp::difference(&ours, &theirs) {
            None => Outcome::SamePicture,
            Some(difference) => Outcome::Differs(OTHER_PIXELS, difference),
        },
        (Err(_), Err(_)) => Outcome::BothRefuse,
        (Err(error), Ok(_)) => Outcome::Differs(REFUSED_HERE, error),
        (Ok(_), Err(status)) => Outcome::Differs(REFUSED_THERE, format!("{status:?}")),
    }
}

fn judge(
    ours: Result<[Plane; 4], String>,
    theirs: Result<Decoded, String>,
    difference: impl Fn(&[Plane; 4], &Decoded) -> Option<String>,
) -> Outcome {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => match difference(&ours, &theirs) {
            None => Outcome::SamePicture,
            Some(difference) => {
                let warnings = theirs.warnings;
                Outcome::Differs(OTHER_PIXELS, format!("{difference}{THERE}{warnings}"))
            }
        },
        (Err(_), Err(_)) => Outcome::BothRefuse,
        (Err(error), Ok(theirs)) if theirs.warnings.is_empty() => {
            Outcome::Differs(REFUSED_HERE, error)
        }
        (Err(error), Ok(theirs)) => {
            Outcome::Differs(WARNED_THERE, format!("{error}{THERE}{}", theirs.warnings))
        }
        (Ok(_), Err(error)) => Outcome::Differs(REFUSED_THERE, error),
    }
}

/// The planes, if a small picture can be made of the file as well.
fn ours(bytes: &[u8]) -> Result<[Plane; 4], String> {
    let mut limits = Limits::default();
    limits.max_memory_bytes = 2 << 30;
    limits.max_work *= 10;
    let small = thumbnail(bytes, &Request::cover(64, 64).pixels(), &limits);
    small.and_then(|_| planes(bytes)).map_err(|error| in_words(&error))
}

fn in_words(error: &Error) -> String {
    let cause = std::error::Error::source(error).and_then(std::error::Error::source);
    match cause {
        Some(cause) => format!("{}: {error} ({cause})", error.kind()),
        None => format!("{}: {error}", error.kind()),
    }
}

/// How the components differ by more than the rounding of two inverse DCTs.
fn samples_difference(ours: &[Plane; 4], theirs: &Decoded) -> Option<String> {
    theirs.planes().zip(ours).enumerate().find_map(|(number, ((width, height, theirs), ours))| {
        if (ours.width, ours.samples.len()) != (width, width * height) {
            return Some(format!("component {number} is {width}x{height} there"));
        }
        let most = ours.samples.iter().zip(theirs).map(|(a, b)| a.abs_diff(*b)).max()?;
        (most > MAX_SAMPLE_ERROR).then(|| format!("component {number} differs by up to {most}"))
    })
}

fn coefficient_difference(bytes: &[u8]) -> Option<String> {
    let theirs = match decoders::decode("coefficients", bytes) {
        Ok(theirs) => theirs,
        Err(message) => return Some(format!("no coefficients there: {message}")),
    };
    let ours = sanitised_view(bytes).and_then(|view| jpeg_coefficients(&view));
    match ours {
        Ok(ours) => theirs.coefficient_difference(&ours),
        Err(error) => Some(format!("no coefficients here: {}", in_words(&error))),
    }
}

/// Whether the colours are of another model. Chroma is upsampled with another filter there, so the
/// mean of many pixels decides. Files with four components, a profile or an orientation are left out.
fn color_difference(bytes: &[u8]) -> Option<String> {
    let Ok(header) = probe(bytes) else { return None };
    let Ok(theirs) = decoders::decode("rgb", bytes) else { return None };
    let mut limits = Limits::default();
    limits.max_memory_bytes = 2 << 30;
    limits.max_work *= 10;
    let ours = thumbnail(bytes, &Request::full_size().pixels(), &limits);
    let Ok(ours) = ours else { return None };
    let picture = ours.picture()?;
    let (width, height, samples) = theirs.planes().next()?;
    let is_upright = header.orientation() == bombproof::Orientation::Upright;
    if header.icc().is_some() || !is_upright || header.size().pixels() < MIN_COLOR_PIXELS {
        return None;
    }
    let channels = picture.layout().bytes_per_pixel();
    if (3 * picture.size().width as usize, picture.size().height as usize) != (width, height) {
        return Some(format!("{width}x{height} samples of RGB there"));
    }
    let pixels = picture.pixels().chunks_exact(channels).zip(samples.chunks_exact(3));
    let errors = pixels.flat_map(|(ours, theirs)| {
        (0..3).map(|channel| u64::from(ours[channel % channels].abs_diff(theirs[channel])))
    });
    let mean = errors.sum::<u64>() as f64 / samples.len() as f64;
    (mean > MAX_MEAN_COLOR_ERROR).then(|| format!("colours differ by {mean:.1} on average"))
}

/// A pixel of a PNG. A grey one has one plane for its colour.
pub(crate) fn rgba(planes: &[Plane; 4], at: usize) -> [u8; 4] {
    let sample = |plane: &Plane| plane.samples.get(at).copied();
    let [first, second, third, fourth] = planes.each_ref().map(sample);
    let first = first.unwrap_or_default();
    match (second, third, fourth) {
        (Some(green), Some(blue), alpha) => [first, green, blue, alpha.unwrap_or(255)],
        (alpha, ..) => [first, first, first, alpha.unwrap_or(255)],
    }
}

const MAX_SAMPLE_ERROR: u8 = 1;
const MAX_MEAN_COLOR_ERROR: f64 = 3.0;
const MIN_COLOR_PIXELS: u64 = 256;
