//! Every file that once broke a promise, with its name and its story. All of them go through all
//! properties too.
//!
//! The files are in `tests/regressions`. To add a finding of a fuzz target, put the file that
//! reached the library there, reduced as far as it still shows the fault, and write a test here.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::fs;
use std::path::PathBuf;

use bombproof::{Error, IccKind, Limits, Orientation, Request, Size, probe};
use checksum::fnv1a64;
use properties::{Fit, Output, RequestParts};

#[path = "support/checksum.rs"]
mod checksum;
#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/properties/mod.rs"]
mod properties;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

/// The files; a test below tells the story of each.
const FILES: [&str; 15] = [
    DATA_AND_NO_MARKER,
    EXIF_WITHOUT_FLAG,
    PROFILE_AFTER_PICTURE,
    PROGRESSIVE_WITHOUT_TABLE,
    REFINED_DC_OF_A_MISSING_TABLE,
    RESTART_AFTER_THE_SCAN,
    RESTART_INSIDE_A_ROW,
    SCAN_AFTER_THE_LAST_BIT,
    TWO_CHUNKS_WITHOUT_AN_END,
    VP8_COEFFICIENT,
    VP8_FILTER_LEVELS,
    VP8L_COLOR_NEVER_CACHED,
    VP8L_NOISE,
    VP8L_OVERSUBSCRIBED_CODE,
    VP8L_SYMBOLS_OUT_OF_ORDER,
];

const DATA_AND_NO_MARKER: &str = "data-and-no-marker-after-the-scan.jpg";
const EXIF_WITHOUT_FLAG: &str = "exif-without-flag.webp";
const PROFILE_AFTER_PICTURE: &str = "profile-after-picture.webp";
const PROGRESSIVE_WITHOUT_TABLE: &str = "progressive-without-table.jpg";
const REFINED_DC_OF_A_MISSING_TABLE: &str = "refined-dc-of-a-missing-table.jpg";
const RESTART_AFTER_THE_SCAN: &str = "restart-after-the-scan.jpg";
const RESTART_INSIDE_A_ROW: &str = "restart-inside-a-row.jpg";
const SCAN_AFTER_THE_LAST_BIT: &str = "scan-after-the-last-bit.jpg";
const TWO_CHUNKS_WITHOUT_AN_END: &str = "two-chunks-without-an-end.png";
const VP8_COEFFICIENT: &str = "vp8-coefficient-of-17-bits.webp";
const VP8_FILTER_LEVELS: &str = "vp8-filter-levels-of-libwebp.webp";
const VP8L_COLOR_NEVER_CACHED: &str = "vp8l-color-that-was-never-cached.webp";
const VP8L_NOISE: &str = "vp8l-noise-read-by-libwebp.webp";
const VP8L_OVERSUBSCRIBED_CODE: &str = "vp8l-oversubscribed-code.webp";
const VP8L_SYMBOLS_OUT_OF_ORDER: &str = "vp8l-symbols-out-of-order.webp";

/// A prefix code with the lengths 1, 1, 1, 2, 3, ... 14, 15, 15: exactly twice as many codes as
/// fit. image-webp 0.2.4 adds them up modulo 2^16, mistakes the sum for that of a complete code,
/// and panics: with debug assertions on an overflow, without them on an index past the end of its
/// tree. Our reader of VP8L headers checks every code in exact arithmetic before the codec sees the
/// data, and refuses codes that are not complete (RFC 9649, 3.7.2.1.2).
#[test]
fn an_oversubscribed_prefix_code_is_refused_before_the_codec_sees_it() {
    let refused = probe(&read(VP8L_OVERSUBSCRIBED_CODE));
    assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
}

