//! P6, P7: at every scale, the samples of a JPEG are those that T.81, A.3.3, defines for its
//! coefficients, and zune-jpeg finds the same samples.
//!
//! Two integer inverse DCTs agree as long as neither overflows, and only as far as both are exact.
//! The samples of a block have a Euclidean norm of at most 8 · 128. The transform preserves it, and
//! the absolute values of 64 numbers with that norm add up to at most 8 times the norm:
//! [`MAX_SUM`]. No picture gives a block with a larger sum. Up to that sum both transforms stay
//! within 31 bits.
//!
//! The error of a transform is at most half a level for the rounding of the sample, [`FIRST_PASS`]
//! for the rounding between its two passes, and the error of its multipliers. Ours have 13 bits and
//! are off by up to 1.43e-4, which gives (2 · 1.387 · 1.43e-4) / 8 of the sum of the block. Those
//! of zune-jpeg are off by up to 4.68e-4, and the error grows in proportion.
//!
//! Where zune-jpeg differs by design is listed here. Data that end early are an error here and grey
//! there; [`ZUNE_ACCEPTS`], [`ZUNE_ACCEPTS_PROGRESSIVE`], [`ZUNE_REFUSES`] and
//! [`zune_cannot_judge`] have the rest.

use bombproof::instrument::{
    Blocks, Plane, inverse_dct, jpeg_coefficients, jpeg_planes, sanitised_view,
};
use bombproof::{Error, Format, probe};

use super::zune_jpeg;

/// P6, P7: an accepted JPEG has the samples of its own coefficients at every scale, and those of
/// zune-jpeg in full size. A refused one is refused by zune-jpeg too.
pub fn jpeg_is_decoded_as_defined(bytes: &[u8]) {
    // Both decode the view: a file without anything that only one of them reads.
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format() != Format::Jpeg || header.size().pixels() > MAX_PIXELS {
        return;
    }
    let ours = jpeg_planes(&view, 1);
    let coefficients = ours.is_ok().then(|| {
        let coefficients = jpeg_coefficients(&view).expect("a file with samples has coefficients");
        has_samples_of(&view, &coefficients);
        coefficients
    });
    // zune-jpeg refuses a file that ends without EOI.
    let mut closed = view.clone();
    if !view.ends_with(&[0xFF, EOI]) {
        closed.extend([0xFF, EOI]);
    }
    let theirs = zune_jpeg::planes(&closed);
    if zune_cannot_judge(&view) {
        return;
    }
    match (&ours, &theirs) {
        (Ok(_), Ok(theirs)) => compare(theirs, &coefficients.unwrap_or_default(), 8, ZUNE),
        (Err(_), Err(_)) | (Err(Error::Truncated(_)), _) => {}
        (Err(Error::Malformed(malformed)), Ok(_))
            if ZUNE_ACCEPTS.contains(&malformed.what())
                || header.progressive() && ZUNE_ACCEPTS_PROGRESSIVE.contains(&malformed.what()) => {
        }
        (Err(error), Ok(_)) => panic!("zune-jpeg accepts it, we say {error}"),
        (Ok(_), Err(error)) => {
            let message = format!("{error:?}");
            let known = ZUNE_REFUSES.iter().any(|known| message.contains(known));
            assert!(known, "we accept it, zune-jpeg says {message}");
        }
    }
}

/// zune-jpeg decodes two kinds of sequential files to other pictures. With restart intervals it
/// mistakes a marker that it has read ahead at the end of a row for one that is due, and loses
/// count where a scan ends. With a scan of some of the components it assumes one block of each of
/// them in an MCU, whatever their sampling. It also takes the first of several components with one
/// identifier, and adds a bit of DC again when a refinement repeats. Of a progressive file it keeps what
/// came before a refinement of DC that names a table without codes, although no code is read there.
fn zune_cannot_judge(view: &[u8]) -> bool {
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
    let shares_ids = bodies(&[SOF0, SOF1, SOF2]).any(|body| {
        let ids: Vec<u8> = body[6..].as_chunks().0.iter().map(|[id, _, _]| *id).collect();
        ids.iter().enumerate().any(|(i, id)| ids[..i].contains(id))
    });
    let is_unorderly =
        || !has_orderly_script(bodies(&[SOS])) || refines_dc_without_table(&segments);
    if shares_ids || !sequential && is_unorderly() {
        return true;
    }
    sequential && (restarts || bodies(&[SOS]).count() > 1 && partly && subsampled)
}

/// True when the progressive scans with these headers send each bit once, in order.
fn has_orderly_script<'a>(scans: impl Iterator<Item = &'a [u8]>) -> bool {
    // For each identifier, the lowest bit of each coefficient that is known.
    let mut known = vec![[None; 64]; 256];
    scans.into_iter().all(|body| {
        let (components, band) = body[1..].split_at(body.len() - 4);
        let (first, last) = (usize::from(band[0]), usize::from(band[1]));
        let (high, low) = (band[2] >> 4, band[2] & 15);
        let before = (high > 0).then_some(high);
        components.as_chunks().0.iter().all(|[id, _]| {
            let bits = known[usize::from(*id)].get_mut(first..=last);
            bits.is_some_and(|bits| bits.iter_mut().all(|bit| bit.replace(low) == before))
        })
    })
}

