//! P6, P7: the samples of a JPEG are those that its coefficients have by definition (T.81, A.3.3), at
//! every scale, and zune-jpeg finds the same.
//!
//! Two inverse DCTs in integers agree as long as neither overflows, and only so far as they are exact.
//! The samples of a block have at most 8 · 128 for a Euclidean norm, the transform keeps it, and the
//! absolute values of 64 numbers of that norm add up to 8 times it: [`MOST`]. Blocks beyond that are
//! made of no picture. Up to there the sums of both transforms keep within 31 bits.
//!
//! What a transform may be off is half a level for the sample, [`FIRST_PASS`] for the rounding between
//! its two passes, and its multipliers: those of 13 bits, up to 1.43e-4 off, make (2 · 1.387 · 1.43e-4)
//! / 8 of the sum of the block, those of zune-jpeg, up to 4.68e-4 off, as much more.
//!
//! Where zune-jpeg differs by design is named: data that end early are an error here and grey there;
//! [`ZUNE_TAKES`], [`ZUNE_TAKES_PROGRESSIVE`], [`ZUNE_REFUSES`] and [`zune_is_no_judge`] have the rest.

use bombproof::instrument::{
    Blocks, Plane, inverse_dct, jpeg_coefficients, jpeg_planes, sanitised_view,
};
use bombproof::{Error, Format, probe};

use super::zune_jpeg;

/// P6, P7: a JPEG that is accepted has the samples of its own coefficients at every scale, and those
/// of zune-jpeg at full size; one that is refused is refused by zune-jpeg too.
pub fn jpeg_is_decoded_as_defined(bytes: &[u8]) {
    // Both see the same file, without what only one of them looks at.
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format != Format::Jpeg || header.size.pixels() > MOST_PIXELS {
        return;
    }
    let ours = jpeg_planes(&view, 1);
    let coefficients = ours.is_ok().then(|| {
        let coefficients = jpeg_coefficients(&view).expect("what was decoded has coefficients");
        has_samples_of(&view, &coefficients);
        coefficients
    });
    let theirs = zune_jpeg::planes(&view);
    if zune_is_no_judge(&view) {
        return;
    }
    match (&ours, &theirs) {
        (Ok(_), Ok(theirs)) => compare(theirs, &coefficients.unwrap_or_default(), 8, ZUNE),
        (Err(_), Err(_)) | (Err(Error::Truncated(_)), _) => {}
        (Err(Error::Malformed(malformed)), Ok(_))
            if ZUNE_TAKES.contains(&malformed.what())
                || header.progressive && ZUNE_TAKES_PROGRESSIVE.contains(&malformed.what()) => {}
        (Err(error), Ok(_)) => panic!("zune-jpeg makes a picture of it, we say {error}"),
        (Ok(_), Err(error)) => {
            let words = format!("{error:?}");
            let known = ZUNE_REFUSES.iter().any(|known| words.contains(known));
            assert!(known, "we make a picture of it, zune-jpeg says {words}");
        }
    }
}

/// Two kinds of sequential file zune-jpeg makes other pictures of: with restart intervals, since it
/// takes a marker that it has read ahead at the end of a row for one that is due, and loses count where
/// a scan ends; and with some of the components in one scan, since it takes one block of each of them
/// for an MCU, whatever their sampling.
fn zune_is_no_judge(view: &[u8]) -> bool {
    let segments = segments(view);
    let bodies = |wanted: &'static [u8]| {
        let found = segments.iter().filter(|(marker, _)| wanted.contains(marker));
        found.map(|(_, body)| *body)
    };
    let restarts = bodies(&[DRI]).any(|body| body != [0, 0]);
    let partly = bodies(&[SOS]).any(|body| body[0] > 1);
    let subsampled = bodies(&[SOF0, SOF1])
        .any(|body| body[6..].as_chunks().0.iter().any(|[_, factors, _]| *factors != 0x11));
    let sequential = bodies(&[SOF0, SOF1]).count() > 0;
    sequential && (restarts || bodies(&[SOS]).count() > 1 && partly && subsampled)
}