/// An EXIF chunk after the picture of a WebP whose VP8X declares none. It rotated the picture, and
/// a prefix that ended inside the chunk gave the picture unrotated, which is another picture (P6;
/// target `webp_structure`). Metadata after the picture now count only with their flag, as in
/// libwebp, and a file without the metadata that its flags declare is truncated.
#[test]
fn exif_after_the_picture_without_a_flag_does_not_rotate_it() {
    let bytes = read(EXIF_WITHOUT_FLAG);
    assert_eq!(probe(&bytes).unwrap().orientation(), Orientation::Upright);
    let flagged = with_vp8x_flags(bytes, 0x08);
    assert_eq!(probe(&flagged).unwrap().orientation(), Orientation::Rotate270);
    every_prefix_is_refused_or_the_same(&flagged);
}

/// The same with a colour profile, whose place is before the picture (RFC 9649, 2.7.1.3).
#[test]
fn a_profile_after_the_picture_without_a_flag_changes_no_color() {
    let bytes = read(PROFILE_AFTER_PICTURE);
    assert_eq!(probe(&bytes).unwrap().icc(), None);
    let flagged = with_vp8x_flags(bytes, 0x20);
    assert_eq!(probe(&flagged).unwrap().icc(), Some(IccKind::Rgb));
    every_prefix_is_refused_or_the_same(&flagged);
}

/// A frame with a coefficient of -131,068: a level of -2,114 times its step (target
/// `differential_webp`). libwebp keeps the lower 16 bits, which are 4. image-webp and we kept all
/// bits, and decoded the sample below to 175.
#[test]
fn a_coefficient_has_16_bits() {
    let [luma, ..] = bombproof::instrument::planes(&read(VP8_COEFFICIENT)).unwrap();
    assert_eq!((luma.width, luma.samples.len()), (150, 150 * 100));
    assert_eq!(luma.samples[63 * 150 + 129], 176);
}

/// A frame whose segments add 21 and 25 to a filter level of 43, from which intra prediction
/// subtracts 2 (target `differential_webp`). The source code of RFC 6386 and image-webp limit the
/// level to 63 before they subtract the 2; libwebp, and therefore browsers, limit it at the end. We
/// followed the RFC, and decoded the sample below to 188.
#[test]
fn a_filter_level_is_limited_after_all_additions() {
    let [luma, ..] = bombproof::instrument::planes(&read(VP8_FILTER_LEVELS)).unwrap();
    assert_eq!((luma.width, luma.samples.len()), (32, 32 * 11));
    assert_eq!(luma.samples[7 * 32 + 11], 177);
}

/// A VP8L stream that reads slots of the colour cache before anything is stored there (target
/// `differential_webp`). Such a slot reads as 0, and libwebp inserts the colour that it reads, so
/// that slot 0 is 0 from then on. RFC 9649, 5.2.3, mentions literals and copies only. We left slot
/// 0 as it was, and decoded the sample below to 235.
#[test]
fn a_color_that_was_never_cached_is_inserted() {
    let [red, ..] = bombproof::instrument::planes(&read(VP8L_COLOR_NEVER_CACHED)).unwrap();
    assert_eq!((red.width, red.samples.len()), (2, 2 * 383));
    assert_eq!(red.samples[2 * 130], 0);
}

/// A randomly changed VP8L stream, which image-webp 0.2.4 decodes to other pixels than we do
/// (target `differential_webp`). libwebp agrees with us: the checksum is that of the red, green and
/// blue that `dwebp -pam` writes. image-webp cannot judge lossless noise, so the target compares
/// with libwebp alone.
#[test]
fn lossless_noise_gives_the_pixels_of_libwebp() {
    let picture = bombproof::decode(&read(VP8L_NOISE), &Limits::default()).unwrap();
    assert_eq!(picture.pixels().len(), 37 * 29 * 3);
    assert_eq!(fnv1a64(picture.pixels()), "9d4d7190d63c17bb");
}

