//! Lossy WebP beside `cwebp -m 4` (libwebp): bytes at equal SSIM, and time.
//!
//! `scripts/compare-webp DIR` runs it on a folder of photographs. Both encode the same small picture, at
//! several qualities. The bytes that ours would take at the SSIM of a file of cwebp are interpolated
//! between its own qualities.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use bombproof::{Limits, Picture, Request};
use similarity::folder::files_in;
use similarity::picture::Rgba;
use similarity::ssim::compare;

fn main() -> ExitCode {
    let folder = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let Some(folder) = folder else {
        eprintln!("which folder of photographs? Run scripts/compare-webp DIR");
        return ExitCode::FAILURE;
    };
    match run(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<(), String> {
    println!("| photograph | side | bytes at equal SSIM | ... of red, green and blue | time |");
    println!("|---|---|---|---|---|");
    let mut means = Vec::new();
    for path in files_in(folder)? {
        let upload = fs::read(&path).map_err(|error| error.to_string())?;
        for side in SIDES {
            let request = Request::cover(side, side).pixels();
            let made = bombproof::thumbnail(&upload, &request, &Limits::default());
            let made = made.map_err(|error| format!("{}: {error}", path.display()))?;
            let picture = made.into_picture().ok_or("no pixels")?;
            let (ours, our_time) = series(&picture, |quality| encode(&picture, quality))?;
            let png = std::env::temp_dir().join(format!("compare-webp-{}.png", std::process::id()));
            fs::write(&png, picture.to_png().map_err(|error| error.to_string())?)
                .map_err(|error| error.to_string())?;
            let (theirs, their_time) = series(&picture, |quality| cwebp(&png, quality))?;
            fs::remove_file(&png).map_err(|error| error.to_string())?;
            let luma = ratio(&ours, &theirs, |point| point.luma);
            let channels = ratio(&ours, &theirs, |point| point.channels);
            let (Some(luma), Some(channels)) = (luma, channels) else { continue };
            let time = our_time / their_time;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            println!("| {name} | {side} | {luma:.3} | {channels:.3} | {time:.2} |");
            means.push((luma, channels, time));
        }
    }
    let mean = |of: fn(&(f64, f64, f64)) -> f64| {
        (means.iter().map(|row| of(row).ln()).sum::<f64>() / means.len() as f64).exp()
    };
    let (luma, channels, time) = (mean(|row| row.0), mean(|row| row.1), mean(|row| row.2));
    println!("| geometric mean | | {luma:.3} | {channels:.3} | {time:.2} |");
    Ok(())
}

/// A file of one quality.
struct Point {
    bytes: f64,
    luma: f64,
    channels: f64,
}

/// The files of all qualities, and the seconds that they took.
fn series(
    picture: &Picture,
    encode: impl Fn(u8) -> Result<(Vec<u8>, f64), String>,
) -> Result<(Vec<Point>, f64), String> {
    let source = Rgba::of(picture).on_white();
    let mut seconds = 0.0;
    let mut points = Vec::new();
    for quality in QUALITIES {
        let (file, time) = encode(quality)?;
        seconds += time;
        let decoded = bombproof::decode(&file, &Limits::default());
        let decoded = decoded.map_err(|error| error.to_string())?;
        let similarity = compare(&source, &Rgba::of(&decoded).on_white())?;
        let (luma, channels) = (similarity.luma, similarity.channels);
        points.push(Point { bytes: file.len() as f64, luma, channels });
    }
    Ok((points, seconds))
}

fn encode(picture: &Picture, quality: u8) -> Result<(Vec<u8>, f64), String> {
    let start = Instant::now();
    let file = picture.to_lossy_webp(quality).map_err(|error| error.to_string())?;
    Ok((file, start.elapsed().as_secs_f64()))
}

/// Encodes with cwebp, which prints the time of the encoder alone.
fn cwebp(png: &Path, quality: u8) -> Result<(Vec<u8>, f64), String> {
    let output = Command::new("cwebp")
        .args(["-v", "-m", "4", "-q", &quality.to_string()])
        .arg(png)
        .args(["-o", "-"])
        .output()
        .map_err(|error| format!("cwebp: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let time = report
        .lines()
        .find_map(|line| line.strip_prefix("Time to encode picture: ")?.strip_suffix('s'))
        .and_then(|time| time.parse().ok())
        .ok_or_else(|| format!("cwebp printed no time: {report}"))?;
    Ok((output.stdout, time))
}

/// The bytes of ours by those of theirs at equal similarity: the geometric mean over the qualities of
/// theirs that lie between two of ours.
fn ratio(ours: &[Point], theirs: &[Point], similarity: fn(&Point) -> f64) -> Option<f64> {
    // Bytes and dissimilarity are nearly a straight line in logarithms.
    let height = |point: &Point| -(1.0 - similarity(point)).ln();
    let mut logs = Vec::new();
    for their in theirs {
        let wanted = height(their);
        let pair =
            ours.windows(2).find(|pair| height(&pair[0]) <= wanted && wanted <= height(&pair[1]));
        if let Some([low, high]) = pair {
            let share = (wanted - height(low)) / (height(high) - height(low));
            let log = low.bytes.ln() + share * (high.bytes.ln() - low.bytes.ln());
            logs.push(log - their.bytes.ln());
        }
    }
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

const SIDES: [u32; 3] = [128, 256, 512];
const QUALITIES: [u8; 8] = [30, 45, 55, 65, 75, 82, 88, 93];
