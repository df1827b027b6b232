//! PNG: truncated files, checksums, IHDR, palettes, the order of chunks, image data.

use bombproof_testkit::pictures::landscape;
use bombproof_testkit::png::{
    Options, Samples, coding_independent, file, filtered, from_chunks, header, indexed, zlib,
};
use bombproof_testkit::untidy_png;

use crate::case::{Case, invalid};
use crate::outcome::{
    Outcome, PictureHeader, malformed, not_credible, over_limit, truncated, unsupported,
};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    truncated_files(&mut cases);
    checksums(&mut cases);
    image_headers(&mut cases);
    palettes(&mut cases);
    order(&mut cases);
    image_data(&mut cases);
    untidy(&mut cases);
    cases
}

fn rgb() -> Samples {
    Samples::of(&landscape(16, 12), 8)
}

fn rows() -> Vec<u8> {
    zlib(&filtered(&rgb(), false, None))
}

fn rgb_header() -> Vec<u8> {
    header((16, 12), 8, 2, 0)
}

fn name_offset(bytes: &[u8], name: &[u8; 4]) -> usize {
    bytes.windows(4).position(|window| window == name).expect("the chunk is in the file")
}

fn truncated_files(cases: &mut Vec<Case>) {
    let complete = file(&rgb(), &Options::default());
    let data = name_offset(&complete, b"IDAT");
    let mut push_truncated = |name: &str, what: &str, length: usize, outcome| {
        cases.push(invalid("png", name, what, outcome, complete[..length].to_vec()).for_threat(3));
    };
    push_truncated("cut-after-signature", "Ends after the signature.", 8, truncated());
    push_truncated("cut-in-ihdr", "Ends in IHDR.", 20, truncated());
    push_truncated("cut-in-chunk-header", "Ends in the length of IDAT.", data - 2, truncated());
    push_truncated(
        "cut-at-half",
        "Ends in the middle of IDAT.",
        (data + complete.len()) / 2,
        truncated(),
    );
    push_truncated(
        "cut-in-last-rows",
        "Lacks the last 40 bytes.",
        complete.len() - 40,
        truncated(),
    );
}

fn checksums(cases: &mut Vec<Case>) {
    let (samples, palette) = indexed(&landscape(16, 12), 16, 4);
    let complete = file(&samples, &Options { palette: Some(palette), ..Options::default() });
    for (name, offset) in [(b"IHDR", 4 + 13), (b"PLTE", 4 + 48)] {
        let mut bytes = complete.clone();
        bytes[name_offset(&complete, name) + offset] ^= 0x55;
        let name = String::from_utf8_lossy(name).into_owned();
        cases.push(invalid(
            "png",
            &format!("crc-{}", name.to_lowercase()),
            &format!("A wrong CRC of {name}."),
            malformed(),
            bytes,
        ));
    }
}

/// Files that break a rule although every pixel is there, and those that lack something.
fn untidy(cases: &mut Vec<Case>) {
    for file in untidy_png::complete() {
        let header = PictureHeader { alpha: file.alpha, ..PictureHeader::new(16, 12) };
        cases.push(invalid("png", file.name, file.what, Outcome::picture(header), file.bytes));
    }
    for file in untidy_png::incomplete() {
        let outcome = if file.truncated { truncated() } else { malformed() };
        cases.push(invalid("png", file.name, file.what, outcome, file.bytes));
    }
}

