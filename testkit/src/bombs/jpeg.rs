//! JPEG: floods of pixels, scans, markers and tables; frames that few decoders accept.

use crate::bit_writer::JpegBitWriter;
use crate::exif;
use crate::icc;
use crate::jpeg::HuffmanTable;
use crate::jpeg::{Frame, Options, Stream};
use crate::jpeg::{Scan, Token, entropy_coded};
use crate::pictures::{cmyk, landscape, test_card, ycbcr};

/// Rows 1, 2 and 9: a grey frame of `side` × `side` pixels with the marker `sof` (0xC0 baseline,
/// 0xC2 progressive), and a scan with data that fill the file up to `bytes`.
pub fn flood(sof: u8, side: u16, bytes: usize) -> Vec<u8> {
    let mut stream = Stream::start(0);
    if bytes > 1_000 {
        stream.typical_tables(75);
    } else {
        stream.quantization(0, &[16; 64], false);
        stream.huffman(0, 0, &one_symbol(0));
    }
    let band = if sof == 0xC2 { (0, 0) } else { (0, 63) };
    stream.frame_header(sof, 8, (side, side), &[(1, 1, 1, 0)]);
    stream.scan_header(&[(1, 0)], band, 0);
    let data_bytes = bytes - stream.bytes.len() - 2;
    stream.bytes.extend(std::iter::repeat_n(0x28, data_bytes));
    let file = stream.end();
    assert_eq!(file.len(), bytes);
    file
}

/// Row 9: a progressive grey picture of one complete DC scan at one bit per block.
pub fn coefficients(width: u16, height: u16) -> Vec<u8> {
    dc_only(width, height).end()
}

/// The parameters of [`scans`].
#[derive(Clone, Copy, Debug)]
pub struct ScanFlood {
    /// The side of the square grey picture.
    pub side: u16,
    /// The number of AC coefficients, 0 to 63, with one scan each.
    pub bands: usize,
    /// How many of them have a refinement scan as well.
    pub refined: usize,
    /// Whether the DC scan has its data.
    pub dc_data: bool,
}

/// Rows 8 and 49: legal progressive scans. Each is a few end-of-band runs of 2^14 blocks.
pub fn scans(flood: ScanFlood) -> Vec<u8> {
    let ScanFlood { side, bands, refined, dc_data } = flood;
    let blocks_wide = u32::from(side).div_ceil(8);
    let blocks = blocks_wide * blocks_wide;
    let mut stream = dc_only(side, side);
    if !dc_data {
        stream.bytes.truncate(stream.bytes.len() - (blocks as usize).div_ceil(8));
    }
    let mut counts = [0; 16];
    counts[1] = 2;
    let table = HuffmanTable { counts, symbols: vec![0xE0, 0x00] };
    stream.huffman(1, 0, &table);
    let run = |symbol: u8, extra: u32, extra_bits: u32| Token::Symbol {
        class: 1,
        slot: 0,
        symbol,
        extra,
        extra_bits,
    };
    let mut runs: Vec<Token> = (0..blocks >> 14).map(|_| run(0xE0, 0, 14)).collect();
    runs.extend((0..blocks & 0x3FFF).map(|_| run(0x00, 0, 0)));
    let data =
        entropy_coded(&runs, |class, _| if class == 1 { table.clone() } else { one_symbol(0) });
    let scan = |stream: &mut Stream, band: usize, bits: u8| {
        stream.scan_header(&[(1, 0)], (band as u8, band as u8), bits);
        stream.bytes.extend(&data);
    };
    for band in 1..=bands {
        scan(&mut stream, band, u8::from(band <= refined));
    }
    for band in 1..=refined {
        scan(&mut stream, band, 0x10);
    }
    stream.end()
}

/// Row 8: `count` baseline scans of the first of three components, without data.
pub fn baseline_scans(side: u16, count: usize) -> Vec<u8> {
    let mut stream = Stream::start(0);
    stream.quantization(0, &[16; 64], false);
    stream.huffman(0, 0, &one_symbol(0));
    stream.huffman(1, 0, &one_symbol(0));
    stream.frame_header(0xC0, 8, (side, side), &[(1, 1, 1, 0), (2, 1, 1, 0), (3, 1, 1, 0)]);
    for _ in 0..count {
        stream.scan_header(&[(1, 0)], (0, 63), 0);
    }
    stream.end()
}

/// Row 10: `count` segments of `marker` with `payload` in front of a valid picture of 16×16 pixels.
pub fn markers(marker: u8, count: usize, payload: &[u8]) -> Vec<u8> {
    with_segments(vec![(marker, payload.to_vec()); count])
}

/// Row 10: `count` fill bytes before the first marker after SOI.
pub fn fill_bytes(count: usize) -> Vec<u8> {
    let file = with_segments(Vec::new());
    [&file[..2], &vec![0xFF; count], &file[2..]].concat()
}

/// Row 41: a DHT segment of `tables` tables without symbols, at most 3,854.
pub fn huffman_tables(tables: usize) -> Vec<u8> {
    with_segments(vec![(0xC4, vec![0; tables * 17])])
}

/// Rows 24 and 44: an Exif block in APP1.
pub fn with_exif(tiff: &[u8]) -> Vec<u8> {
    with_segments(vec![(0xE1, exif::app1(tiff))])
}

/// Rows 23 and 45: a profile in APP2 segments.
pub fn with_icc(profile: &[u8]) -> Vec<u8> {
    with_segments(icc::app2(profile, 65_000).into_iter().map(|part| (0xE2, part)).collect())
}