/// A VP8L stream with a code of two symbols, 35 before 2 (target `differential_webp`). Both have
/// length 1, and a canonical code orders them by symbol (RFC 9649, 3.7.2.1.1), so that 2 has the
/// code 0. image-webp 0.2.4 gives that code to the symbol that comes first, misreads the bits that
/// follow, and refuses the file. The checksum is that of what `dwebp -pam` writes.
#[test]
fn two_symbols_have_codes_in_the_order_of_their_numbers() {
    let picture = bombproof::decode(&read(VP8L_SYMBOLS_OUT_OF_ORDER), &Limits::default()).unwrap();
    assert_eq!(picture.pixels().len(), 3 * 113 * 3);
    assert_eq!(fnv1a64(picture.pixels()), "d0fcb646dc88b451");
}

/// A progressive JPEG whose first scan names a Huffman table that no DHT defines (target
/// `differential_jpeg`). The tables of T.81, K.3, are the default only because Motion JPEG leaves
/// them out, and its frames are sequential. Here they decoded data that were written with other
/// tables. libjpeg-turbo refuses the file.
#[test]
fn a_progressive_scan_without_its_table_is_refused() {
    let refused = bombproof::decode(&read(PROGRESSIVE_WITHOUT_TABLE), &Limits::default());
    let Err(Error::Malformed(malformed)) = refused else { panic!("{refused:?}") };
    assert_eq!(malformed.what(), "a scan without its Huffman table");
}

/// A progressive JPEG whose refinement of DC names a DC table that no segment defines (target
/// `differential_jpeg`). Such a scan has no codes (T.81, G.1.2.1), so nothing is missing. zune-jpeg
/// keeps what came before that scan. The checksum is that of the pixels that `djpeg -dct int -pnm`
/// writes.
#[test]
fn a_refinement_of_dc_needs_no_table() {
    let picture = bombproof::decode(&read(REFINED_DC_OF_A_MISSING_TABLE), &Limits::default());
    let picture = picture.unwrap();
    assert_eq!(picture.pixels().len(), 45 * 37 * 3);
    assert_eq!(fnv1a64(picture.pixels()), "ce3b09549ff22b03");
}

/// A sequential JPEG with a restart marker and more invalid data after its last MCU (target
/// `differential_jpeg`). zune-jpeg refuses it. libjpeg-turbo warns of the bytes and shows the picture.
/// Data after the last MCU is what a damaged height or code leaves over, so it is malformed.
#[test]
fn data_after_the_last_mcu_is_malformed() {
    let refused = bombproof::instrument::planes(&read(RESTART_AFTER_THE_SCAN));
    let Err(Error::Malformed(malformed)) = refused else { panic!("{refused:?}") };
    assert_eq!(malformed.what(), "data after the last block of a scan");
}

/// Bytes follow the last MCU and no marker follows them, so they are appended data (target
/// `sanitised_view`). The view once put EOI behind them, which made them damage.
#[test]
fn data_after_the_last_mcu_of_a_file_without_eoi_stays_appended_data() {
    let file = read(DATA_AND_NO_MARKER);
    let view = bombproof::instrument::sanitised_view(&file).unwrap();
    assert!(!view.ends_with(b"\xFF\xD9"));
    let request = Request::full_size().pixels();
    let of_file = bombproof::thumbnail(&file, &request, &Limits::default()).unwrap();
    assert_eq!(bombproof::thumbnail(&view, &request, &Limits::default()).unwrap(), of_file);
}

/// A PNG of IHDR and IDAT alone, under a limit of one chunk beside IDAT (target `png_structure`). Its view
/// ends with IEND, a chunk and 12 bytes more than the upload has. The property once held the view to the
/// limits of the upload, which only an upload has to keep.
#[test]
fn the_end_that_a_view_adds_counts_for_no_limit() {
    let file = read(TWO_CHUNKS_WITHOUT_AN_END);
    let mut limits = Limits::default();
    limits.max_segments = probe(&file).unwrap().segments();
    limits.max_input_bytes = file.len() as u64;
    assert_eq!(limits.max_segments, 1);
    assert!(bombproof::decode(&file, &limits).is_ok());
    let view = bombproof::instrument::sanitised_view(&file).unwrap();
    assert_eq!((view.len(), probe(&view).unwrap().segments()), (file.len() + 12, 2));
    properties::sanitised_view_is_self_contained(&file, &limits);
}

