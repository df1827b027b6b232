//! PNG: floods of pixels and chunks, decompression bombs, extreme shapes, animations.

use crate::exif::ByteOrder;
use crate::pictures::test_card;
use crate::png::{
    ADAM7, Options, Samples, animation_control, chunk, file, filtered, frame_control, frame_data,
    from_chunks, header, icc_profile, indexed, zlib, zlib_of_rows,
};

/// Rows 1, 25 and 33: any size, with an empty zlib stream as image data.
pub fn flood(size: (u32, u32), depth: u8, color: u8) -> Vec<u8> {
    one_idat(size, depth, color, 0, &zlib(&[]))
}

/// Row 1: a header and an IDAT of four bytes; no IEND.
pub fn flood_without_end(size: (u32, u32)) -> Vec<u8> {
    let mut bytes = from_chunks(&[(b"IHDR", &header(size, 8, 2, 0))]);
    chunk(&mut bytes, b"IDAT", &[0x78, 0x9C, 0, 0]);
    bytes
}

/// Row 2: any size, with image data that inflate to `inflated_bytes` of zeros. `interlace` is 0, or
/// 1 for Adam7 (row 25).
pub fn absent_pixels(size: (u32, u32), color: u8, interlace: u8, inflated_bytes: usize) -> Vec<u8> {
    one_idat(size, 8, color, interlace, &zlib(&vec![0; inflated_bytes]))
}

/// Row 4: a picture of 16×16 pixels with image data that inflate to `extra_bytes` more than it
/// needs.
pub fn image_data_past_image(extra_bytes: usize) -> Vec<u8> {
    image_data_past_image_truncated(extra_bytes, 1000)
}

/// Row 4: the same, with only the first `keep_permille` of the zlib stream.
pub fn image_data_past_image_truncated(extra_bytes: usize, keep_permille: usize) -> Vec<u8> {
    let rows = [filtered(&small(), false, None), vec![0; extra_bytes]].concat();
    let data = zlib(&rows);
    one_idat((16, 16), 8, 2, 0, &data[..data.len() * keep_permille / 1000])
}

/// Row 5: a profile that inflates to `inflated_bytes` of zeros.
pub fn profile(inflated_bytes: usize) -> Vec<u8> {
    with_profile(&zlib(&vec![0; inflated_bytes]))
}

/// Rows 5, 23, 45 and 50: an iCCP chunk with this zlib stream.
pub fn with_profile(compressed: &[u8]) -> Vec<u8> {
    with_options(Options {
        before_palette: vec![icc_profile("own", compressed)],
        ..Options::default()
    })
}

/// The text chunks that are compressed (row 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// zTXt.
    Compressed,
    /// iTXt.
    International,
}

/// Row 6: a text chunk that inflates to `inflated_bytes` of zeros.
pub fn text(kind: Text, inflated_bytes: usize) -> Vec<u8> {
    let (name, head) = match kind {
        Text::Compressed => (*b"zTXt", b"own\0\0".as_slice()),
        Text::International => (*b"iTXt", b"own\0\x01\0\0\0".as_slice()),
    };
    let payload = [head, &zlib(&vec![0; inflated_bytes])].concat();
    with_options(Options { before_data: vec![(name, payload)], ..Options::default() })
}

/// Row 7: `count` text chunks before or after the image data.
pub fn chunks(count: usize, after: bool) -> Vec<u8> {
    let texts = vec![(*b"tEXt", b"a\0".to_vec()); count];
    with_options(if after {
        Options { after_data: texts, ..Options::default() }
    } else {
        Options { before_data: texts, ..Options::default() }
    })
}

/// Row 7: `count` empty IDAT chunks before the one with data.
pub fn empty_image_data(count: usize) -> Vec<u8> {
    let ihdr = header((16, 16), 8, 2, 0);
    let rows = zlib(&filtered(&small(), false, None));
    let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"IHDR", &ihdr)];
    chunks.extend(std::iter::repeat_n((b"IDAT", b"".as_slice()), count));
    chunks.extend([(b"IDAT", rows.as_slice()), (b"IEND", b"")]);
    from_chunks(&chunks)
}

