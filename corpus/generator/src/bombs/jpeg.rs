//! JPEG: pixel, scan, marker and table floods, EXIF and ICC.

use super::{bomb, error, flood, over, picture};
use crate::exif::{ByteOrder, app1};
use crate::icc;
use crate::jpeg::{Options, Stream};
use crate::jpeg_scan::{Scan, Token, entropy_coded};
use crate::jpeg_tables::HuffmanTable;
use crate::manifest::{Case, Facts, Outcome};
use crate::pictures::card;
use crate::valid::jpeg::color_frame;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, threat, what: &str, outcome, bytes| {
        cases.push(bomb("jpeg", name, threat, what, outcome, bytes));
    };
    let not_there = || error("not_credible").or(error("truncated"));
    push(
        "flood-64250",
        1,
        "64,250 × 64,250 pixels in 4,856 bytes.",
        flood(),
        header_only(0xC0, 64_250, 4_856),
    );
    push(
        "flood-65535-progressive",
        9,
        "65,535 × 65,535 pixels, progressive, in 166 bytes.",
        flood(),
        header_only(0xC2, 65_535, 166),
    );
    push(
        "absent-10000",
        2,
        "10,000 × 10,000 pixels and hardly any data: within the limits, not credible.",
        not_there(),
        header_only(0xC0, 10_000, 2_000),
    );
    push(
        "absent-10000-progressive",
        2,
        "The same, progressive.",
        not_there().or(over(&["max_memory_bytes"])),
        header_only(0xC2, 10_000, 2_000),
    );
    push(
        "scans-99",
        49,
        "99 legal progressive scans over 16 megapixels.",
        over(&["max_scans", "max_scan_work"]),
        scan_bomb(36, false),
    );
    push(
        "scans-64",
        8,
        "64 legal progressive scans over 16 megapixels: every coefficient alone.",
        over(&["max_scan_work"]),
        scan_bomb(0, false),
    );
    push(
        "scans-99-no-dc-data",
        8,
        "99 scans over 16 megapixels, the DC scan without its data.",
        over(&["max_scans", "max_scan_work"]).or(not_there()).or(error("malformed")),
        scan_bomb(36, true),
    );
    push(
        "scans-baseline-50",
        8,
        "50 baseline scans of one component over 16 megapixels, without data.",
        over(&["max_scan_work", "max_scans"]).or(not_there()).or(error("malformed")),
        baseline_scans(),
    );
    push(
        "coefficients",
        9,
        "30 megapixels of grey, progressive, one DC scan of one bit a block.",
        Outcome::picture(Facts { progressive: true, ..Facts::new(5_600, 5_360) })
            .or(over(&["max_memory_bytes"])),
        dc_only(5_600, 5_360).bytes_with_end(),
    );
    let good = color_frame(&card(16, 16), &[(1, 1); 3], 85);
    let with =
        |segments: Vec<(u8, Vec<u8>)>| good.file(&Options { segments, ..Options::default() });
    push(
        "markers-com",
        10,
        "2,000 empty comments.",
        over(&["max_segments"]),
        with(vec![(0xFE, Vec::new()); 2_000]),
    );
    push(
        "markers-app2",
        10,
        "2,000 APP2 segments that claim to be parts of a profile.",
        over(&["max_segments"]),
        with(vec![(0xE2, b"ICC_PROFILE\0\x01\xFF".to_vec()); 2_000]),
    );
    push(
        "markers-dqt",
        10,
        "2,000 quantisation segments without a table.",
        over(&["max_segments"]).or(error("malformed")),
        with(vec![(0xDB, Vec::new()); 2_000]),
    );
    push("fill-bytes", 10, "60,000 fill bytes before a marker.", picture(16, 16), {
        let whole = with(Vec::new());
        [&whole[..2], &[0xFF; 60_000], &whole[2..]].concat()
    });
    push(
        "dht-3854-tables",
        41,
        "A DHT segment of 3,854 tables without a symbol.",
        over(&["max_segments"]).or(error("malformed")).or(picture(16, 16)),
        {
            let mut payload = vec![0; 3_854 * 17];
            payload[0] = 0;
            with(vec![(0xC4, payload)])
        },
    );
    push(
        "exif-loop",
        24,
        "An EXIF IFD whose next IFD is itself, and whose EXIF pointer too; orientation 1.",
        picture(16, 16),
        with(vec![(0xE1, app1(&looping_ifd()))]),
    );
    push(
        "exif-pointers",
        24,
        "An EXIF IFD of 1,000 pointers to an IFD of 4,000 entries.",
        picture(16, 16),
        with(vec![(0xE1, app1(&pointer_tree()))]),
    );
    push(
        "exif-huge-count",
        24,
        "An EXIF IFD that says 65,535 entries and a value of 4 G elements.",
        picture(16, 16),
        with(vec![(0xE1, app1(&huge_count()))]),
    );
    push(
        "icc-mluc",
        45,
        "A profile of 64 KB whose text records all name one string.",
        picture(16, 16),
        with(icc_segments(&mluc())),
    );
    push(
        "icc-duplicate-tags",
        23,
        "A profile with 3,000 tags on one curve.",
        picture(16, 16),
        with(icc_segments(&duplicate_tags())),
    );
    cases
}

fn icc_segments(profile: &[u8]) -> Vec<(u8, Vec<u8>)> {
    icc::app2(profile, 65_000).into_iter().map(|part| (0xE2, part)).collect()
}