/// True when a scan that refines DC names a DC table that is not defined before it.
fn refines_dc_without_table(segments: &[(u8, &[u8])]) -> bool {
    let mut is_defined = [false; 16];
    segments.iter().any(|&(marker, body)| match marker {
        DHT => {
            let mut tables = body;
            while let [class_and_id, rest @ ..] = tables {
                if class_and_id >> 4 == 0 {
                    is_defined[usize::from(*class_and_id)] = true;
                }
                let codes = rest[..16].iter().map(|&count| usize::from(count)).sum::<usize>();
                tables = &rest[16 + codes..];
            }
            false
        }
        SOS => {
            let (components, band) = body[1..].split_at(body.len() - 4);
            let refines_dc = band[0] == 0 && band[2] >> 4 > 0;
            let mut tables = components.as_chunks().0.iter().map(|[_, tables]| tables >> 4);
            refines_dc && tables.any(|table| !is_defined[usize::from(table)])
        }
        _ => false,
    })
}

/// The marker segments of a view: markers and bodies.
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

/// P6: a JPEG that was written from these coefficients is decoded to them and to their samples.
pub fn jpeg_has_these_coefficients(file: &[u8], coefficients: &[Blocks]) {
    let decoded = jpeg_coefficients(file).unwrap_or_else(|error| panic!("{error}"));
    assert!(decoded == coefficients, "the coefficients differ from those written");
    has_samples_of(file, coefficients);
}

fn has_samples_of(file: &[u8], coefficients: &[Blocks]) {
    for divisor in [1, 2, 4, 8] {
        let planes = jpeg_planes(file, divisor)
            .unwrap_or_else(|error| panic!("accepted, but not at 1/{divisor}: {error}"));
        compare(&planes, coefficients, 8 / divisor as usize, OURS);
    }
}

/// Compares planes, in which a block has `side` samples a side, with the definition.
fn compare(planes: &[Plane], coefficients: &[Blocks], side: usize, by: (&str, f64)) {
    let (who, multipliers) = by;
    for (component, (plane, Blocks { columns, blocks })) in
        planes.iter().zip(coefficients).enumerate()
    {
        let (width, height) = (plane.width, plane.samples.len() / plane.width);
        for (number, block) in blocks.iter().enumerate() {
            let sum: i64 = block.iter().map(|value| i64::from(value.abs())).sum();
            let column_sum = |x: usize| (0..8).map(|y| i64::from(block[8 * y + x].abs())).sum();
            if sum > MAX_SUM || (0..8).any(|x| MAX_COLUMN_SUM < column_sum(x)) {
                continue;
            }
            let tolerance = 0.5 + FIRST_PASS + multipliers * sum as f64;
            for (place, exact) in inverse_dct(block, side).into_iter().enumerate() {
                let x = number % columns * side + place % side;
                let y = number / columns * side + place / side;
                if x < width && y < height {
                    let sample = plane.samples[y * width + x];
                    assert!(
                        (f64::from(sample) - exact).abs() <= tolerance,
                        "{who}: {sample} for {exact} ± {tolerance} at {x}, {y} of component \
                         {component}, {side} samples a block"
                    );
                }
            }
        }
    }
}

const SOF0: u8 = 0xC0;
const SOF1: u8 = 0xC1;
const SOF2: u8 = 0xC2;
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;
const EOI: u8 = 0xD9;
const DRI: u8 = 0xDD;
/// The largest sum of absolute coefficients that a block of a picture can have.
const MAX_SUM: i64 = 8_192;
/// Between the two passes, 16 bits hold a column whose sum is not larger: no output has a factor over
/// 5.55, two fraction bits included. By the energy of its samples a column of a picture has at most
/// 2,896, and with the errors of the largest quantization steps 3,916.
const MAX_COLUMN_SUM: i64 = 5_900;
/// The first pass rounds to quarters; the second adds up to 7.48 times its error, and divides by 8.
const FIRST_PASS: f64 = 0.12;
/// The name of a transform, and the error of its multipliers as a share of the sum.
const OURS: (&str, f64) = ("here", 1.0 / 20_000.0);
const ZUNE: (&str, f64) = ("zune-jpeg", 1.0 / 6_100.0);
const MAX_PIXELS: u64 = 100_000;

/// zune-jpeg, like libjpeg, accepts misplaced restart markers, runs that are too long and symbols
/// without a meaning.
const ZUNE_ACCEPTS: [&str; 5] = [
    "data after the last block of a scan",
    "a restart marker with the wrong number",
    "a restart marker before its interval is over",
    "a run of coefficients past the end of its band",
    "a Huffman symbol that is invalid in this scan",
];
/// In a progressive file, it keeps what came before invalid data.
const ZUNE_ACCEPTS_PROGRESSIVE: [&str; 2] =
    ["a Huffman code that is not in its table", "a scan without its Huffman table"];
/// Motion JPEG, which leaves out the tables (we use those of T.81, K.3), sampling factors of three,
/// a restart marker after the last MCU, which we ignore, any band and bits of a sequential scan,
/// and a broken table that no scan uses.
const ZUNE_REFUSES: [&str; 8] = [
    "Huffman table at index",
    "sample is not a power of two",
    "after completed scan",
    "Invalid Ss parameter",
    "Invalid Se parameter",
    "Invalid Ah parameter",
    "Invalid Al parameter",
    "Bad Huffman Table",
];
