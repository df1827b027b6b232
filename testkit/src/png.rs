//! PNG files: samples → filtered rows → chunks. [`file()`] writes a complete file with [`Options`].
//! [`chunk`] writes one chunk, for files that break a rule.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

use crate::pictures::Picture;

/// Interleaved samples of 1 to 16 bits.
#[derive(Clone)]
pub struct Samples {
    pub width: u32,
    pub height: u32,
    pub channels: usize,
    pub depth: u8,
    pub values: Vec<u16>,
}

impl Samples {
    /// `picture` at another depth. Samples of 16 bits get a ramp in their low byte.
    pub fn of(picture: &Picture, depth: u8) -> Self {
        let values = picture
            .samples
            .iter()
            .enumerate()
            .map(|(i, &sample)| {
                let sample = u16::from(sample);
                if depth == 16 {
                    sample << 8 | (i as u16 * 7) & 0xFF
                } else {
                    sample >> (8 - depth)
                }
            })
            .collect();
        let (width, height) = (picture.width, picture.height);
        Self { width, height, channels: picture.channels, depth, values }
    }

    fn color_type(&self, palette: bool) -> u8 {
        match self.channels {
            1 if palette => 3,
            1 => 0,
            2 => 4,
            3 => 2,
            _ => 6,
        }
    }
}

#[derive(Clone)]
pub struct Options {
    pub interlaced: bool,
    /// The filter of every row. None: the five filters, one after another.
    pub filter: Option<u8>,
    pub palette: Option<Vec<u8>>,
    pub transparency: Option<Vec<u8>>,
    /// The maximum length of an IDAT chunk.
    pub idat_bytes: usize,
    /// Chunks between IHDR and PLTE.
    pub before_palette: Vec<([u8; 4], Vec<u8>)>,
    /// Chunks between PLTE and IDAT.
    pub before_data: Vec<([u8; 4], Vec<u8>)>,
    /// Chunks after IDAT.
    pub after_data: Vec<([u8; 4], Vec<u8>)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            interlaced: false,
            filter: None,
            palette: None,
            transparency: None,
            idat_bytes: 1 << 20,
            before_palette: Vec::new(),
            before_data: Vec::new(),
            after_data: Vec::new(),
        }
    }
}

/// A complete file.
pub fn file(samples: &Samples, options: &Options) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    let color_type = samples.color_type(options.palette.is_some());
    let interlace = u8::from(options.interlaced);
    chunk(
        &mut bytes,
        b"IHDR",
        &header((samples.width, samples.height), samples.depth, color_type, interlace),
    );
    for (name, payload) in &options.before_palette {
        chunk(&mut bytes, name, payload);
    }
    if let Some(palette) = &options.palette {
        chunk(&mut bytes, b"PLTE", palette);
    }
    if let Some(transparency) = &options.transparency {
        chunk(&mut bytes, b"tRNS", transparency);
    }
    for (name, payload) in &options.before_data {
        chunk(&mut bytes, name, payload);
    }
    let data = zlib(&filtered(samples, options.interlaced, options.filter));
    for part in data.chunks(options.idat_bytes) {
        chunk(&mut bytes, b"IDAT", part);
    }
    for (name, payload) in &options.after_data {
        chunk(&mut bytes, name, payload);
    }
    chunk(&mut bytes, b"IEND", b"");
    bytes
}

/// The payload of IHDR.
pub fn header((width, height): (u32, u32), depth: u8, color_type: u8, interlace: u8) -> Vec<u8> {
    let mut payload = [width.to_be_bytes(), height.to_be_bytes()].concat();
    payload.extend([depth, color_type, 0, 0, interlace]);
    payload
}

pub fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], payload: &[u8]) {
    bytes.extend((payload.len() as u32).to_be_bytes());
    bytes.extend(name);
    bytes.extend(payload);
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(payload);
    bytes.extend(crc.sum().to_be_bytes());
}

/// An iCCP chunk of a name and a zlib stream.
pub fn icc_profile(name: &str, zlib_stream: &[u8]) -> ([u8; 4], Vec<u8>) {
    (*b"iCCP", [name.as_bytes(), &[0, 0], zlib_stream].concat())
}

/// A cICP chunk: primaries and transfer function by their numbers in ITU-T H.273, RGB in full range.
pub fn coding_independent(primaries: u8, transfer: u8) -> ([u8; 4], Vec<u8>) {
    (*b"cICP", vec![primaries, transfer, 0, 1])
}

/// A gAMA chunk in units of 1/100,000.
pub fn gamma(gamma: u32) -> ([u8; 4], Vec<u8>) {
    (*b"gAMA", gamma.to_be_bytes().to_vec())
}

/// A cHRM chunk: x and y of white, red, green and blue, in units of 1/100,000.
pub fn chromaticities(numbers: [u32; 8]) -> ([u8; 4], Vec<u8>) {
    (*b"cHRM", numbers.map(u32::to_be_bytes).concat())
}

pub const DISPLAY_P3: [u32; 8] = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];

/// An acTL chunk: an animation of `frames` frames that repeats forever.
pub fn animation_control(frames: u32) -> ([u8; 4], Vec<u8>) {
    (*b"acTL", [frames, 0].map(u32::to_be_bytes).concat())
}

