//! The planes of every JPEG at 1/8: the box average of a full decode, by zune-jpeg where a component has
//! the size of the picture and by ourselves where it has not, since zune-jpeg enlarges those; and the
//! luma of `djpeg -scale 1/8`, where libjpeg-turbo is installed.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use bombproof::ColorKind;
use bombproof::instrument::{Plane, jpeg_planes, planes};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::jpeg_webp_similarity::OTHER_IS_WRONG;
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
            vec![luma(file)]
        }));
    } else {
        rows.push(Row::figure("eighth-luma", "djpeg", true, "not installed, not compared"));
    }
    let count = jpegs().count();
    rows.push(Row::figure(
        "count",
        "eighth",
        count == KNOWN,
        format!("{count} JPEGs, {KNOWN} are known"),
    ));
    rows
}

fn average(file: &File) -> Row {
    let row = |held, words| Row::figure("eighth-average", &file.path, held, words);
    let (eighth, full) = match (jpeg_planes(&file.bytes, 8), planes(&file.bytes)) {
        (Ok(eighth), Ok(full)) => (eighth, full),
        (Err(error), _) | (_, Err(error)) => return row(false, error.to_string()),
    };
    let (mut held, mut words) = (true, Vec::new());
    let theirs = match zune(&file.bytes) {
        Ok(_) if OTHER_IS_WRONG.contains(&file.path.as_str()) => {
            words.push("zune-jpeg is wrong".into());
            Vec::new()
        }
        Ok(theirs) => theirs,
        Err(error) => {
            words.push(format!("zune-jpeg says {error}"));
            Vec::new()
        }
    };
    for (i, (eighth, full)) in eighth.iter().zip(&full).take_while(|(e, _)| e.width > 0).enumerate()
    {
        let theirs = theirs.get(i).filter(|theirs| {
            (theirs.width, theirs.samples.len()) == (full.width, full.samples.len())
        });
        let (blocks, mean, most) = difference(eighth, theirs.unwrap_or(full));
        held &= mean <= MEAN && most <= MOST;
        let by = if theirs.is_some() { "zune-jpeg" } else { "our own" };
        words.push(format!("{blocks} blocks {mean:.2} mean {most:.1} max ({by})"));
    }
    row(held, words.join("; "))
}

/// All components in the size of the picture, not converted.
fn zune(bytes: &[u8]) -> Result<Vec<Plane>, String> {
    let words = |error| format!("{error:?}");
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    decoder.decode_headers().map_err(words)?;
    let color = decoder.input_colorspace().ok_or("no colours")?;
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let samples = decoder.decode().map_err(words)?;
    let width = usize::from(decoder.info().ok_or("no size")?.width);
    let channels = color.num_components();
    let plane = |channel| samples.iter().skip(channel).step_by(channels).copied().collect();
    Ok((0..channels).map(|channel| Plane { width, samples: plane(channel) }).collect())
}

/// The count of the blocks that lie inside of a plane, their mean and their largest error: at an edge
/// the average knows nothing of what fills up the block.
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
    let color = bombproof::probe(&file.bytes).map(|header| header.color);
    matches!(color, Ok(ColorKind::Gray | ColorKind::YCbCr))
}

fn luma(file: &File) -> Row {
    match (jpeg_planes(&file.bytes, 8), djpeg(&file.bytes)) {
        (Ok([ours, ..]), Some(theirs)) => {
            if (ours.width, ours.samples.len()) != (theirs.width, theirs.samples.len()) {
                let words = "not compared: libjpeg-turbo takes more of a luma that is subsampled";
                return Row::figure("eighth-luma", &file.path, true, words);
            }
            let errors = ours.samples.iter().zip(&theirs.samples).map(|(a, b)| a.abs_diff(*b));
            let most = errors.max().unwrap_or(0);
            Row::figure("eighth-luma", &file.path, most <= 1, format!("{most} max"))
        }
        (Err(error), _) => Row::figure("eighth-luma", &file.path, false, error.to_string()),
        (Ok(_), None) => {
            Row::figure("eighth-luma", &file.path, false, "djpeg makes no picture of it")
        }
    }
}

/// The luma of a file at 1/8 by libjpeg-turbo.
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
        // It may end before it has read all.
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

const MEAN: f64 = 2.0;
const MOST: f64 = 12.0;
const KNOWN: usize = 107;
