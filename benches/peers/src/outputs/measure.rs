//! Encodes the small pictures of photographs, has all files decoded by Pillow, and compares them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bombproof::{Layout, Limits, Picture, Request, Size};
use similarity::picture::{Rgb, Rgba};
use similarity::ssim;
use ssimulacra2::{ColorPrimaries, TransferCharacteristic, compute_frame_ssimulacra2};

use crate::input_files::InputFile;
use crate::outputs::encoders::{ENCODERS, QUALITIES};
use crate::outputs::points::{Point, Points};
use crate::peer;
use crate::record::SIMILARITY_SIDES;

/// All encoders on all photographs, and the versions that the workers report.
pub(crate) fn measure(photos: &[InputFile]) -> Result<(Points, Vec<String>), String> {
    let folder = std::env::temp_dir().join(format!("bombproof-outputs-{}", std::process::id()));
    let mut points = Points::default();
    let mut versions = Vec::new();
    for photo in photos {
        fs::create_dir_all(&folder).map_err(|error| in_words(&folder, error))?;
        let measured = of_photo(photo, &folder, &mut versions);
        let _ = fs::remove_dir_all(&folder);
        points.all.extend(measured?);
        println!("outputs: {}", photo.name);
    }
    Ok((points, versions))
}

fn of_photo(
    photo: &InputFile,
    folder: &Path,
    versions: &mut Vec<String>,
) -> Result<Vec<Point>, String> {
    let upload = fs::read(&photo.path).map_err(|error| in_words(&photo.path, error))?;
    // Nothing is enlarged.
    let sides = SIMILARITY_SIDES.into_iter().filter(|&side| side <= photo.width.min(photo.height));
    let smalls = sides.map(|side| Ok((side, small(&upload, side)?)));
    let smalls: Vec<(u32, Rgb)> = smalls.collect::<Result<_, String>>()?;
    for (side, small) in &smalls {
        let png = picture(small)?.to_png().map_err(message)?;
        write(&folder.join(format!("{side}.png")), &png)?;
        for encoder in ENCODERS {
            let Some(request) = encoder.request else { continue };
            for quality in QUALITIES {
                let request = request(Request::full_size(), quality);
                let file = bombproof::thumbnail(&png, &request, &Limits::default());
                let path = path(folder, *side, encoder.name, quality);
                write(&path, file.map_err(message)?.bytes())?;
            }
        }
    }
    let qualities = QUALITIES.map(|quality| quality.to_string()).join(",");
    let worker = |name: &str| peer::folder().join("workers").join(name);
    let python = || Command::new(peer::folder().join("venv/bin/python"));
    let workers = [
        Command::new("node").arg(worker("sharp_ladder.mjs")).arg(folder).arg(&qualities).output(),
        python().arg(worker("pillow_ladder.py")).arg(folder).arg(&qualities).output(),
        python().arg(worker("pillow_decode.py")).arg(folder).output(),
    ];
    for output in workers {
        let output = output.map_err(|error| format!("{error}; {INSTALL}"))?;
        if !output.status.success() {
            return Err(format!("{}; {INSTALL}", String::from_utf8_lossy(&output.stderr)));
        }
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    let mut points = Vec::new();
    for (side, small) in &smalls {
        for encoder in ENCODERS {
            for quality in QUALITIES {
                let path = path(folder, *side, encoder.name, quality);
                let bytes = fs::metadata(&path).map_err(|error| in_words(&path, error))?.len();
                let decoded = path.with_extension("rgb");
                let samples = fs::read(&decoded).map_err(|error| in_words(&decoded, error))?;
                let decoded = Rgb { width: small.width, height: small.height, samples };
                points.push(Point {
                    file: photo.name.clone(),
                    side: *side,
                    encoder: encoder.name.to_owned(),
                    quality,
                    bytes,
                    ssim: ssim::luma(small, &decoded)?,
                    ssimulacra2: ssimulacra2(small, &decoded)?,
                });
            }
        }
    }
    Ok(points)
}

/// The pixels that all encoders get: opaque, upright, in sRGB.
fn small(upload: &[u8], side: u32) -> Result<Rgb, String> {
    let request = Request::cover(side, side).pixels();
    let made = bombproof::thumbnail(upload, &request, &Limits::default()).map_err(message)?;
    Ok(Rgba::of(made.picture().ok_or("no pixels")?).on_white())
}

fn picture(small: &Rgb) -> Result<Picture, String> {
    let size = Size::new(small.width as u32, small.height as u32);
    Picture::new(size, Layout::Rgb, small.samples.clone()).map_err(message)
}

fn ssimulacra2(a: &Rgb, b: &Rgb) -> Result<f64, String> {
    let frame = |picture: &Rgb| {
        let pixels = picture.samples.chunks_exact(3);
        let pixels = pixels.map(|p| [p[0], p[1], p[2]].map(|sample| f32::from(sample) / 255.0));
        let (srgb, primaries) = (TransferCharacteristic::SRGB, ColorPrimaries::BT709);
        ssimulacra2::Rgb::new(pixels.collect(), picture.width, picture.height, srgb, primaries)
    };
    let [a, b] = [frame(a).map_err(message)?, frame(b).map_err(message)?];
    compute_frame_ssimulacra2(a, b).map_err(message)
}

/// Where a file of an encoder lies. It has no extension: the decoder looks at its content.
fn path(folder: &Path, side: u32, encoder: &str, quality: u8) -> PathBuf {
    folder.join(format!("{side} {encoder} {quality}"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| in_words(path, error))
}

fn in_words(path: &Path, error: std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn message(error: impl std::fmt::Display) -> String {
    error.to_string()
}

const INSTALL: &str = "`scripts/peers install` installs the encoders";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_better_quality_of_ours_is_longer_and_more_similar() {
        let upload = peer::folder().join("../../corpus/valid/photo.jpg");
        let small = small(&fs::read(upload).unwrap(), 64).unwrap();
        let png = picture(&small).unwrap().to_png().unwrap();
        for encoder in ENCODERS {
            let Some(request) = encoder.request else { continue };
            let at = |quality| {
                let request = request(Request::full_size(), quality);
                let file = bombproof::thumbnail(&png, &request, &Limits::default()).unwrap();
                let decoded = bombproof::decode(file.bytes(), &Limits::default()).unwrap();
                let decoded = Rgba::of(&decoded).on_white();
                let ssim = ssim::luma(&small, &decoded).unwrap();
                (file.bytes().len(), ssim, ssimulacra2(&small, &decoded).unwrap())
            };
            let (low, high) = (at(QUALITIES[0]), at(QUALITIES[QUALITIES.len() - 1]));
            assert!(low.0 < high.0 && low.1 < high.1 && low.2 < high.2, "{}", encoder.name);
        }
        assert!((ssimulacra2(&small, &small).unwrap() - 100.0).abs() < 1e-3);
    }
}