/// An fcTL chunk: a frame with a duration of 1/10 s.
pub fn frame_control(
    sequence: u32,
    (width, height): (u32, u32),
    (x, y): (u32, u32),
) -> ([u8; 4], Vec<u8>) {
    let numbers = [sequence, width, height, x, y].map(u32::to_be_bytes).concat();
    (*b"fcTL", [numbers, vec![0, 1, 0, 10, 0, 0]].concat())
}

/// An fdAT chunk: a zlib stream of filtered rows.
pub fn frame_data(sequence: u32, zlib_stream: &[u8]) -> ([u8; 4], Vec<u8>) {
    (*b"fdAT", [&sequence.to_be_bytes(), zlib_stream].concat())
}

/// A file of these chunks, with correct CRCs.
pub fn from_chunks(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    for (name, payload) in chunks {
        chunk(&mut bytes, name, payload);
    }
    bytes
}

/// A zlib stream of `bytes`.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a Vec accepts all bytes");
    encoder.finish().expect("a Vec accepts all bytes")
}

/// A zlib stream of `row` repeated `count` times, compressed without the inflated bytes in memory.
pub fn zlib_of_rows(row: &[u8], count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..count {
        encoder.write_all(row).expect("a Vec accepts all bytes");
    }
    encoder.finish().expect("a Vec accepts all bytes")
}

/// Filtered rows, of the image or of the seven passes of Adam7.
pub fn filtered(samples: &Samples, interlaced: bool, filter: Option<u8>) -> Vec<u8> {
    let passes: &[[u32; 4]] = if interlaced { &ADAM7 } else { &[[0, 0, 1, 1]] };
    let pixel_bytes = (samples.channels * usize::from(samples.depth)).div_ceil(8);
    let mut bytes = Vec::new();
    for &[x0, y0, dx, dy] in passes {
        if samples.width <= x0 || samples.height <= y0 {
            continue;
        }
        let mut above: Vec<u8> = Vec::new();
        for (n, y) in (y0..samples.height).step_by(dy as usize).enumerate() {
            let row = packed_row(samples, y, (x0, dx));
            above.resize(row.len(), 0);
            let filter = filter.unwrap_or((n % 5) as u8);
            bytes.push(filter);
            for i in 0..row.len() {
                let left = if i < pixel_bytes { 0 } else { row[i - pixel_bytes] };
                let upper_left = if i < pixel_bytes { 0 } else { above[i - pixel_bytes] };
                let prediction = match filter {
                    0 => 0,
                    1 => left,
                    2 => above[i],
                    3 => ((u16::from(left) + u16::from(above[i])) / 2) as u8,
                    _ => paeth(left, above[i], upper_left),
                };
                bytes.push(row[i].wrapping_sub(prediction));
            }
            above = row;
        }
    }
    bytes
}

fn packed_row(samples: &Samples, y: u32, (x0, dx): (u32, u32)) -> Vec<u8> {
    let mut row = Vec::new();
    let mut bit = 0;
    for x in (x0..samples.width).step_by(dx as usize) {
        let start = (y as usize * samples.width as usize + x as usize) * samples.channels;
        for &value in &samples.values[start..start + samples.channels] {
            match samples.depth {
                16 => row.extend(value.to_be_bytes()),
                8 => row.push(value as u8),
                depth => {
                    if bit % 8 == 0 {
                        row.push(0);
                    }
                    let last = row.len() - 1;
                    row[last] |= (value as u8) << (8 - u32::from(depth) - bit % 8);
                    bit += u32::from(depth);
                }
            }
        }
    }
    row
}

/// PNG specification, 9.4.
fn paeth(left: u8, above: u8, upper_left: u8) -> u8 {
    let [a, b, c] = [left, above, upper_left].map(i32::from);
    let p = a + b - c;
    let (pa, pb, pc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
    if pa <= pb && pa <= pc {
        left
    } else if pb <= pc {
        above
    } else {
        upper_left
    }
}

/// The indices of the nearest colours in a palette of `size` colours, and the palette.
pub fn indexed(picture: &Picture, size: usize, depth: u8) -> (Samples, Vec<u8>) {
    let mut palette = Vec::new();
    for i in 0..size {
        // Colours of pixels at regular intervals.
        let pixel = i * (picture.samples.len() / 3) / size;
        palette.extend_from_slice(&picture.samples[pixel * 3..pixel * 3 + 3]);
    }
    let nearest = |pixel: &[u8]| {
        let distance = |entry: &[u8]| -> i32 {
            (0..3).map(|i| (i32::from(entry[i]) - i32::from(pixel[i])).pow(2)).sum()
        };
        (0..size).min_by_key(|&i| distance(&palette[i * 3..i * 3 + 3])).unwrap_or(0) as u16
    };
    let values = picture.samples.chunks_exact(3).map(nearest).collect();
    let samples =
        Samples { width: picture.width, height: picture.height, channels: 1, depth, values };
    (samples, palette)
}

pub const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// First column, first row, column step and row step of each pass (PNG, 8.2).
pub const ADAM7: [[u32; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];
