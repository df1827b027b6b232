//! PNG files that break rules: shown if every pixel is there, else refused.
//!
//! What proves that every pixel is there is the number of rows and the Adler-32 checksum of the
//! zlib stream. The CRCs of IDAT chunks and the end of the file prove nothing beyond that.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Error, Limit, Limits, Rect, Request, Thumbnail, probe, thumbnail};
use bombproof_testkit::pictures::landscape;
use bombproof_testkit::png::{Options, Samples, file, filtered, from_chunks, header, zlib};
use bombproof_testkit::{bombs, untidy_png};

/// Every pixel, a small picture, and the first two rows alone.
fn requests() -> [Request; 3] {
    let top = Rect { x: 0, y: 0, width: 16, height: 2 };
    [
        Request::full_size().pixels(),
        Request::cover(4, 4).png(),
        Request::full_size().crop(top).pixels(),
    ]
}

fn run(bytes: &[u8], request: &Request) -> Result<Thumbnail, Error> {
    thumbnail(bytes, request, &Limits::default())
}

#[test]
fn a_file_of_which_every_pixel_is_there_shows_the_pixels_of_the_tidy_file() {
    let mut files = 0;
    for untidy in untidy_png::complete() {
        let name = untidy.name;
        assert_eq!(probe(&untidy.bytes).unwrap().alpha(), untidy.alpha, "{name}");
        for request in requests() {
            let shown = run(&untidy.bytes, &request).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(shown == run(&untidy.tidy, &request).unwrap(), "{name}: other pixels");
        }
        files += 1;
    }
    assert!(files >= 50, "{files}");
}

#[test]
fn a_file_that_lacks_something_is_refused_at_every_size_and_crop() {
    for incomplete in untidy_png::incomplete() {
        for request in requests() {
            let expected = if incomplete.truncated { "truncated" } else { "malformed" };
            match run(&incomplete.bytes, &request) {
                Ok(_) => panic!("{}: shown", incomplete.name),
                Err(error) => assert_eq!(error.kind(), expected, "{}: {error}", incomplete.name),
            }
        }
    }
}

/// Only the first two rows are wanted. A file that ends in row 5 or in the checksum is refused all
/// the same, with the number of rows that are there.
#[test]
fn a_file_that_ends_in_its_image_data_is_refused_with_the_row_that_it_reached() {
    let complete = file(&Samples::of(&landscape(16, 12), 8), &Options::default());
    let start = complete.windows(4).position(|name| name == b"IDAT").unwrap() + 4;
    let checksum_end = complete.len() - 16;
    let mut reached = Vec::new();
    for end in start + 1..checksum_end {
        for request in requests() {
            match run(&complete[..end], &request) {
                Err(Error::Truncated(truncated)) => {
                    let (rows, expected) = truncated.rows().unwrap();
                    assert_eq!(expected, 12);
                    reached.push(rows);
                }
                other => panic!("{end}: {other:?}"),
            }
        }
    }
    assert!(reached.is_sorted() && reached[0] == 0 && reached.ends_with(&[12]), "{reached:?}");
    for request in requests() {
        let expected = run(&complete, &request).unwrap();
        for end in checksum_end..complete.len() {
            assert!(run(&complete[..end], &request).unwrap() == expected, "{end}");
        }
    }
}

/// Every combination of what may be wrong at the end of a file. The checksum and the number of rows
/// decide alone.
#[test]
fn the_checksum_and_the_rows_decide_and_no_crc_and_no_end_of_the_file() {
    let samples = Samples::of(&landscape(16, 12), 8);
    let rows = filtered(&samples, false, None);
    let ihdr = header((16, 12), 8, 2, 0);
    let expected = run(&file(&samples, &Options::default()), &requests()[0]).unwrap();
    for row_bytes in [rows.len() - 49, rows.len() - 1, rows.len(), rows.len() + 1] {
        let mut inflated = rows.clone();
        inflated.resize(row_bytes, 0);
        for adler in ["right", "wrong", "missing"] {
            let mut data = zlib(&inflated);
            let length = data.len();
            match adler {
                "wrong" => data[length - 2] ^= 4,
                "missing" => data.truncate(length - 4),
                _ => {}
            }
            for crc_is_right in [true, false] {
                let mut bytes = from_chunks(&[(b"IHDR", &ihdr), (b"IDAT", &data)]);
                if !crc_is_right {
                    *bytes.last_mut().unwrap() ^= 1;
                }
                for end in [&b"\0\0\0\0IEND\xAE\x42\x60\x82"[..], b"", b"\0\0\0\0IE", &[0; 12]] {
                    let file = [&bytes[..], end].concat();
                    let case = format!("{row_bytes} bytes, Adler {adler}, {crc_is_right}, {end:?}");
                    let kind = match run(&file, &requests()[0]) {
                        Ok(shown) => {
                            assert!(shown == expected, "{case}");
                            "picture"
                        }
                        Err(error) => error.kind(),
                    };
                    let right = match (row_bytes.cmp(&rows.len()), adler) {
                        (std::cmp::Ordering::Less, _) => "truncated",
                        (std::cmp::Ordering::Greater, _) => "malformed",
                        (_, "right") => "picture",
                        (_, "wrong") => "malformed",
                        _ => "truncated",
                    };
                    assert_eq!(kind, right, "{case}");
                }
            }
        }
    }
}

