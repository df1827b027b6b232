//! Three ways to make an avatar in Rust: bombproof, `image`, and a hand-written
//! pipeline of other crates. Each makes a square JPEG of quality 80 from an upload.

use std::io::Cursor;

use bombproof::{Limits, Request};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageReader};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Makes a square avatar from an upload, with sides of this length.
pub type Pipeline = fn(&[u8], u32) -> Vec<u8>;

/// All pipelines, bombproof first.
pub const ALL: [(&str, Pipeline); 3] =
    [("bombproof", bombproof), ("image", image), ("other-crates", other_crates)];

/// bombproof with its default limits.
pub fn bombproof(upload: &[u8], side: u32) -> Vec<u8> {
    let request = Request::cover(side, side).jpeg(80);
    let avatar = bombproof::thumbnail(upload, &request, &Limits::default());
    avatar.expect("an avatar").into_bytes()
}

/// `image` with its limits: decode, crop, downscale by its fastest filter, encode.
pub fn image(upload: &[u8], side: u32) -> Vec<u8> {
    let mut reader = ImageReader::new(Cursor::new(upload)).with_guessed_format().expect("a format");
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(32_768);
    limits.max_image_height = Some(32_768);
    reader.limits(limits);
    let picture = reader.decode().expect("a picture");
    let (width, height) = (picture.width(), picture.height());
    let square = width.min(height);
    let cropped = picture.crop_imm((width - square) / 2, (height - square) / 2, square, square);
    let small = cropped.thumbnail_exact(side, side);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, 80);
    DynamicImage::to_rgb8(&small).write_with_encoder(encoder).expect("a JPEG");
    jpeg
}

/// The fastest crates: zune-jpeg, png or image-webp; fast_image_resize; jpeg-encoder.
///
/// Decodes full frames, without limits except for those of the
/// decoders, and ignores colour profiles and orientation.
pub fn other_crates(upload: &[u8], side: u32) -> Vec<u8> {
    let (rgb, width, height) = decode_by_other_crates(upload);
    let square = width.min(height);
    let source = ImageRef::new(width, height, &rgb, PixelType::U8x3).expect("complete rows");
    let (left, top) = (f64::from(width - square) / 2.0, f64::from(height - square) / 2.0);
    let options = ResizeOptions::new().crop(left, top, f64::from(square), f64::from(square));
    let mut small = Image::new(side, side, PixelType::U8x3);
    Resizer::new().resize(&source, &mut small, &options).expect("a resize");
    let mut jpeg = Vec::new();
    let side = u16::try_from(side).expect("a side that JPEG can store");
    jpeg_encoder::Encoder::new(&mut jpeg, 80)
        .encode(small.buffer(), side, side, jpeg_encoder::ColorType::Rgb)
        .expect("a JPEG");
    jpeg
}

/// The full frame by the decoder of its format.
pub fn decode_by_other_crates(upload: &[u8]) -> Rgb {
    match upload {
        [0xFF, 0xD8, ..] => decode_by_zune_jpeg(upload),
        [0x89, b'P', ..] => decode_by_png(upload),
        _ => decode_by_image_webp(upload),
    }
}

/// Samples, width and height.
type Rgb = (Vec<u8>, u32, u32);

fn decode_by_zune_jpeg(upload: &[u8]) -> Rgb {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(upload), options);
    let rgb = decoder.decode().expect("a JPEG");
    let (width, height) = decoder.dimensions().expect("a size");
    (rgb, width as u32, height as u32)
}

fn decode_by_png(upload: &[u8]) -> Rgb {
    let mut decoder = png::Decoder::new(Cursor::new(upload));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size that fits in memory")];
    let info = reader.next_frame(&mut pixels).expect("a frame");
    (without_alpha(pixels, info.color_type == png::ColorType::Rgba), info.width, info.height)
}

fn decode_by_image_webp(upload: &[u8]) -> Rgb {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(upload)).expect("a WebP");
    let (width, height) = decoder.dimensions();
    let mut pixels = vec![0; decoder.output_buffer_size().expect("a size that fits in memory")];
    decoder.read_image(&mut pixels).expect("a picture");
    (without_alpha(pixels, decoder.has_alpha()), width, height)
}

fn without_alpha(pixels: Vec<u8>, has_alpha: bool) -> Vec<u8> {
    if !has_alpha {
        return pixels;
    }
    pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

/// The mean difference of two avatars of the same size, in steps of 1/255.
pub fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    let [a, b] = [a, b].map(|jpeg| image::load_from_memory(jpeg).expect("a JPEG").to_rgb8());
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.iter().zip(b.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}
