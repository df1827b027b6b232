//! The peers in Rust: `rust_worker bombproof [wide]` and `rust_worker image`.
//!
//! `../src/worker.rs` describes the line protocol. The allocator counts,
//! which costs these two peers a little time and the others nothing.

use std::fs;
use std::io::{self, BufRead, Cursor, Write};
use std::time::Instant;

use bombproof::{Limits, Request};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

type Job = fn(&[u8], Kind, u32) -> Result<Vec<u8>, String>;

/// The format of the output.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Jpeg,
    Png,
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
        _ => return Err(io::Error::other("usage: rust_worker bombproof [wide] | image")),
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
    let request = Request::cover(side, side);
    let request = if kind == Kind::Png { request.png() } else { request.jpeg(80) };
    let avatar = bombproof::thumbnail(bytes, &request, limits);
    avatar.map(bombproof::Thumbnail::into_bytes).map_err(message)
}

/// Limits for the growth suite, so that the cost of files is seen that the defaults refuse.
fn wide() -> Limits {
    let mut limits = Limits::default();
    limits.max_input_bytes = 1 << 30;
    limits.max_memory_bytes = 1 << 30;
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
        Kind::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut output, 80);
            small.to_rgb8().write_with_encoder(encoder).map_err(message)?;
        }
    }
    Ok(output.into_inner())
}

fn message(error: impl std::fmt::Display) -> String {
    error.to_string().replace(['\t', '\n'], " ")
}
