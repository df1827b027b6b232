//! PNG: pixel and chunk floods, inflate bombs, extreme shapes, animations.

use crate::exif::ByteOrder;
use crate::pictures::card;
use crate::png::{
    Options, Samples, chunk, file, filtered, from_chunks, header, indexed, zlib, zlib_of_rows,
};

/// Rows 1, 25 and 33: any sides, and image data of nothing.
pub fn flood(size: (u32, u32), depth: u8, color: u8) -> Vec<u8> {
    bare(size, depth, color, 0, &zlib(&[]))
}

/// Row 1: a header and an IDAT of four bytes; no IEND.
pub fn flood_without_end(size: (u32, u32)) -> Vec<u8> {
    let mut bytes = from_chunks(&[(b"IHDR", &header(size, 8, 2, 0))]);
    chunk(&mut bytes, b"IDAT", &[0x78, 0x9C, 0, 0]);
    bytes
}

/// Row 2: any sides, and `inflated_bytes` of zeros as image data. `interlace` is 0 or 1 (Adam7, row 25).
pub fn absent(size: (u32, u32), color: u8, interlace: u8, inflated_bytes: usize) -> Vec<u8> {
    bare(size, 8, color, interlace, &zlib(&vec![0; inflated_bytes]))
}

/// Row 4: a picture of 16×16 pixels whose image data inflate to `extra_bytes` more than it needs.
pub fn image_data_past_image(extra_bytes: usize) -> Vec<u8> {
    let rows = [filtered(&small(), false, None), vec![0; extra_bytes]].concat();
    bare((16, 16), 8, 2, 0, &zlib(&rows))
}

/// Row 4: the same, its zlib stream broken off after `keep_permille` of 1000 parts.
pub fn image_data_past_image_cut(extra_bytes: usize, keep_permille: usize) -> Vec<u8> {
    let rows = [filtered(&small(), false, None), vec![0; extra_bytes]].concat();
    let data = zlib(&rows);
    bare((16, 16), 8, 2, 0, &data[..data.len() * keep_permille / 1000])
}

/// Row 5: a profile that inflates to `inflated_bytes` of zeros.
pub fn profile(inflated_bytes: usize) -> Vec<u8> {
    with_profile(&zlib(&vec![0; inflated_bytes]))
}

/// Rows 5, 23, 45 and 50: an iCCP chunk with this zlib stream.
pub fn with_profile(compressed: &[u8]) -> Vec<u8> {
    let payload = [b"own\0\0".as_slice(), compressed].concat();
    good(Options { before_palette: vec![(*b"iCCP", payload)], ..Options::default() })
}

/// The kinds of text chunk (row 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// zTXt.
    Compressed,
    /// iTXt.
    International,
}

/// Row 6: a text that inflates to `inflated_bytes` of zeros.
pub fn text(kind: Text, inflated_bytes: usize) -> Vec<u8> {
    let (name, head) = match kind {
        Text::Compressed => (*b"zTXt", b"own\0\0".as_slice()),
        Text::International => (*b"iTXt", b"own\0\x01\0\0\0".as_slice()),
    };
    let payload = [head, &zlib(&vec![0; inflated_bytes])].concat();
    good(Options { before_data: vec![(name, payload)], ..Options::default() })
}

/// Row 7: `count` text chunks in front of the image data or behind it.
pub fn chunks(count: usize, behind: bool) -> Vec<u8> {
    let texts = vec![(*b"tEXt", b"a\0".to_vec()); count];
    good(if behind {
        Options { after_data: texts, ..Options::default() }
    } else {
        Options { before_data: texts, ..Options::default() }
    })
}

/// Row 7: `count` empty IDAT chunks in front of the one with data.
pub fn empty_image_data(count: usize) -> Vec<u8> {
    let ihdr = header((16, 16), 8, 2, 0);
    let rows = zlib(&filtered(&small(), false, None));
    let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"IHDR", &ihdr)];
    chunks.extend(std::iter::repeat_n((b"IDAT", b"".as_slice()), count));
    chunks.extend([(b"IDAT", rows.as_slice()), (b"IEND", b"")]);
    from_chunks(&chunks)
}

