//! Pictures that are encoded and decoded again.

use bombproof::{Error, Gamut, JpegEffort, Layout, Limit, Limits, Picture, Request};

use crate::counting_allocator::measure;

/// PNG and lossless WebP preserve every pixel. The encoders may drop opaque alpha, and may store
/// grey as one channel: the pixels stay the same.
pub fn lossless_files_give_back_every_pixel(picture: &Picture) {
    let files = [picture.to_png(), picture.to_webp()];
    for file in files {
        let file = file.expect("a picture of a size that every format can store");
        let decoded = bombproof::decode(&file, &Limits::default()).expect("our own file");
        assert_eq!(decoded.size(), picture.size());
        assert!(rgba(&decoded) == rgba(picture), "encoding or decoding changed a pixel");
    }
}

/// A picture in Display P3 says so in every format, and is read again as it was. As sRGB it has no
/// profile.
pub fn wide_colors_are_kept(picture: &Picture) {
    let wide = picture.clone().with_gamut(Gamut::DisplayP3);
    assert_eq!(wide.gamut() == Gamut::DisplayP3, picture.layout().bytes_per_pixel() > 2);
    let request = Request::full_size().keep_wide_gamut(true).pixels();
    for (file, is_lossless) in [
        (wide.to_png(), true),
        (wide.to_webp(), true),
        (wide.to_jpeg(95), false),
        (wide.to_lossy_webp(95), false),
    ] {
        let file = file.expect("a picture of a size that every format can store");
        let made = bombproof::thumbnail(&file, &request, &Limits::default()).expect("our own file");
        let made = made.into_picture().expect("a request for pixels");
        assert_eq!((made.gamut(), made.size()), (wide.gamut(), wide.size()));
        assert!(!is_lossless || rgba(&made) == rgba(&wide), "a profile changed a pixel");
    }
}

/// JPEG and lossy WebP preserve the size and roughly the brightness, WebP preserves alpha, and the
/// same picture gives the same bytes (P7).
pub fn lossy_files_give_back_the_picture(picture: &Picture, quality: u8) {
    assert_similar(picture, quality, Picture::to_jpeg);
    let decoded = assert_similar(picture, quality, Picture::to_lossy_webp);
    let alpha = |picture: &Picture| rgba(picture).into_iter().map(|[.., alpha]| alpha);
    assert!(alpha(&decoded).eq(alpha(picture)), "alpha changed");
}

/// Encodes and decodes `picture`, and returns the result.
fn assert_similar(
    picture: &Picture,
    quality: u8,
    encode: impl Fn(&Picture, u8) -> Result<Vec<u8>, Error>,
) -> Picture {
    let file = encode(picture, quality).expect("a picture of a size that the format can store");
    assert!(
        encode(picture, quality).expect("it was encoded before") == file,
        "one picture gave two files"
    );
    let (decoded, measured) = measure(|| bombproof::decode(&file, &Limits::default()));
    let decoded = decoded.expect("our own file");
    assert!(measured.peak_bytes <= Limits::default().max_memory_bytes);
    assert_eq!(decoded.size(), picture.size());
    if quality >= 90 {
        let moved = mean_on_white(&decoded) - mean_on_white(picture);
        // Chroma is subsampled by two, which loses a part of single pixels with strong colours.
        let allowed = if picture.layout() == Layout::Gray { 12.0 } else { 64.0 };
        assert!(moved.abs() < allowed, "the mean moved by {moved}");
    }
    decoded
}

/// A JPEG in several scans shows the same as one in a single scan, with chroma of any size and any
/// effort, and a limit in bytes is kept or refused.
pub fn jpeg_options_keep_their_word(picture: &Picture, quality: u8) {
    let upload = picture.to_png().expect("a picture of a size that a PNG can store");
    let made = |request: &Request| bombproof::thumbnail(&upload, request, &Limits::default());
    for (full_chroma, effort) in [
        (false, JpegEffort::Balanced),
        (true, JpegEffort::Balanced),
        (false, JpegEffort::Smallest),
        (true, JpegEffort::Smallest),
    ] {
        let request = Request::full_size().jpeg(quality).jpeg_full_chroma(full_chroma);
        let request = request.jpeg_effort(effort);
        let [sequential, progressive] = [false, true].map(|progressive| {
            let file = made(&request.jpeg_progressive(progressive)).expect("no limit in bytes");
            (bombproof::decode(file.bytes(), &Limits::default()).expect("our own file"), file)
        });
        assert!(sequential.0 == progressive.0, "scans changed a pixel");
        let max_bytes = sequential.1.bytes().len() as u64 * 3 / 4;
        match made(&request.max_bytes(max_bytes)) {
            Ok(file) => assert!(file.bytes().len() as u64 <= max_bytes),
            Err(Error::OverLimit { limit: Limit::OutputBytes, found, allowed, .. }) => {
                assert!(found > allowed && allowed == max_bytes);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// The pixels as RGBA, so that dropped alpha and expanded grey compare equal.
pub fn rgba(picture: &Picture) -> Vec<[u8; 4]> {
    let pixels = picture.pixels().chunks_exact(picture.layout().bytes_per_pixel());
    pixels
        .map(|pixel| match *pixel {
            [gray] => [gray, gray, gray, 255],
            [gray, alpha] => [gray, gray, gray, alpha],
            [r, g, b] => [r, g, b, 255],
            [r, g, b, a] => [r, g, b, a],
            _ => unreachable!("a pixel has one to four samples"),
        })
        .collect()
}

fn mean_on_white(picture: &Picture) -> f64 {
    let pixels = rgba(picture);
    let on_white = pixels.iter().flat_map(|&[r, g, b, a]| {
        [r, g, b].map(|c| 255.0 - (255.0 - f64::from(c)) * f64::from(a) / 255.0)
    });
    on_white.sum::<f64>() / (pixels.len() * 3) as f64
}