fn image_headers(cases: &mut Vec<Case>) {
    let with = |ihdr: Vec<u8>| from_chunks(&[(b"IHDR", &ihdr), (b"IDAT", &rows()), (b"IEND", b"")]);
    let mut push = |name: &str, what: &str, outcome, ihdr| {
        cases.push(invalid("png", name, what, outcome, with(ihdr)));
    };
    push("width-0", "Width 0.", malformed(), header((0, 12), 8, 2, 0));
    push("height-0", "Height 0.", malformed(), header((16, 0), 8, 2, 0));
    push(
        "width-over-2-31",
        "A width of 2^31.",
        malformed().or(over_limit(&["max_side_px", "max_pixels"])),
        header((1 << 31, 12), 8, 2, 0),
    );
    for (depth, color) in [(4, 2), (16, 3), (2, 4), (3, 0), (8, 1), (8, 5), (8, 7)] {
        push(
            &format!("depth-{depth}-color-{color}"),
            &format!("Colour type {color} with {depth} bits, an invalid combination."),
            malformed(),
            header((16, 12), depth, color, 0),
        );
    }
    push("compression-1", "Compression method 1.", malformed().or(unsupported()), {
        let mut h = rgb_header();
        h[10] = 1;
        h
    });
    push("filter-method-1", "Filter method 1.", malformed().or(unsupported()), {
        let mut h = rgb_header();
        h[11] = 1;
        h
    });
    push(
        "interlace-2",
        "Interlace method 2.",
        malformed().or(unsupported()),
        header((16, 12), 8, 2, 2),
    );
    push("ihdr-of-12-bytes", "IHDR of 12 bytes.", malformed(), rgb_header()[..12].to_vec());
}

fn palettes(cases: &mut Vec<Case>) {
    let (samples, palette) = indexed(&landscape(16, 12), 16, 4);
    let ihdr = header((16, 12), 4, 3, 0);
    let rows = zlib(&filtered(&samples, false, None));
    let with = |palette: &[u8]| {
        from_chunks(&[(b"IHDR", &ihdr), (b"PLTE", palette), (b"IDAT", &rows), (b"IEND", b"")])
    };
    let mut push = |name: &str, what: &str, threat: Option<u32>, outcome, bytes| {
        cases.push(Case { threat, ..invalid("png", name, what, outcome, bytes) });
    };
    push("plte-47-bytes", "A palette of 47 bytes.", Some(46), malformed(), with(&palette[..47]));
    push("plte-4-bytes", "A palette of 4 bytes.", Some(46), malformed(), with(&palette[..4]));
    push("plte-empty", "An empty palette.", Some(46), malformed(), with(b""));
    push("plte-257-colors", "A palette of 257 colours.", Some(46), malformed(), with(&[7; 771]));
    push(
        "plte-missing",
        "Colour type 3 without a palette.",
        None,
        malformed(),
        from_chunks(&[(b"IHDR", &ihdr), (b"IDAT", &rows), (b"IEND", b"")]),
    );
    push(
        "plte-twice",
        "Two palettes.",
        None,
        malformed(),
        from_chunks(&[
            (b"IHDR", &ihdr),
            (b"PLTE", &palette),
            (b"PLTE", &palette[..6]),
            (b"IDAT", &rows),
            (b"IEND", b""),
        ]),
    );
    push(
        "plte-after-idat",
        "The palette after the data.",
        None,
        malformed(),
        from_chunks(&[(b"IHDR", &ihdr), (b"IDAT", &rows), (b"PLTE", &palette), (b"IEND", b"")]),
    );
}

