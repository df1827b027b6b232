//! The planes of every JPEG at 1/8 scale, against two references: the box average of a
//! full decode, and the luma of `djpeg -scale 1/8` if libjpeg-turbo is installed.
//!
//! zune-jpeg makes the full decode of components that have the size of the
//! picture. It upsamples the others, so those come from bombproof itself.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use bombproof::ColorKind;
use bombproof::instrument::{Plane, jpeg_planes, planes};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::jpeg_webp_similarity::WRONG_IN_OTHER_DECODERS;
use crate::image_folder::File;
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let jpegs =
        || files.iter().filter(|file| file.is_picture() && file.bytes.starts_with(b"\xFF\xD8"));
    let mut rows = parallel::on_each(jpegs(), |file| vec![average(file)]);
    let djpeg = Command::new("djpeg").arg("-version").output().is_ok();
    if djpeg {
        rows.extend(parallel::on_each(jpegs().filter(|file| has_luma(file)), |file| {
            vec![djpeg_luma(file)]
        }));
    } else {
        rows.push(Row::figure("eighth-luma", "djpeg", true, "not installed, not compared"));
    }
    rows.push(Row::count("eighth", jpegs().count(), JPEGS));
    rows
}

fn average(file: &File) -> Row {
    let row = |held, text| Row::figure("eighth-average", &file.path, held, text);
    let (eighth, full) = match (jpeg_planes(&file.bytes, 8), planes(&file.bytes)) {
        (Ok(eighth), Ok(full)) => (eighth, full),
        (Err(error), _) | (_, Err(error)) => return row(false, error.to_string()),
    };
    let (mut held, mut parts) = (true, Vec::new());
    let theirs = match zune(&file.bytes) {
        Ok(_) if WRONG_IN_OTHER_DECODERS.contains(&file.path.as_str()) => {
            parts.push("zune-jpeg is wrong".into());
            Vec::new()
        }
        Ok(theirs) => theirs,
        Err(error) => {
            parts.push(format!("zune-jpeg refuses it: {error}"));
            Vec::new()
        }
    };
    for (i, (eighth, full)) in eighth.iter().zip(&full).take_while(|(e, _)| e.width > 0).enumerate()
    {
        let theirs = theirs.get(i).filter(|theirs| {
            (theirs.width, theirs.samples.len()) == (full.width, full.samples.len())
        });
        let (blocks, mean, most) = difference(eighth, theirs.unwrap_or(full));
        held &= mean <= MAX_MEAN_ERROR && most <= MAX_ERROR;
        let by = if theirs.is_some() { "zune-jpeg" } else { "bombproof" };
        parts.push(format!("{blocks} blocks {mean:.2} mean {most:.1} max ({by})"));
    }
    row(held, parts.join("; "))
}

/// The components by zune-jpeg, upsampled to the size of the picture, without colour conversion.
fn zune(bytes: &[u8]) -> Result<Vec<Plane>, String> {
    let message = |error| format!("{error:?}");
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    decoder.decode_headers().map_err(message)?;
    let color = decoder.input_colorspace().ok_or("no colours")?;
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let samples = decoder.decode().map_err(message)?;
    let width = usize::from(decoder.info().ok_or("no size")?.width);
    let channels = color.num_components();
    let plane = |channel| samples.iter().skip(channel).step_by(channels).copied().collect();
    Ok((0..channels).map(|channel| Plane { width, samples: plane(channel) }).collect())
}

/// The number of blocks inside a plane, and their mean and largest error. Blocks at the
/// edges are left out: a plane does not have the padding that belongs to their average.
fn difference(eighth: &Plane, full: &Plane) -> (usize, f64, f64) {
    let mut errors = Vec::new();
    for (y, rows) in full.samples.chunks_exact(8 * full.width).enumerate() {
        for x in 0..full.width / 8 {
            let block = rows.chunks_exact(full.width).flat_map(|row| &row[8 * x..8 * x + 8]);
            let sum: u32 = block.map(|&sample| u32::from(sample)).sum();
            let ours = eighth.samples[y * eighth.width + x];
            errors.push((f64::from(ours) - f64::from(sum) / 64.0).abs());
        }
    }
    let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    (errors.len(), mean, errors.iter().copied().fold(0.0, f64::max))
}

fn has_luma(file: &File) -> bool {
    let color = bombproof::probe(&file.bytes).map(|header| header.color());
    matches!(color, Ok(ColorKind::Gray | ColorKind::YCbCr))
}

fn djpeg_luma(file: &File) -> Row {
    match (jpeg_planes(&file.bytes, 8), djpeg(&file.bytes)) {
        (Ok([ours, ..]), Some(theirs)) => {
            if (ours.width, ours.samples.len()) != (theirs.width, theirs.samples.len()) {
                let text = "not compared: libjpeg-turbo scales subsampled luma less";
                return Row::figure("eighth-luma", &file.path, true, text);
            }
            let errors = ours.samples.iter().zip(&theirs.samples).map(|(a, b)| a.abs_diff(*b));
            let most = errors.max().unwrap_or(0);
            Row::figure("eighth-luma", &file.path, most <= 1, format!("{most} max"))
        }
        (Err(error), _) => Row::figure("eighth-luma", &file.path, false, error.to_string()),
        (Ok(_), None) => Row::figure("eighth-luma", &file.path, false, "djpeg refuses it"),
    }
}

/// The luma of a file at 1/8 scale, by libjpeg-turbo.
fn djpeg(bytes: &[u8]) -> Option<Plane> {
    let mut program = Command::new("djpeg")
        .args(["-scale", "1/8", "-grayscale", "-pnm"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (mut stdin, mut stdout) = (program.stdin.take()?, program.stdout.take()?);
    let mut written = Vec::new();
    thread::scope(|scope| {
        // djpeg may exit before it has read everything.
        scope.spawn(move || drop(stdin.write_all(bytes)));
        stdout.read_to_end(&mut written)
    })
    .ok()?;
    program.wait().ok()?;
    let mut header = written.splitn(4, |byte| byte.is_ascii_whitespace());
    let (_, width, _) = (header.next()?, header.next()?, header.next()?);
    let samples = header.next()?.strip_prefix(b"255\n")?.to_vec();
    Some(Plane { width: std::str::from_utf8(width).ok()?.parse().ok()?, samples })
}

const MAX_MEAN_ERROR: f64 = 2.0;
const MAX_ERROR: f64 = 12.0;

/// The known number of JPEGs.
const JPEGS: usize = 107;