/// A grey JPEG of five MCUs a row with a restart marker after every eighth MCU (target
/// `differential_jpeg`). When zune-jpeg 0.5.16-rc3 has read the marker ahead at the end of a row,
/// it restarts there, one MCU too early, and decodes the sample below to 98. The coefficients and
/// libjpeg-turbo give 55. zune-jpeg cannot judge restart intervals, so the target leaves them out.
#[test]
fn a_restart_marker_inside_a_row_takes_effect_where_it_is_due() {
    let [gray, ..] = bombproof::instrument::planes(&read(RESTART_INSIDE_A_ROW)).unwrap();
    assert_eq!((gray.width, gray.samples.len()), (34, 34 * 34));
    assert_eq!(gray.samples[24 * 34], 55);
}

#[test]
fn every_file_here_has_a_story_and_every_story_a_file() {
    let mut found: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut named = FILES;
    named.sort();
    assert_eq!(found, named);
}

/// A progressive file sent every bit of its coefficients and then the first scan of DC once more, which
/// has one bit less. libjpeg shows the less precise picture. Without its end the file is complete as
/// well, and was another picture. Now nothing after the last bit is read.
#[test]
fn a_scan_after_the_last_bit_makes_no_other_picture() {
    let bytes = read(SCAN_AFTER_THE_LAST_BIT);
    let request = Request::full_size().pixels();
    let picture = |bytes: &[u8]| bombproof::thumbnail(bytes, &request, &Limits::default()).unwrap();
    let sos = bytes.windows(2).rposition(|two| two == [0xFF, 0xDA]).unwrap();
    assert_eq!(picture(&bytes[..sos]), picture(&bytes));
    assert_eq!(probe(&bytes).unwrap().scans(), Some(7));
}

/// Everything that the fuzz targets assert of any bytes.
#[test]
fn every_file_keeps_every_promise() {
    let mut limits = Limits::default();
    limits.max_pixels = 4_000_000;
    for name in FILES {
        let bytes = read(name);
        println!("{name}");
        properties::decode_keeps_the_promise(&bytes, &limits);
        properties::sanitised_view_is_self_contained(&bytes, &limits);
        properties::jpeg_is_decoded_as_defined(&bytes);
        properties::exif_is_read_the_same_in_every_format(&bytes);
        properties::any_profile_keeps_the_promise(&bytes, &limits);
        let header = properties::probe_allocates_nothing(&bytes);
        for parts in request_parts() {
            if let Some(header) = &header {
                properties::plan_keeps_the_promise(header, &parts, &limits);
            }
            properties::job_keeps_the_promise(&bytes, &parts.request(), &limits);
        }
        every_prefix_is_refused_or_the_same(&bytes);
    }
}

/// Every prefix of a small file; of a larger one, 400 of them.
fn every_prefix_is_refused_or_the_same(bytes: &[u8]) {
    let lengths: Vec<usize> = (0..bytes.len()).step_by(1 + bytes.len() / 400).collect();
    let request = Request::contain(16, 16).pixels();
    properties::no_prefix_is_another_picture(bytes, &request, &Limits::default(), &lengths);
}

/// The flags follow the RIFF header and the header of the VP8X chunk.
fn with_vp8x_flags(mut file: Vec<u8>, flags: u8) -> Vec<u8> {
    file[20] = flags;
    file
}

fn request_parts() -> Vec<RequestParts> {
    let several = vec![Size::new(64, 64), Size::new(9, 30), Size::new(1, 1)];
    vec![
        RequestParts::default(),
        RequestParts { output: Output::Pixels, sizes: several, ..RequestParts::default() },
        RequestParts {
            fit: Fit::Contain,
            output: Output::Jpeg(70),
            enlarge: true,
            ..RequestParts::default()
        },
        RequestParts { fit: Fit::Full, output: Output::WebPLossless, ..RequestParts::default() },
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/regressions")
}

fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