/// Row 17: an APNG of `count` frames, the first being the default image, that says it has `said`.
pub fn frames(said: u32, count: u32) -> Vec<u8> {
    let control = |sequence: u32, side: u32| {
        let numbers = [sequence, side, side, 0, 0].map(u32::to_be_bytes).concat();
        (*b"fcTL", [numbers, vec![0, 1, 0, 10, 0, 0]].concat())
    };
    let pixel = zlib(&[0, 9, 9, 9]);
    let mut after_data = Vec::new();
    for i in 1..count {
        after_data.push(control(2 * i - 1, 1));
        after_data.push((*b"fdAT", [&(2 * i).to_be_bytes()[..], &pixel].concat()));
    }
    let animation = (*b"acTL", [said, 0].map(u32::to_be_bytes).concat());
    good(Options { before_data: vec![animation, control(0, 16)], after_data, ..Options::default() })
}

/// Row 22: a chunk of any name that says it has `length` bytes, and has none.
pub fn chunk_of(name: &[u8; 4], length: u32) -> Vec<u8> {
    let mut bytes = from_chunks(&[(b"IHDR", &header((16, 16), 8, 2, 0))]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(name);
    bytes
}

/// Rows 24, 44 and 50: an eXIf chunk.
pub fn with_exif(tiff: &[u8]) -> Vec<u8> {
    good(Options { before_data: vec![(*b"eXIf", tiff.to_vec())], ..Options::default() })
}

/// Row 50: an eXIf chunk of `bytes` zeros behind a TIFF header.
pub fn long_exif(bytes: usize) -> Vec<u8> {
    with_exif(&[ByteOrder::Big.tiff_header(), vec![0; bytes]].concat())
}

/// Rows 25, 26, 31 and 32: a good picture of any shape and depth whose samples are all 0.
pub fn black((width, height): (u32, u32), depth: u8, color: u8) -> Vec<u8> {
    let row = vec![0; 1 + row_bytes(width, depth, color)];
    bare((width, height), depth, color, 0, &zlib_of_rows(&row, height as usize))
}

/// Row 25: the same, interlaced.
pub fn black_interlaced((width, height): (u32, u32), depth: u8, color: u8) -> Vec<u8> {
    let mut data = Vec::new();
    for (x, y, x_step, y_step) in ADAM7 {
        let columns = width.saturating_sub(x).div_ceil(x_step);
        let lines = height.saturating_sub(y).div_ceil(y_step);
        if columns > 0 {
            data.push((1 + row_bytes(columns, depth, color), lines as usize));
        }
    }
    let bytes: usize = data.iter().map(|(row, lines)| row * lines).sum();
    bare((width, height), depth, color, 1, &zlib_of_rows(&[0], bytes))
}

/// Row 46: a picture of 16 colours whose palette is cut or grown to `bytes`.
pub fn palette_of(bytes: usize) -> Vec<u8> {
    let (samples, mut palette) = indexed(&card(16, 16), 16, 4);
    palette.resize(bytes, 7);
    let rows = zlib(&filtered(&samples, false, None));
    let ihdr = header((16, 16), 4, 3, 0);
    from_chunks(&[(b"IHDR", &ihdr), (b"PLTE", &palette), (b"IDAT", &rows), (b"IEND", b"")])
}

/// A good picture of 16×16 pixels.
pub fn good(options: Options) -> Vec<u8> {
    file(&small(), &options)
}

fn small() -> Samples {
    Samples::of(&card(16, 16), 8)
}

fn bare(size: (u32, u32), depth: u8, color: u8, interlace: u8, data: &[u8]) -> Vec<u8> {
    let ihdr = header(size, depth, color, interlace);
    from_chunks(&[(b"IHDR", &ihdr), (b"IDAT", data), (b"IEND", b"")])
}

/// Bytes of a row of `width` pixels without its filter byte.
fn row_bytes(width: u32, depth: u8, color: u8) -> usize {
    let samples = match color {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    (width as usize * usize::from(depth) * samples).div_ceil(8)
}

/// First column, first row and steps of the seven passes (PNG, 8.2).
const ADAM7: [(u32, u32, u32, u32); 7] = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
];