/// Row 17: an APNG that declares `declared` frames and has `count`. The first is the default image.
pub fn frames(declared: u32, count: u32) -> Vec<u8> {
    let pixel = zlib(&[0, 9, 9, 9]);
    let mut after_data = Vec::new();
    for i in 1..count {
        after_data.push(frame_control(2 * i - 1, (1, 1), (0, 0)));
        after_data.push(frame_data(2 * i, &pixel));
    }
    let before_data = vec![animation_control(declared), frame_control(0, (16, 16), (0, 0))];
    with_options(Options { before_data, after_data, ..Options::default() })
}

/// Row 22: a chunk that declares `length` bytes and has none.
pub fn chunk_past_end(name: &[u8; 4], length: u32) -> Vec<u8> {
    let mut bytes = from_chunks(&[(b"IHDR", &header((16, 16), 8, 2, 0))]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(name);
    bytes
}

/// Rows 24, 44 and 50: an eXIf chunk.
pub fn with_exif(tiff: &[u8]) -> Vec<u8> {
    with_options(Options { before_data: vec![(*b"eXIf", tiff.to_vec())], ..Options::default() })
}

/// Row 50: an eXIf chunk of a TIFF header and `bytes` zeros.
pub fn long_exif(bytes: usize) -> Vec<u8> {
    with_exif(&[ByteOrder::Big.tiff_header(), vec![0; bytes]].concat())
}

/// Rows 25, 26, 31 and 32: a valid picture of any size and depth, with samples of 0.
pub fn black((width, height): (u32, u32), depth: u8, color: u8) -> Vec<u8> {
    let row = vec![0; 1 + row_bytes(width, depth, color)];
    one_idat((width, height), depth, color, 0, &zlib_of_rows(&row, height as usize))
}

/// Row 25: the same, interlaced.
pub fn black_interlaced((width, height): (u32, u32), depth: u8, color: u8) -> Vec<u8> {
    let mut passes = Vec::new();
    for [x, y, x_step, y_step] in ADAM7 {
        let columns = width.saturating_sub(x).div_ceil(x_step);
        let rows = height.saturating_sub(y).div_ceil(y_step);
        if columns > 0 {
            passes.push((1 + row_bytes(columns, depth, color), rows as usize));
        }
    }
    let bytes: usize = passes.iter().map(|(row_bytes, rows)| row_bytes * rows).sum();
    one_idat((width, height), depth, color, 1, &zlib_of_rows(&[0], bytes))
}

/// Row 46: a picture of 16 colours with a palette truncated or padded to `bytes`.
pub fn palette_of(bytes: usize) -> Vec<u8> {
    let (samples, mut palette) = indexed(&test_card(16, 16), 16, 4);
    palette.resize(bytes, 7);
    let rows = zlib(&filtered(&samples, false, None));
    let ihdr = header((16, 16), 4, 3, 0);
    from_chunks(&[(b"IHDR", &ihdr), (b"PLTE", &palette), (b"IDAT", &rows), (b"IEND", b"")])
}

/// A valid picture of 16×16 pixels.
pub fn with_options(options: Options) -> Vec<u8> {
    file(&small(), &options)
}

fn small() -> Samples {
    Samples::of(&test_card(16, 16), 8)
}

fn one_idat(size: (u32, u32), depth: u8, color: u8, interlace: u8, data: &[u8]) -> Vec<u8> {
    let ihdr = header(size, depth, color, interlace);
    from_chunks(&[(b"IHDR", &ihdr), (b"IDAT", data), (b"IEND", b"")])
}

/// The bytes of a row of `width` pixels, without its filter byte.
fn row_bytes(width: u32, depth: u8, color: u8) -> usize {
    let samples = match color {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    (width as usize * usize::from(depth) * samples).div_ceil(8)
}
