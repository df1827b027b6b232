//! The peers in Rust: `rust_worker bombproof [wide]` and `rust_worker image`.
//!
//! The line protocol is described in `../src/worker.rs`. The allocator counts, which costs bombproof a
//! little and the others nothing.

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

/// The file that a job ends in.
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
        let words: Vec<&str> = line.split('\t').collect();
        let (kind, side, path) = match words[..] {
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
            Err(words) => println!("refused\t{nanoseconds}\t{words}"),
        }
        io::stdout().flush()?;
    }
    Ok(())
}

/// A crate and the version that it was built with.
fn locked(name: &str) -> String {
    let head = format!("name = \"{name}\"\nversion = \"");
    let version = include_str!("../../Cargo.lock").split(&head).nth(1).unwrap_or_default();
    format!("{name} {}", version.split('"').next().unwrap_or_default())
}

fn bombproof(bytes: &[u8], kind: Kind, side: u32, limits: &Limits) -> Result<Vec<u8>, String> {
    let request = Request::cover(side, side);
    let request = if kind == Kind::Png { request.png() } else { request.jpeg(80) };
    let avatar = bombproof::thumbnail(bytes, &request, limits);
    avatar.map(bombproof::Thumbnail::into_bytes).map_err(words)
}

/// For the question of how cost grows, files that the defaults would refuse.
fn wide() -> Limits {
    let mut limits = Limits::default();
    limits.max_input_bytes = 1 << 30;
    limits.max_memory_bytes = 1 << 30;
    limits
}

/// The usual way with `image`: load inside its limits, turn, cut, scale down by its fastest filter. It
/// does not convert colours.
fn image(bytes: &[u8], kind: Kind, side: u32) -> Result<Vec<u8>, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(words)?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(32_768);
    limits.max_image_height = Some(32_768);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(words)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(words)?;
    let (width, height) = (picture.width(), picture.height());
    let square = width.min(height);
    let cut = picture.crop_imm((width - square) / 2, (height - square) / 2, square, square);
    let side = square.min(side);
    let mut small = cut.thumbnail_exact(side, side);
    small.apply_orientation(orientation);
    let mut output = Cursor::new(Vec::new());
    match kind {
        Kind::Png => small.write_to(&mut output, ImageFormat::Png).map_err(words)?,
        Kind::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut output, 80);
            small.to_rgb8().write_with_encoder(encoder).map_err(words)?;
        }
    }
    Ok(output.into_inner())
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string().replace(['\t', '\n'], " ")
}