#[test]
fn interlaced_and_16_bit_pictures_end_with_their_checksum_too() {
    for (samples, interlaced) in [
        (Samples::of(&landscape(13, 9).with_alpha(), 16), true),
        (Samples::of(&landscape(13, 9).gray(), 1), true),
        (Samples::of(&landscape(300, 200), 8), false),
    ] {
        let tidy = file(&samples, &Options { interlaced, idat_bytes: 90, ..Options::default() });
        let expected = run(&tidy, &requests()[1]).unwrap();
        assert!(run(&tidy[..tidy.len() - 16], &requests()[1]).unwrap() == expected);
        for missing in [17, 19, 60] {
            let cut = run(&tidy[..tidy.len() - missing], &requests()[1]);
            assert!(matches!(cut, Err(Error::Truncated(_))), "{cut:?}");
        }
        let mut wrong = tidy.clone();
        wrong[tidy.len() - 17] ^= 0x80;
        assert_eq!(run(&wrong, &requests()[1]).unwrap_err().kind(), "malformed");
    }
}

/// At every depth, in every channel and in every bit that the samples have: a colour that differs in
/// one bit is opaque. Bits of tRNS beyond the depth do not count.
#[test]
fn a_transparent_color_is_compared_in_every_channel_and_bit() {
    for (depth, color_type, channels) in [(8u8, 0u8, 1u32), (16, 0, 1), (8, 2, 3), (16, 2, 3)] {
        let bits = u32::from(depth) * channels;
        // 0xA5C3, 0x5A3C and 0x9669, or their low bytes.
        let key: Vec<u8> = [0xA5, 0xC3, 0x5A, 0x3C, 0x96, 0x69][..2 * channels as usize].to_vec();
        let color: Vec<u8> =
            key.chunks(2).flat_map(|two| &two[2 - depth as usize / 8..]).copied().collect();
        // A pixel of the colour, and one for each bit that differs.
        let mut row = color.clone();
        for bit in 0..bits {
            let mut other = color.clone();
            other[bit as usize / 8] ^= 1 << (bit % 8);
            row.extend(other);
        }
        let file = from_chunks(&[
            (b"IHDR", &header((1 + bits, 1), depth, color_type, 0)),
            (b"tRNS", &key),
            (b"IDAT", &zlib(&[&[0], &row[..]].concat())),
            (b"IEND", b""),
        ]);
        let made = run(&file, &Request::full_size().pixels()).unwrap().into_picture().unwrap();
        let pixel_bytes = made.layout().bytes_per_pixel();
        let alphas: Vec<u8> =
            made.pixels().chunks(pixel_bytes).map(|pixel| pixel[pixel_bytes - 1]).collect();
        let expected = [&[0][..], &vec![255; bits as usize]].concat();
        assert_eq!(alphas, expected, "{depth} bits, {channels} channels");
    }
}

/// Frames are not shown, so they do not count. Other chunks do.
#[test]
fn an_animation_of_any_number_of_frames_is_shown_and_a_flood_of_other_chunks_is_not() {
    let request = Request::cover(8, 8).pixels();
    let one = run(&bombs::png::frames(1, 1), &request).unwrap();
    for count in [520, 2_000, 100_000] {
        let many = bombs::png::frames(count, count);
        assert_eq!(
            probe(&many).unwrap().segments(),
            probe(&bombs::png::frames(1, 1)).unwrap().segments()
        );
        assert!(run(&many, &request).unwrap() == one, "{count} frames");
    }
    let flood = run(&bombs::png::chunks(2_000, true), &request);
    assert!(matches!(flood, Err(Error::OverLimit { limit: Limit::Segments, .. })), "{flood:?}");
}