/// A frame and a scan header, then noise-free data up to `bytes`.
fn header_only(sof: u8, side: u16, bytes: usize) -> Vec<u8> {
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
    let room = bytes - stream.bytes.len() - 2;
    stream.bytes.extend(std::iter::repeat_n(0x28, room));
    stream.marker(0xD9);
    assert_eq!(stream.bytes.len(), bytes);
    stream.bytes
}

/// A table whose only code is one bit long.
fn one_symbol(symbol: u8) -> HuffmanTable {
    let mut counts = [0; 16];
    counts[0] = 1;
    HuffmanTable { counts, symbols: vec![symbol] }
}

impl Stream {
    fn bytes_with_end(mut self) -> Vec<u8> {
        self.marker(0xD9);
        self.bytes
    }
}

/// A progressive grey frame with a whole DC scan of zeros: one bit a block.
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

/// A scan for each AC coefficient of 4096 × 4096 grey pixels, the first `refined` of them in two
/// steps. Each scan is a few runs of 32,767 blocks without a value.
fn scan_bomb(refined: usize, no_dc_data: bool) -> Vec<u8> {
    const BLOCKS: u32 = 512 * 512;
    let mut stream = dc_only(4_096, 4_096);
    if no_dc_data {
        stream.bytes.truncate(stream.bytes.len() - BLOCKS as usize / 8);
    }
    let mut lengths = [0; 16];
    lengths[1] = 2;
    // Runs of 2^14 blocks.
    stream.huffman(1, 0, &HuffmanTable { counts: lengths, symbols: vec![0xE0, 0x00] });
    let runs = (0..BLOCKS >> 14).map(|_| Token::Symbol {
        class: 1,
        slot: 0,
        symbol: 0xE0,
        extra: 0,
        extra_bits: 14,
    });
    let data = entropy_coded(&runs.collect::<Vec<_>>(), |class, _| {
        if class == 1 {
            HuffmanTable { counts: lengths, symbols: vec![0xE0, 0x00] }
        } else {
            one_symbol(0)
        }
    });
    let scan = |stream: &mut Stream, band: usize, bits: u8| {
        stream.scan_header(&[(1, 0)], (band as u8, band as u8), bits);
        stream.bytes.extend(&data);
    };
    for band in 1..=63 {
        scan(&mut stream, band, u8::from(band <= refined));
    }
    for band in 1..=refined.min(35) {
        scan(&mut stream, band, 0x10);
    }
    stream.bytes_with_end()
}

fn baseline_scans() -> Vec<u8> {
    let mut stream = Stream::start(0);
    stream.quantization(0, &[16; 64], false);
    stream.huffman(0, 0, &one_symbol(0));
    stream.huffman(1, 0, &one_symbol(0));
    stream.frame_header(0xC0, 8, (4_096, 4_096), &[(1, 1, 1, 0), (2, 1, 1, 0), (3, 1, 1, 0)]);
    let scan = Scan::sequential(&[0]);
    for _ in 0..50 {
        stream.scan_header(&[(1, 0)], (scan.start as u8, scan.end as u8), 0);
    }
    stream.bytes_with_end()
}

fn looping_ifd() -> Vec<u8> {
    let order = ByteOrder::Big;
    let mut tiff = order.tiff_header();
    tiff.extend(order.u16(2));
    tiff.extend(order.entry(0x0112, 3, 1, [0, 1, 0, 0]));
    tiff.extend(order.entry(0x8769, 4, 1, order.u32(8)));
    tiff.extend(order.u32(8));
    tiff
}

fn pointer_tree() -> Vec<u8> {
    let order = ByteOrder::Little;
    let mut tiff = order.tiff_header();
    let entries = 1_000;
    let child = 8 + 2 + 12 * u32::from(entries) + 4;
    tiff.extend(order.u16(entries));
    for _ in 0..entries {
        tiff.extend(order.entry(0x8769, 4, 1, order.u32(child)));
    }
    tiff.extend(order.u32(0));
    tiff.extend(order.u16(4_000));
    for _ in 0..4_000 {
        tiff.extend(order.entry(0x9000, 7, 4, *b"0230"));
    }
    tiff.extend(order.u32(0));
    tiff
}

fn huge_count() -> Vec<u8> {
    let order = ByteOrder::Little;
    let mut tiff = order.tiff_header();
    tiff.extend(order.u16(65_535));
    tiff.extend(order.entry(0x010F, 2, u32::MAX, order.u32(0xFFFF_FF00)));
    tiff.extend(order.entry(0x0110, 12, 0x2000_0000, order.u32(8)));
    tiff
}

/// A multiLocalizedUnicode tag of thousands of records that share one long string.
pub fn mluc() -> Vec<u8> {
    let records = 2_600_u32;
    let string_bytes = 30_000_u32;
    let mut tag = b"mluc\0\0\0\0".to_vec();
    tag.extend(records.to_be_bytes());
    tag.extend(12_u32.to_be_bytes());
    for i in 0..records {
        tag.extend([b'a' + (i % 26) as u8, b'a' + (i / 26 % 26) as u8, b'U', b'S']);
        tag.extend(string_bytes.to_be_bytes());
        tag.extend((16 + 12 * records).to_be_bytes());
    }
    tag.extend([0, b'x'].repeat(string_bytes as usize / 2));
    icc::profile(b"mntr", b"RGB ", b"XYZ ", &[(*b"desc", tag)])
}

fn duplicate_tags() -> Vec<u8> {
    let curve = b"curv\0\0\0\0\0\0\0\0".to_vec();
    let tags: Vec<_> = (0..2_500).map(|_| (*b"rTRC", curve.clone())).collect();
    icc::profile(b"mntr", b"RGB ", b"XYZ ", &tags)
}