/// Markers and bodies of a view.
fn segments(view: &[u8]) -> Vec<(u8, &[u8])> {
    let mut segments = Vec::new();
    let mut rest = &view[2..];
    let is_marker = |two: &[u8]| two[0] == 0xFF && !matches!(two[1], 0 | 0xD0..=0xD7 | 0xFF);
    while let Some(at) = rest.windows(2).position(is_marker) {
        let (marker, after) = (rest[at + 1], &rest[at + 2..]);
        let Some((length, _)) = after.split_first_chunk::<2>() else { break };
        let length = usize::from(u16::from_be_bytes(*length));
        segments.push((marker, &after[2..length]));
        rest = &after[length..];
    }
    segments
}

/// P6: a JPEG that was made of these coefficients is decoded to them and to their samples.
pub fn jpeg_has_these_coefficients(file: &[u8], coefficients: &[Blocks]) {
    let decoded = jpeg_coefficients(file).unwrap_or_else(|error| panic!("{error}"));
    assert!(decoded == coefficients, "other coefficients than were written");
    has_samples_of(file, coefficients);
}

fn has_samples_of(file: &[u8], coefficients: &[Blocks]) {
    for divisor in [1, 2, 4, 8] {
        let planes = jpeg_planes(file, divisor)
            .unwrap_or_else(|error| panic!("accepted, but not at 1/{divisor}: {error}"));
        compare(&planes, coefficients, 8 / divisor as usize, OURS);
    }
}

/// Holds planes, in which a block has `side` samples a side, to the definition.
fn compare(planes: &[Plane], coefficients: &[Blocks], side: usize, by: (&str, f64)) {
    let (who, multipliers) = by;
    for (component, (plane, Blocks { columns, blocks })) in
        planes.iter().zip(coefficients).enumerate()
    {
        let (width, height) = (plane.width, plane.samples.len() / plane.width);
        for (number, block) in blocks.iter().enumerate() {
            let sum: i64 = block.iter().map(|value| i64::from(value.abs())).sum();
            if sum > MOST {
                continue;
            }
            let most = 0.5 + FIRST_PASS + multipliers * sum as f64;
            for (place, exact) in inverse_dct(block, side).into_iter().enumerate() {
                let x = number % columns * side + place % side;
                let y = number / columns * side + place / side;
                if x < width && y < height {
                    let sample = plane.samples[y * width + x];
                    assert!(
                        (f64::from(sample) - exact).abs() <= most,
                        "{who}: {sample} for {exact} ± {most} at {x}, {y} of component \
                         {component}, {side} samples a block"
                    );
                }
            }
        }
    }
}

const SOF0: u8 = 0xC0;
const SOF1: u8 = 0xC1;
const SOS: u8 = 0xDA;
const DRI: u8 = 0xDD;
/// The largest sum of the absolute coefficients of a block that a picture can have.
const MOST: i64 = 8_192;
/// The first pass rounds to quarters; the second adds up to 7.48 times its error, and divides by 8.
const FIRST_PASS: f64 = 0.12;
/// Who transforms, and what the multipliers add to the error, as a share of the sum.
const OURS: (&str, f64) = ("here", 1.0 / 20_000.0);
const ZUNE: (&str, f64) = ("zune-jpeg", 1.0 / 6_100.0);
const MOST_PIXELS: u64 = 100_000;

/// Restart markers that are not where they ought to be, runs that are too long and symbols that mean
/// nothing zune-jpeg takes, as libjpeg does.
const ZUNE_TAKES: [&str; 5] = [
    "no restart marker where an interval is over",
    "a restart marker out of turn",
    "a restart marker before its interval is over",
    "a run of coefficients past the end of its band",
    "a Huffman symbol without a meaning here",
];
/// Of a progressive file it keeps what came before data that make no sense.
const ZUNE_TAKES_PROGRESSIVE: [&str; 2] =
    ["a Huffman code that is not in its table", "a scan without its Huffman table"];
/// Motion JPEG, which leaves the tables out (ours are those of T.81, K.3), factors of three, and a restart
/// marker behind the last MCU, which here is left over.
const ZUNE_REFUSES: [&str; 3] =
    ["Huffman table at index", "sample is not a power of two", "after completed scan"];
