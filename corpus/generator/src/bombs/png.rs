//! PNG: pixel and chunk floods, inflate bombs, extreme shapes, APNG.

use super::{bomb, error, flood, over, picture};
use crate::exif::ByteOrder;
use crate::manifest::{Case, Facts, Outcome};
use crate::pictures::card;
use crate::png::{Options, Samples, chunk, file, filtered, from_chunks, header, zlib};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, threat, what: &str, outcome, bytes| {
        cases.push(bomb("png", name, threat, what, outcome, bytes));
    };
    let bare = |size, depth, color, interlace, data: &[u8]| {
        from_chunks(&[
            (b"IHDR", &header(size, depth, color, interlace)),
            (b"IDAT", data),
            (b"IEND", b""),
        ])
    };
    let not_there = || error("not_credible").or(error("truncated"));
    push(
        "flood-65535",
        1,
        "65,535 × 65,535 pixels in 65 bytes.",
        flood(),
        bare((65_535, 65_535), 8, 6, 0, &zlib(&[])),
    );
    push(
        "flood-2-31",
        1,
        "The largest sides that a PNG can say.",
        flood(),
        bare(((1 << 31) - 1, (1 << 31) - 1), 16, 6, 0, &zlib(&[])),
    );
    push("flood-25500", 1, "25,500 × 25,500 pixels in 49 bytes, without IEND.", flood(), {
        let mut bytes = from_chunks(&[(b"IHDR", &header((25_500, 25_500), 8, 2, 0))]);
        chunk(&mut bytes, b"IDAT", &[0x78, 0x9C, 0, 0]);
        bytes
    });
    push(
        "absent-10000",
        2,
        "10,000 × 10,000 pixels and hardly any data: within the limits, not credible.",
        not_there(),
        bare((10_000, 10_000), 8, 6, 0, &zlib(&[0; 500])),
    );
    let samples = Samples::of(&card(16, 16), 8);
    let good = |options: Options| file(&samples, &options);
    push(
        "idat-inflates-past-image",
        4,
        "16×16 pixels whose IDAT goes on to inflate to 40 MB.",
        picture(16, 16).or(error("malformed")),
        {
            let rows = [filtered(&samples, false, None), vec![0; 40 << 20]].concat();
            bare((16, 16), 8, 2, 0, &zlib(&rows))
        },
    );
    let huge = zlib(&vec![0; 50 << 20]);
    push(
        "iccp-50-mb",
        5,
        "A profile that inflates to 50 MB.",
        picture(16, 16),
        good(Options {
            before_palette: vec![(*b"iCCP", [b"own\0\0".as_slice(), &huge].concat())],
            ..Options::default()
        }),
    );
    push(
        "ztxt-50-mb",
        6,
        "A text that inflates to 50 MB.",
        picture(16, 16),
        good(Options {
            before_data: vec![(*b"zTXt", [b"own\0\0".as_slice(), &huge].concat())],
            ..Options::default()
        }),
    );
    push(
        "itxt-50-mb",
        6,
        "An international text that inflates to 50 MB.",
        picture(16, 16),
        good(Options {
            before_data: vec![(*b"iTXt", [b"own\0\x01\0\0\0".as_slice(), &huge].concat())],
            ..Options::default()
        }),
    );
    push(
        "exif-60-kb",
        50,
        "An eXIf chunk that is almost all of the file.",
        picture(16, 16),
        good(Options {
            before_data: vec![(*b"eXIf", [ByteOrder::Big.tiff_header(), vec![0; 60_000]].concat())],
            ..Options::default()
        }),
    );
    let text = (*b"tEXt", b"a\0".to_vec());
    push(
        "chunks-before-data",
        7,
        "2,000 text chunks before the data.",
        over(&["max_segments"]),
        good(Options { before_data: vec![text.clone(); 2_000], ..Options::default() }),
    );
    push(
        "chunks-after-data",
        7,
        "2,000 text chunks behind the data.",
        picture(16, 16).or(over(&["max_segments"])),
        good(Options { after_data: vec![text; 2_000], ..Options::default() }),
    );
    push(
        "idat-empty-4000",
        7,
        "4,000 empty IDAT chunks before the one with data.",
        picture(16, 16),
        {
            let ihdr = header((16, 16), 8, 2, 0);
            let rows = zlib(&filtered(&samples, false, None));
            let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"IHDR", &ihdr)];
            chunks.extend(std::iter::repeat_n((b"IDAT", b"".as_slice()), 4_000));
            chunks.extend([(b"IDAT", rows.as_slice()), (b"IEND", b"")]);
            from_chunks(&chunks)
        },
    );
    let blank = |(width, height): (u32, u32), bits: u32| {
        let row = 1 + (width as usize * bits as usize).div_ceil(8);
        zlib(&vec![0; row * height as usize])
    };
    let black = |size: (u32, u32), depth: u8, color: u8, bits: u32| {
        bare(size, depth, color, 0, &blank(size, bits))
    };
    push(
        "aspect-1x100000",
        31,
        "A good file of 1 × 100,000 grey pixels.",
        over(&["max_side_px"]),
        black((1, 100_000), 8, 0, 8),
    );
    push(
        "aspect-1x32768",
        31,
        "A good file of 1 × 32,768 grey pixels, the longest side allowed.",
        picture(1, 32_768),
        black((1, 32_768), 8, 0, 8),
    );
    push(
        "aspect-32768x1",
        31,
        "A good file of 32,768 × 1 grey pixels.",
        picture(32_768, 1),
        black((32_768, 1), 8, 0, 8),
    );
    push(
        "aspect-1x150",
        32,
        "A good file of 1 × 150 pixels: the small side must not become 0.",
        picture(1, 150),
        black((1, 150), 8, 2, 24),
    );
    push(
        "bits-64-megapixels",
        26,
        "A good file of 8,000 × 8,000 pixels of one bit.",
        picture(8_000, 8_000),
        black((8_000, 8_000), 1, 0, 1),
    );
    let deep = Outcome::picture(Facts { alpha: true, ..Facts::new(32_768, 100) });
    push(
        "rgba-16-wide",
        26,
        "A good file of 32,768 × 100 pixels of 64 bits.",
        deep,
        black((32_768, 100), 16, 6, 64),
    );
    let interlaced =
        |width, height| Outcome::picture(Facts { progressive: true, ..Facts::new(width, height) });
    push(
        "adam7-wide",
        25,
        "Adam7 of 30,000 × 300 pixels of one bit.",
        interlaced(30_000, 300),
        bare((30_000, 300), 1, 0, 1, &zlib(&vec![0; 30_000 * 300 / 8 + 8_000])),
    );
    push(
        "adam7-flood",
        25,
        "Adam7 of 65,535 × 65,535 pixels.",
        flood(),
        bare((65_535, 65_535), 8, 6, 1, &zlib(&[0; 100])),
    );
    push(
        "apng-700-frames",
        17,
        "APNG of 700 frames.",
        Outcome::picture(Facts { animated: true, ..Facts::new(16, 16) })
            .or(over(&["max_segments"])),
        frames(&samples, 700, 700),
    );
    push(
        "apng-says-2-31-frames",
        17,
        "APNG that says 2^31 - 1 frames and has one.",
        Outcome::picture(Facts { animated: true, ..Facts::new(16, 16) }).or(error("malformed")),
        frames(&samples, (1 << 31) - 1, 1),
    );
    cases
}

/// An APNG of `count` frames, the first being the default image, that says it has `said`.
fn frames(samples: &Samples, said: u32, count: u32) -> Vec<u8> {
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
    file(
        samples,
        &Options { before_data: vec![animation, control(0, 16)], after_data, ..Options::default() },
    )
}
