//! The peers in Rust: `rust_worker bombproof [wide]`, `rust_worker image`, and the crates that decode
//! one format: `rust_worker zune-jpeg`, `png` and `image-webp`.
//!
//! `../src/worker.rs` describes the line protocol. The allocator counts,
//! which costs these peers a little time and the others nothing.

use std::fs;
use std::io::{self, BufRead, Cursor, Write};
use std::time::Instant;

use bombproof::{Limits, Request};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use zune_jpeg::zune_core::bytestream::ZCursor;

#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

type Job = fn(&[u8], Kind, u32) -> Result<Vec<u8>, String>;

/// What is wanted.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A square, as a JPEG.
    Jpeg,
    /// A square, as a PNG.
    Png,
    /// The whole picture within a square, as a JPEG.
    Contain,
    /// All pixels.
    Pixels,
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (version, job): (String, Job) = match names[..] {
        ["bombproof"] => (locked("bombproof"), |bytes, kind, side| {
            bombproof(bytes, kind, side, &Limits::default())
        }),
        ["bombproof", "wide"] => {
            (locked("bombproof"), |bytes, kind, side| bombproof(bytes, kind, side, &wide()))
        }
        ["image"] => (locked("image"), image),
        ["zune-jpeg"] => (locked("zune-jpeg"), |bytes, _, _| zune_jpeg(bytes)),
        ["png"] => (locked("png"), |bytes, _, _| png(bytes)),
        ["image-webp"] => (locked("image-webp"), |bytes, _, _| image_webp(bytes)),
        _ => return Err(io::Error::other(USAGE)),
    };
    println!("ready\t{version}");
    let mut bytes = Vec::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let request: Vec<&str> = line.split('\t').collect();
        let (kind, side, path) = match request[..] {
            ["read", path] => {
                bytes = fs::read(path)?;
                println!("read");
                continue;
            }
            ["png", side, path] => (Kind::Png, side, path),
            ["jpeg", side, path] => (Kind::Jpeg, side, path),
            ["contain", side, path] => (Kind::Contain, side, path),
            ["pixels", side, path] => (Kind::Pixels, side, path),
            _ => return Err(io::Error::other("not a request")),
        };
        let side = side.parse().map_err(io::Error::other)?;
        let start = Instant::now();
        let (output, heap) = counting_allocator::measure(|| job(&bytes, kind, side));
        let nanoseconds = start.elapsed().as_nanos();
        match output {
            Ok(output) => {
                fs::write(path, output)?;
                println!("done\t{nanoseconds}\t{}", heap.peak_bytes);
            }
            Err(message) => println!("refused\t{nanoseconds}\t{message}"),
        }
        io::stdout().flush()?;
    }
    Ok(())
}

/// The name of a crate and its version in the lock file.
fn locked(name: &str) -> String {
    let head = format!("name = \"{name}\"\nversion = \"");
    let version = include_str!("../../Cargo.lock").split(&head).nth(1).unwrap_or_default();
    format!("{name} {}", version.split('"').next().unwrap_or_default())
}

fn bombproof(bytes: &[u8], kind: Kind, side: u32, limits: &Limits) -> Result<Vec<u8>, String> {
    let request = match kind {
        Kind::Jpeg => Request::cover(side, side).jpeg(80),
        Kind::Png => Request::cover(side, side).png(),
        Kind::Contain => Request::contain(side, side).jpeg(80),
        Kind::Pixels => {
            let picture = bombproof::decode(bytes, limits).map_err(message)?;
            return Ok(picture.into_pixels());
        }
    };
    let avatar = bombproof::thumbnail(bytes, &request, limits);
    avatar.map(bombproof::Thumbnail::into_bytes).map_err(message)
}

/// Limits for the suites with large pictures, so that the cost of files is seen that the defaults refuse.
fn wide() -> Limits {
    let mut limits = Limits::default();
    limits.max_input_bytes = 1 << 30;
    limits.max_memory_bytes = 1 << 30;
    limits.max_work = u64::MAX;
    limits
}

/// The usual way with `image`: decode within its limits, crop, downscale by its
/// fastest filter, apply the orientation. It does not convert colours.
fn image(bytes: &[u8], kind: Kind, side: u32) -> Result<Vec<u8>, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(message)?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(32_768);
    limits.max_image_height = Some(32_768);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(message)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(message)?;
    let (width, height) = (picture.width(), picture.height());
    let square = width.min(height);
    let cropped = picture.crop_imm((width - square) / 2, (height - square) / 2, square, square);
    let side = square.min(side);
    let mut small = cropped.thumbnail_exact(side, side);
    small.apply_orientation(orientation);
    let mut output = Cursor::new(Vec::new());
    match kind {
        Kind::Png => small.write_to(&mut output, ImageFormat::Png).map_err(message)?,
        Kind::Contain | Kind::Pixels => return Err("is not measured".to_owned()),
        Kind::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut output, 80);
            small.to_rgb8().write_with_encoder(encoder).map_err(message)?;
        }
    }
    Ok(output.into_inner())
}

/// RGB, the default of `zune-jpeg`.
fn zune_jpeg(bytes: &[u8]) -> Result<Vec<u8>, String> {
    zune_jpeg::JpegDecoder::new(ZCursor::new(bytes)).decode().map_err(message)
}

/// 8 bits per channel, and no palette.
fn png(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(message)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
    reader.next_frame(&mut pixels).map_err(message)?;
    Ok(pixels)
}

/// RGB, or RGBA if there is alpha.
fn image_webp(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(message)?;
    let mut pixels = vec![0; decoder.output_buffer_size().ok_or("too large")?];
    decoder.read_image(&mut pixels).map_err(message)?;
    Ok(pixels)
}

fn message(error: impl std::fmt::Display) -> String {
    error.to_string().replace(['\t', '\n'], " ")
}

const USAGE: &str = "usage: rust_worker bombproof [wide] | image | zune-jpeg | png | image-webp";
