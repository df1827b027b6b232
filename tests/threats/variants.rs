//! Rows about variants: legal files that few decoders support, and files of other formats.

use bombproof::{Container, Error, Limits, Request, Size, Unsupported, probe};
use bombproof_testkit::bombs::{jpeg, png};
use bombproof_testkit::jpeg::{Frame, Options};
use bombproof_testkit::pictures::{cmyk, landscape};
use bombproof_testkit::png as png_writer;

use crate::attack::{attack, attack_with};
use crate::manifest;
use crate::sample_difference::sum_of_differences;

/// Height 0: it follows after the scan, and a decoder that needs it has to read the complete file.
#[test]
fn row_11_a_height_after_the_scan_is_not_supported() {
    for height in [1, 8, 65_535] {
        attack(&jpeg::height_in_dnl(height)).assert_refused_as("unsupported");
    }
}

/// Arithmetic coding has no minimum number of bits a block.
#[test]
fn row_12_arithmetic_coding_is_not_supported() {
    for sof in [0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF] {
        attack(&jpeg::other_process(sof)).assert_refused_as("unsupported");
    }
}

/// Four components: a third more memory, and samples that are inverted with and without an Adobe
/// segment.
#[test]
fn row_13_four_components_are_decoded_in_the_right_colours() {
    let cmyk_picture = landscape(64, 64).map(4, cmyk);
    let inverted = cmyk_picture.map(4, |from, to| {
        for (to, from) in to.iter_mut().zip(from) {
            *to = 255 - from;
        }
    });
    let file = |picture, adobe_transform| {
        let frame = Frame::new(picture, &[(1, 1); 4], 95, false);
        frame.file(&Options { adobe_transform, jfif: false, ..Options::default() })
    };
    let request = Request::cover(64, 64).pixels();
    let decoded = |bytes: &[u8]| {
        let attack = attack_with(bytes, &request, &Limits::default());
        attack.assert_picture(Size::new(64, 64)).clone().into_bytes()
    };
    let plain = decoded(&file(&inverted, None));
    let adobe = decoded(&file(&inverted, Some(0)));
    assert!(plain == adobe, "CMYK without an Adobe segment has other colours");
    // Ink absorbs light: the share that a colour lets through times the share that black does.
    let light = |ink: u8, black: u8| (255 - u32::from(ink)) * (255 - u32::from(black)) / 255;
    let expected: Vec<u8> = cmyk_picture
        .samples
        .chunks_exact(4)
        .flat_map(|pixel| [0, 1, 2].map(|i| light(pixel[i], pixel[3]) as u8))
        .collect();
    let error = sum_of_differences(&plain, &expected);
    assert!(error < 3 * plain.len() as u64, "CMYK has other colours than its inks leave: {error}");
    for transform in [None, Some(0), Some(2)] {
        attack(&jpeg::four_components(64, transform)).assert_picture(Size::new(64, 64));
    }
}

/// 12 bits, lossless, hierarchical: legal, and not what a browser shows.
#[test]
fn row_14_other_processes_are_not_supported() {
    for sof in [0xC3, 0xC5, 0xC6, 0xC7, 0xF7] {
        attack(&jpeg::other_process(sof)).assert_refused_as("unsupported");
    }
    for bits in [2, 7, 9, 12, 16] {
        attack(&jpeg::precision(bits)).assert_refused_as("unsupported");
    }
}

/// Factors of 0, of 5, of 3 beside 2: buffers of the wrong size.
#[test]
fn row_15_every_sampling_is_decoded_or_refused_by_a_rule() {
    let mut decoded = 0;
    for code in 0..6u32.pow(6) {
        let digit = |n: u32| (code / 6u32.pow(n) % 6) as u8;
        let factors = [(digit(0), digit(1)), (digit(2), digit(3)), (digit(4), digit(5))];
        // One in 11: a number without a factor in common with 6, so that all digits occur.
        if code % 11 != 0 {
            continue;
        }
        let legal = factors.iter().all(|(h, v)| (1..=4).contains(h) && (1..=4).contains(v));
        let blocks: u32 = factors.iter().map(|(h, v)| u32::from(*h) * u32::from(*v)).sum();
        let attack = attack(&jpeg::sampling(factors));
        // At most ten blocks in an MCU (T.81, B.2.3).
        if legal && blocks <= 10 {
            let size = attack.result.as_ref().unwrap_or_else(|e| panic!("{factors:?}: {e}")).size();
            assert!(!size.is_empty());
            decoded += 1;
        } else {
            attack.assert_refused_as("malformed");
        }
    }
    assert!(decoded > 20, "only {decoded} were decoded");
}

/// A GIF called photo.jpg, and a loader that nobody has fuzzed.
#[test]
fn row_29_the_first_bytes_tell_the_format_and_the_refusal_names_it() {
    let kinds = [
        ("gif", Container::Gif),
        ("heic", Container::Heic),
        ("avif", Container::Avif),
        ("tiff", Container::Tiff),
        ("bmp", Container::Bmp),
        ("svg", Container::Svg),
        ("pdf", Container::Pdf),
        ("html", Container::Html),
        ("zip", Container::Zip),
    ];
    for (name, container) in kinds {
        let path = format!("invalid/other-{name}.bin");
        let attack = attack(&manifest::read(&path));
        attack.assert_refused_as("unsupported");
        match &attack.result {
            Err(Error::Unsupported(Unsupported::Container(named))) => assert_eq!(*named, container),
            other => panic!("{other:?}"),
        }
    }
    // A format after the first bytes of another one.
    let files =
        [jpeg::with_segments(Vec::new()), png::with_options(png_writer::Options::default())];
    let mut jpeg_as_png = files[1][..8].to_vec();
    jpeg_as_png.extend(&files[0]);
    attack(&jpeg_as_png).assert_refused();
    assert_eq!(probe(&files[0]).unwrap().format().name(), "jpeg");
    let refused = attack_with(&files[1], &Request::cover(9, 9), &{
        let mut limits = Limits::default();
        limits.formats.png = false;
        limits
    });
    refused.assert_refused_as("unsupported");
    assert!(refused.result.as_ref().unwrap_err().to_string().contains("PNG"));
}

/// imgproxy gave an icon of 23 bytes to a loader that nobody had fuzzed, and that took four gigabytes.
#[test]
fn row_52_no_other_container_is_searched_for_a_picture() {
    attack(&manifest::read("invalid/other-icon.bin")).assert_refused();
    let pictures = [png::with_options(png_writer::Options::default()), jpeg::fill_bytes(0)];
    let heads: [&[u8]; 9] = [
        b"\0\0\x01\0\x01\0\0\0\0\0\x01\0\x20\0\xFF\xFF\xFF\xFF\x16\0\0\0",
        b"\0\0\x02\0\x01\0",
        b"icns\xFF\xFF\xFF\xFFic10\xFF\xFF\xFF\xF7",
        b"8BPS\0\x01",
        b"DDS |\0\0\0",
        b"\0\0\0\x0CJXL \r\n\x87\n",
        b"\0\0\0\x0CjP  \r\n\x87\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"qoif\0\0\xFF\xFF\0\0\xFF\xFF\x03\0",
    ];
    for head in heads {
        for picture in &pictures {
            attack(&[head, picture].concat()).assert_refused();
        }
    }
}