fn order(cases: &mut Vec<Case>) {
    let (ihdr, rows) = (rgb_header(), rows());
    let half = rows.len() / 2;
    let mut push = |name: &str, what: &str, outcome, chunks: &[(&[u8; 4], &[u8])]| {
        cases.push(invalid("png", name, what, outcome, from_chunks(chunks)));
    };
    push(
        "ihdr-missing",
        "IDAT first, without IHDR.",
        malformed(),
        &[(b"IDAT", &rows), (b"IEND", b"")],
    );
    push(
        "ihdr-second",
        "A text chunk before IHDR.",
        malformed(),
        &[(b"tEXt", b"a\0b"), (b"IHDR", &ihdr), (b"IDAT", &rows), (b"IEND", b"")],
    );
    push(
        "ihdr-twice",
        "Two IHDR chunks.",
        malformed(),
        &[(b"IHDR", &ihdr), (b"IHDR", &ihdr), (b"IDAT", &rows), (b"IEND", b"")],
    );
    push(
        "idat-missing",
        "No IDAT.",
        malformed().or(truncated()),
        &[(b"IHDR", &ihdr), (b"IEND", b"")],
    );
    push(
        "idat-interrupted",
        "A text chunk between two IDAT chunks.",
        malformed().or(truncated()),
        &[
            (b"IHDR", &ihdr),
            (b"IDAT", &rows[..half]),
            (b"tEXt", b"a\0b"),
            (b"IDAT", &rows[half..]),
            (b"IEND", b""),
        ],
    );
    push(
        "unknown-critical",
        "An unknown critical chunk.",
        unsupported().or(malformed()),
        &[(b"IHDR", &ihdr), (b"OWNX", b"own"), (b"IDAT", &rows), (b"IEND", b"")],
    );
    for (name, what, transfer) in [
        ("cicp-pq", "High dynamic range: cICP with PQ.", 16),
        ("cicp-hlg", "High dynamic range: cICP with HLG.", 18),
    ] {
        let (cicp, payload) = coding_independent(9, transfer);
        push(
            name,
            what,
            unsupported(),
            &[(b"IHDR", &ihdr), (&cicp, &payload), (b"IDAT", &rows), (b"IEND", b"")],
        );
    }
    push(
        "apple-cgbi",
        "Apple's CgBI variant: raw deflate and BGR.",
        unsupported().or(malformed()),
        &[(b"CgBI", &[0x50, 0, 0x20, 2]), (b"IHDR", &ihdr), (b"IDAT", &rows[2..]), (b"IEND", b"")],
    );
    push(
        "name-of-no-letters",
        "A chunk name of bytes that are not letters.",
        malformed(),
        &[(b"IHDR", &ihdr), (b"\x01\x02\x03\x04", b"own"), (b"IDAT", &rows), (b"IEND", b"")],
    );
    let mut long = from_chunks(&[(b"IHDR", &ihdr)]);
    long.extend([0xFF, 0xFF, 0xFF, 0xFF]);
    long.extend(b"IDAT");
    long.extend(&rows);
    cases.push(invalid(
        "png",
        "chunk-length-2-32",
        "A chunk of 2^32 - 1 bytes.",
        malformed().or(truncated()),
        long,
    ));
}

fn image_data(cases: &mut Vec<Case>) {
    let raw = filtered(&rgb(), false, None);
    let with =
        |data: &[u8]| from_chunks(&[(b"IHDR", &rgb_header()), (b"IDAT", data), (b"IEND", b"")]);
    let mut push = |name: &str, what: &str, outcome, bytes| {
        cases.push(invalid("png", name, what, outcome, bytes));
    };
    let short = truncated().or(malformed());
    push(
        "idat-lacks-rows",
        "The inflated data ends after five of twelve rows.",
        short.clone(),
        with(&zlib(&raw[..5 * 49])),
    );
    push(
        "idat-lacks-byte",
        "The inflated data lacks its last byte.",
        short.clone(),
        with(&zlib(&raw[..raw.len() - 1])),
    );
    push("idat-empty", "An IDAT without data.", short.clone().or(not_credible()), with(b""));
    push(
        "idat-zlib-cut",
        "A truncated zlib stream in a complete IDAT.",
        short,
        with(&rows()[..rows().len() / 2]),
    );
    push(
        "filter-5",
        "A row with filter 5.",
        malformed(),
        with(&zlib(&{
            let mut r = raw.clone();
            r[49] = 5;
            r
        })),
    );
    push(
        "zlib-header",
        "No zlib header.",
        malformed(),
        with(&[&[0xFF, 0xFF], &rows()[2..]].concat()),
    );
    push(
        "deflate-block-type-3",
        "A deflate block of the reserved type.",
        malformed(),
        with(&[&rows()[..2], &[0x07; 200]].concat()),
    );
}