/// Row 11: height 0 in the frame header, `height` in a DNL segment after the scan.
pub fn height_in_dnl(height: u16) -> Vec<u8> {
    let mut stream = zero_mcu(0xC1, 8, (8, 0), &[(1, 1, 1, 0)]);
    stream.segment(0xDC, &height.to_be_bytes());
    stream.end()
}

/// Rows 12 and 14: a picture with another frame marker: 0xC3 lossless, 0xC5 to 0xC7 hierarchical,
/// 0xC9 to 0xCF arithmetic, 0xF7 JPEG-LS.
pub fn other_process(sof: u8) -> Vec<u8> {
    colors(8).file(&Options { sof, ..Options::default() })
}

/// Row 14: samples of `bits` bits.
pub fn precision(bits: u8) -> Vec<u8> {
    zero_mcu(0xC1, bits, (8, 8), &[(1, 1, 1, 0)]).end()
}

/// Row 13: four components with an Adobe segment (transform 0: inverted CMYK, 2: YCCK) or without.
pub fn four_components(side: u32, adobe_transform: Option<u8>) -> Vec<u8> {
    let picture = landscape(side, side).map(4, cmyk);
    let frame = Frame::new(&picture, &[(1, 1); 4], 90, false);
    frame.file(&Options { adobe_transform, jfif: false, ..Options::default() })
}

/// Row 15: one MCU of three components with any sampling factors.
pub fn sampling(factors: [(u8, u8); 3]) -> Vec<u8> {
    let wide = factors.iter().map(|f| f.0).max().unwrap_or(1).max(1);
    let high = factors.iter().map(|f| f.1).max().unwrap_or(1).max(1);
    let components = [0, 1, 2].map(|i| {
        let (h, v) = factors[i];
        (i as u8 + 1, h, v, u8::from(i > 0))
    });
    zero_mcu(0xC1, 8, (8 * u16::from(wide), 8 * u16::from(high)), &components).end()
}

/// Row 16: `frames` frame headers. All but the last, the correct one, declare `side`.
pub fn frame_headers(frames: usize, side: u16) -> Vec<u8> {
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    for i in 0..frames {
        let side = if i + 1 == frames { 8 } else { side };
        stream.frame_header(0xC0, 8, (side, side), &[(1, 1, 1, 0)]);
    }
    stream.scan_header(&[(1, 0)], (0, 63), 0);
    stream.bytes.push(0x2B);
    stream.end()
}

/// Row 16: a Huffman table of `codes` codes of 15 and 16 bits, at most 510.
pub fn table_overflow(codes: usize) -> Vec<u8> {
    let mut payload = vec![0; 17];
    payload[15] = codes.min(255) as u8;
    payload[16] = (codes - codes.min(255)) as u8;
    payload.extend((0..codes).map(|i| i as u8));
    with_segments(vec![(0xC4, payload)])
}

/// Row 48: a baseline picture with one scan per component and a restart marker every `interval`
/// MCUs.
pub fn scans_with_restarts(width: u32, height: u32, interval: usize) -> Vec<u8> {
    let frame = Frame::new(&landscape(width, height).map(3, ycbcr), &[(1, 1); 3], 90, true);
    let scans = Some((0..3).map(|c| Scan::sequential(&[c])).collect());
    frame.file(&Options { scans, restart_interval: interval, ..Options::default() })
}

/// A valid picture of 16×16 pixels with `segments` in front.
pub fn with_segments(segments: Vec<(u8, Vec<u8>)>) -> Vec<u8> {
    colors(16).file(&Options { segments, ..Options::default() })
}

fn colors(side: u32) -> Frame {
    Frame::new(&test_card(side, side).map(3, ycbcr), &[(1, 1); 3], 85, true)
}

/// A frame of one MCU of zeros, without EOI. Components are (id, horizontal and vertical factor,
/// quantisation slot).
pub fn zero_mcu(sof: u8, bits: u8, size: (u16, u16), components: &[(u8, u8, u8, u8)]) -> Stream {
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    stream.frame_header(sof, bits, size, components);
    let ids: Vec<_> = components.iter().take(4).map(|c| (c.0, 0)).collect();
    stream.scan_header(&ids, (0, 63), 0);
    let mut data = JpegBitWriter::default();
    for _ in 0..components.iter().map(|c| u32::from(c.1) * u32::from(c.2)).sum::<u32>() {
        // A DC difference of 0 and EOB in the typical tables.
        data.put(0b001010, 6);
    }
    stream.bytes.extend(data.finish());
    stream
}

/// A table of one symbol with a code of one bit.
fn one_symbol(symbol: u8) -> HuffmanTable {
    let mut counts = [0; 16];
    counts[0] = 1;
    HuffmanTable { counts, symbols: vec![symbol] }
}

/// A progressive grey frame with a complete DC scan of zeros at one bit per block.
fn dc_only(width: u16, height: u16) -> Stream {
    let mut stream = Stream::start(0);
    stream.quantization(0, &[16; 64], false);
    stream.frame_header(0xC2, 8, (width, height), &[(1, 1, 1, 0)]);
    stream.huffman(0, 0, &one_symbol(0));
    stream.scan_header(&[(1, 0)], (0, 0), 0);
    let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
    stream.bytes.extend(std::iter::repeat_n(0, blocks.div_ceil(8)));
    stream
}
