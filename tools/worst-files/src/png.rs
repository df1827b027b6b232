//! PNG: many pixels, filters, interlacing, and image data that is expensive to inflate.

use bombproof_testkit::png::{ADAM7, SIGNATURE, chunk, header};

use crate::candidate_file::{Candidate, MAX_BYTES};
use crate::deflate_writer::Zlib;

pub(crate) const ALL: &[Candidate] = &[
    Candidate::new("rgba16-paeth.png", || plain(RGBA16, PAETH, false, |_| ())),
    Candidate::new("gray8-paeth.png", || plain(GRAY8, PAETH, false, |_| ())),
    Candidate::new("rgb8-paeth.png", || plain(RGB8, PAETH, false, |_| ())),
    Candidate::new("rgb16-paeth.png", || plain(RGB16, PAETH, false, |_| ())),
    Candidate::new("gray-alpha8-paeth-adam7.png", || plain(GRAY_ALPHA8, PAETH, true, |_| ())),
    Candidate::new("rgba16-average.png", || plain(RGBA16, AVERAGE, false, |_| ())),
    Candidate::new("rgba16-sub.png", || plain(RGBA16, SUB, false, |_| ())),
    Candidate::new("rgba16-paeth-adam7.png", || plain(RGBA16, PAETH, true, |_| ())),
    Candidate::new("rgba8-paeth-adam7.png", || plain(RGBA8, PAETH, true, |_| ())),
    Candidate::new("palette1-adam7.png", || plain(PALETTE1, SUB, true, |_| ())),
    Candidate::new("palette1.png", || plain(PALETTE1, SUB, false, |_| ())),
    Candidate::new("blocks-of-pairs.png", || {
        plain(RGBA8, PAETH, false, |zlib| zlib.empty_blocks_of_pairs(MAX_BYTES - (2 << 20)))
    }),
    Candidate::new("blocks-of-one-bit.png", || {
        plain(RGBA8, PAETH, false, |zlib| zlib.empty_blocks_of_one_bit(MAX_BYTES - (2 << 20)))
    }),
    Candidate::new("blocks-of-long-codes.png", || {
        plain(RGBA8, PAETH, false, |zlib| zlib.empty_blocks_of_long_codes(MAX_BYTES - (2 << 20)))
    }),
    Candidate::new("blocks-and-adam7.png", || {
        plain(RGBA16, PAETH, true, |zlib| zlib.empty_blocks_of_pairs(MAX_BYTES - (3 << 20)))
    }),
    Candidate::new("near-matches.png", near_matches),
    Candidate::new("idat-of-one-byte.png", idat_of_one_byte),
    Candidate::new("profile-of-blocks.png", profile_of_blocks),
];

/// Colour type, bit depth and bits of a pixel.
type Kind = (u8, u8, usize);
const RGBA16: Kind = (6, 16, 64);
const RGBA8: Kind = (6, 8, 32);
const GRAY8: Kind = (0, 8, 8);
const GRAY_ALPHA8: Kind = (4, 8, 16);
const RGB8: Kind = (2, 8, 24);
const RGB16: Kind = (2, 16, 48);
const PALETTE1: Kind = (3, 1, 1);

const SUB: u8 = 1;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

/// All pixels that the default limits accept. All rows have the same filter
/// and repeat one byte; `before` writes blocks in front of them.
fn plain(kind: Kind, filter: u8, interlaced: bool, before: fn(&mut Zlib)) -> Vec<u8> {
    let data = data(kind, filter, interlaced, before);
    file(kind, interlaced, &[&data])
}

const WIDTH: usize = 16_384;
const HEIGHT: usize = 16_384;

fn data(kind: Kind, filter: u8, interlaced: bool, before: fn(&mut Zlib)) -> Vec<u8> {
    let row_bytes = |pixels: usize| 1 + (pixels * kind.2).div_ceil(8);
    // Any byte will do for a colour, but a palette has only the
    // indices 0 and 1. The byte must differ from the filter's.
    let value = if kind == PALETTE1 { 0 } else { 0x53 };
    let mut zlib = Zlib::new();
    before(&mut zlib);
    if interlaced {
        for (n, pass) in ADAM7.into_iter().enumerate() {
            let [x, y, dx, dy] = pass.map(|number| number as usize);
            let (columns, rows) = ((WIDTH - x).div_ceil(dx), (HEIGHT - y).div_ceil(dy));
            zlib.rows(rows, row_bytes(columns), filter, value, n == 6);
        }
    } else {
        zlib.rows(HEIGHT, row_bytes(WIDTH), filter, value, true);
    }
    zlib.finish()
}

fn file((color, depth, _): Kind, interlaced: bool, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    let size = (WIDTH as u32, HEIGHT as u32);
    chunk(&mut bytes, b"IHDR", &header(size, depth, color, u8::from(interlaced)));
    if color == 3 {
        chunk(&mut bytes, b"PLTE", &[9, 90, 200, 255, 100, 0]);
        chunk(&mut bytes, b"tRNS", &[100, 200]);
    }
    for part in parts {
        chunk(&mut bytes, b"IDAT", part);
    }
    chunk(&mut bytes, b"IEND", b"");
    bytes
}

/// A profile that begins with blocks without content.
fn profile_of_blocks() -> Vec<u8> {
    let mut blocks = Zlib::new();
    blocks.empty_blocks_of_pairs(MAX_BYTES - (1 << 20));
    let mut image = Zlib::new();
    image.rows(16, 1 + 16, SUB, 0x53, true);
    let mut bytes = SIGNATURE.to_vec();
    chunk(&mut bytes, b"IHDR", &header((16, 16), 8, 0, 0));
    chunk(&mut bytes, b"iCCP", &[b"x\0\0", &blocks.finish()[..]].concat());
    chunk(&mut bytes, b"IDAT", &image.finish());
    chunk(&mut bytes, b"IEND", b"");
    bytes
}

/// Short matches, each of which repeats itself and waits for the one before it. The filter and the
/// pixels are the same byte.
fn near_matches() -> Vec<u8> {
    let mut zlib = Zlib::new();
    zlib.near_matches(HEIGHT * (1 + WIDTH), PAETH);
    file(GRAY8, false, &[&zlib.finish()])
}

/// As many IDAT chunks as fit. No limit counts them.
fn idat_of_one_byte() -> Vec<u8> {
    let chunks = MAX_BYTES / 13 - 100;
    let mut zlib = Zlib::new();
    zlib.empty_blocks_of_pairs(chunks - (3 << 19));
    zlib.rows(HEIGHT, 1 + WIDTH * 4, PAETH, 0x53, true);
    let data = zlib.finish();
    let parts: Vec<&[u8]> = data.chunks(1).collect();
    file(RGBA8, false, &parts)
}
