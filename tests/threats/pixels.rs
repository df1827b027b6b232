//! Rows about pixels: floods, absent data, extreme shapes, depths.

use bombproof::{Error, Layout, Limit, Limits, Picture, Request, Size, thumbnail};
use bombproof_testkit::bombs::{jpeg, png, truncated, webp};

use crate::attack::{SMALL, attack, attack_with};
use crate::manifest;

const DIMENSIONS: [Limit; 2] = [Limit::Side, Limit::Pixels];

/// lottapixel: 64,250 × 64,250 in 4,856 bytes made decoders allocate gigabytes and crash.
#[test]
fn row_01_a_pixel_flood_is_refused_before_any_allocation() {
    for bomb in [
        jpeg::flood(0xC0, 64_250, 4_856),
        jpeg::flood(0xC2, 65_535, 166),
        png::flood((65_535, 65_535), 8, 6),
        png::flood_without_end((25_500, 25_500)),
    ] {
        let attack = attack(&bomb);
        attack.assert_over_limit(&DIMENSIONS);
        assert!(attack.work.parsed_bytes <= 2 * bomb.len() as u64, "{attack:?}");
    }
    // The largest that a WebP can declare is within the limits, but the data are not there.
    for bomb in [webp::absent_pixels(16_383, 16_383), webp::one_color(16_384, 16_384)] {
        let attack = attack(&bomb);
        attack.assert_refused_as("not_credible");
        assert!(attack.work.parsed_bytes <= 2 * bomb.len() as u64, "{attack:?}");
    }
}

/// 86 bytes that declare 154 megapixels kept a decoder busy for 34 s, reading zeros past the end.
#[test]
fn row_02_declared_but_absent_pixels_are_not_credible() {
    for bomb in [
        jpeg::flood(0xC0, 10_000, 2_000),
        jpeg::flood(0xC2, 10_000, 2_000),
        png::absent_pixels((10_000, 10_000), 6, 0, 500),
        png::absent_pixels((10_000, 10_000), 6, 1, 500),
        webp::absent_pixels(10_000, 10_000),
        webp::absent_pixels(2_000, 2_000),
    ] {
        attack(&bomb).assert_refused_as("not_credible");
    }
}

/// The bound of credible sizes accepts a file with just enough data, and refuses it with less.
#[test]
fn row_02_just_enough_data_is_credible_and_less_is_not() {
    // 8 × 8 blocks at one bit a block: 64 DC codes in 8 bytes.
    let complete = jpeg::coefficients(512, 512);
    attack(&complete).assert_picture(Size::new(256, 256));
    let mut short = complete;
    // The last bytes are data and EOI: without 300 of the 512 data bytes the blocks are not there.
    short.drain(short.len() - 302..short.len() - 2);
    attack(&short).assert_refused_as("not_credible");
}

/// Half a picture, the rest grey, stored as a success.
#[test]
fn row_03_a_truncated_file_is_an_error_and_never_gray() {
    for path in ["photo.jpg", "photo-progressive.jpg", "photo.png", "photo.webp", "lossless.webp"] {
        let path = format!("valid/{path}");
        let file = manifest::read(&path);
        for keep in (10..1_000).step_by(45).chain([990, 995]) {
            let attack = attack(&truncated(&file, keep));
            let error = attack.result.as_ref().expect_err("a truncated file is refused");
            let kind = error.kind();
            assert!(["truncated", "not_credible"].contains(&kind), "{path} at {keep}: {error}");
        }
    }
}

/// A caller that accepts a part says which share of the rows is enough, and is told where it ends.
#[test]
fn row_03_a_truncated_picture_is_only_for_a_caller_that_accepts_it() {
    let half = truncated(&manifest::read("valid/photo.jpg"), 500);
    let request = Request::cover(256, 256);
    let refused = attack_with(&half, &request.accept_truncated(90), &Limits::default());
    assert_eq!(refused.result.as_ref().unwrap_err().kind(), "truncated");
    let accepted = attack_with(&half, &request.accept_truncated(20), &Limits::default());
    let thumbnail = accepted.result.as_ref().expect("the rows that are there");
    let (reached, expected) = thumbnail.truncated().unwrap().rows().unwrap();
    assert!(expected / 5 <= reached && reached < expected, "{reached} of {expected}");
}

/// Image data that go on after the last row, for 40 MB. The checksum, which proves the rows, comes
/// after them, so the file is refused. The first byte too many is enough for that.
#[test]
fn row_04_image_data_past_the_last_row_are_never_inflated() {
    let clean = attack(&png::image_data_past_image(0));
    clean.assert_picture(SMALL);
    for bomb in [
        png::image_data_past_image(1),
        png::image_data_past_image(40 << 20),
        // What is not read may be wrong: the stream breaks off inside its tail.
        png::image_data_past_image_truncated(40 << 20, 900),
    ] {
        let bomb = attack(&bomb);
        let Err(error) = &bomb.result else { panic!("{bomb:?}") };
        assert_eq!(error.kind(), "malformed");
        assert_eq!(bomb.work.pixels, 256);
        assert!(bomb.work.polls <= clean.work.polls + 1, "{bomb:?} {clean:?}");
        assert!(bomb.heap.peak_bytes <= clean.heap.peak_bytes + 128 * 1_024, "{bomb:?} {clean:?}");
    }
}

/// 166 bytes of a progressive frame took 8 GiB of coefficients before anything checked its size.
#[test]
fn row_09_coefficients_are_in_the_quote_and_only_those_that_the_scale_needs() {
    let thirty_megapixels = attack(&jpeg::coefficients(5_600, 5_360));
    thirty_megapixels.assert_picture(Size::new(256, 256));
    let blocks = 700 * 670;
    assert_eq!(thirty_megapixels.work.blocks, blocks);
    // At 1/8 a block keeps two bytes, where all coefficients take 128.
    let allowed = 2 * blocks + 512 * 1_024;
    assert!(thirty_megapixels.heap.peak_bytes <= allowed, "{thirty_megapixels:?}");
    // 2,000 × 2,000 at full scale is refused when the coefficients do not fit the budget.
    let mut limits = Limits::default();
    limits.max_memory_bytes = 4 << 20;
    let all = Request::full_size().pixels();
    attack_with(&jpeg::coefficients(2_000, 2_000), &all, &limits)
        .assert_over_limit(&[Limit::Memory]);
}

/// A canvas of 16,000 × 7,000 around a frame of 16 × 16 pixels: 448 MB when it is allocated.
#[test]
fn row_18_a_canvas_is_never_allocated() {
    let animated = attack(&webp::animated_canvas(16_000, 7_000));
    animated.assert_picture(Size::new(256, 256));
    assert_eq!(animated.work.pixels, 2 * 256, "the frame and its alpha, nothing of the canvas");
    assert!(animated.heap.peak_bytes < 8 << 20, "{animated:?}");
    attack(&webp::animated_canvas(1 << 24, 255)).assert_over_limit(&DIMENSIONS);
    attack(&webp::canvas_around((1 << 24, 256), (16, 16))).assert_refused();
}

/// 268 megapixels of one colour in 40 bytes: VP8L needs no bits for them.
#[test]
fn row_19_pixels_that_need_no_bits_have_their_own_cap() {
    attack(&webp::one_color(10_000, 10_000)).assert_refused_as("not_credible");
    attack(&webp::one_color(16_384, 7_000)).assert_refused_as("not_credible");
    // The cap holds even for a caller with enough memory.
    let mut large_budget = Limits::default();
    large_budget.max_memory_bytes = 4 << 30;
    let request = Request::cover(256, 256);
    attack_with(&webp::one_color(10_000, 10_000), &request, &large_budget)
        .assert_refused_as("not_credible");
    // Below the cap they are rows like any others.
    let flat = attack(&webp::one_color(4_096, 4_096));
    flat.assert_picture(Size::new(256, 256));
    assert!(flat.quote.unwrap() < 2 << 20, "{flat:?}");
    assert_eq!(flat.work.pixels, 4_096 * 4_096);
}

/// Five bytes a pixel for the alpha of a lossy picture, from a stream of 20 bytes.
#[test]
fn row_21_alpha_is_in_the_quote() {
    attack(&webp::zero_entropy_alpha(3_000, 3_000)).assert_refused_as("not_credible");
    for entry in manifest::entries().iter().filter(|entry| entry.threat == Some(21)) {
        let attack = attack(&entry.read());
        if entry.folder() == "valid" {
            let picture = attack.result.as_ref().unwrap();
            assert!(!picture.size().is_empty(), "{}", entry.path);
        }
    }
}

/// Other decoders keep the complete frame of an interlaced picture.
#[test]
fn row_25_adam7_is_decoded_in_bounded_memory() {
    let flat = attack(&png::black((4_000, 4_000), 8, 0));
    let interlaced = attack(&png::black_interlaced((4_000, 4_000), 8, 0));
    let (flat, picture) = (flat.assert_picture(Size::new(256, 256)).clone(), interlaced);
    assert_eq!(*picture.assert_picture(Size::new(256, 256)), flat);
    assert_eq!(picture.work.pixels, 4_000 * 4_000);
    assert!(picture.heap.peak_bytes < 4 << 20, "{picture:?}");
    attack(&png::absent_pixels((65_535, 65_535), 6, 1, 100)).assert_over_limit(&DIMENSIONS);
}

/// One bit a pixel becomes eight, and 64 bits a pixel are a row of 256 KiB.
#[test]
fn row_26_depth_and_palette_are_in_the_quote() {
    let bits = attack(&png::black((8_000, 8_000), 1, 0));
    bits.assert_picture(Size::new(256, 256));
    assert!(bits.heap.peak_bytes < 2 << 20, "{bits:?}");
    let deep = attack(&png::black((32_768, 100), 16, 6));
    deep.assert_picture(Size::new(100, 100));
    assert!(deep.heap.peak_bytes < 8 << 20, "{deep:?}");
}

/// 1 × 1,000,000 scaled to cover 1000 × 1000 has 10^12 pixels in between.
#[test]
fn row_31_an_extreme_shape_is_cropped_first_and_never_overshoots() {
    attack(&png::black((1, 1_000_000), 8, 0)).assert_over_limit(&[Limit::Side]);
    for size in [(1, 65_535), (65_535, 1), (3, 65_535), (65_535, 2)] {
        let file = png::black(size, 8, 2);
        for request in [
            Request::cover(1_000, 1_000),
            Request::cover(1_000, 1_000).enlarge(true),
            Request::contain(1_000, 1_000),
            Request::contain(1_000, 1_000).enlarge(true),
            Request::cover(4_096, 1).enlarge(true),
        ] {
            let attack = attack_with(&file, &request.png(), &Limits::default());
            let made = attack.result.as_ref().unwrap().size();
            assert!(!made.is_empty() && made.width <= 4_096 && made.height <= 1_000, "{made}");
            assert_eq!(attack.work.pixels, u64::from(size.0) * u64::from(size.1));
            assert!(attack.heap.peak_bytes < 32 << 20, "{attack:?}");
        }
    }
}

/// 1 × 150 contained in 100 × 100 has a width of 0.67, and encoders panic at a width of 0.
#[test]
fn row_32_no_side_becomes_0() {
    let file = png::black((1, 150), 8, 2);
    for request in [Request::contain(100, 100), Request::contain(1, 1), Request::cover(100, 1)] {
        for request in [
            request.jpeg(80),
            request.png(),
            request.webp(80),
            request.webp_lossless(),
            request.pixels(),
        ] {
            let attack = attack_with(&file, &request, &Limits::default());
            assert!(!attack.result.as_ref().unwrap().size().is_empty());
        }
    }
}

/// A product that wraps: a small buffer, and a large write into it.
#[test]
fn row_33_no_product_wraps() {
    let mut open = Limits::default();
    open.max_side_px = u32::MAX;
    open.max_pixels = u64::MAX;
    open.max_memory_bytes = u64::MAX;
    open.max_work = u64::MAX;
    open.max_output_side_px = u32::MAX;
    let largest = (1 << 31) - 1;
    for bomb in [
        png::flood((65_536, 65_537), 8, 0),
        png::flood((largest, largest), 16, 6),
        png::flood((largest, 1), 16, 6),
        jpeg::flood(0xC2, 65_535, 166),
        webp::canvas_around((1 << 24, 256), (16, 16)),
        webp::animated_canvas(1 << 24, 255),
    ] {
        for request in [Request::full_size().pixels(), Request::cover(256, 256).enlarge(true)] {
            attack_with(&bomb, &request, &Limits::default()).assert_refused();
        }
    }
    // With all limits open, the bound of the format remains.
    let full = Request::full_size().pixels();
    let wide = attack_with(&png::flood((largest, largest), 16, 6), &full, &open);
    wide.assert_refused_as("not_credible");
    // The caller chooses numbers too.
    let small = png::black((8, 8), 8, 0);
    for side in [u32::MAX, 1 << 31, (1 << 31) - 1] {
        let request = Request::cover(side, side).enlarge(true);
        attack_with(&small, &request, &Limits::default()).assert_over_limit(&[Limit::OutputSide]);
        let refused = attack_with(&small, &request.jpeg(80), &open);
        assert!(refused.assert_refused().limit().is_some(), "{refused:?}");
    }
}

/// `?width=50000` in a URL.
#[test]
fn row_34_an_enlargement_is_asked_for_and_capped() {
    let small = png::black((8, 8), 8, 2);
    attack(&small).assert_picture(Size::new(8, 8));
    let over = Request::cover(50_000, 50_000);
    let refused = attack_with(&small, &over.enlarge(true), &Limits::default());
    refused.assert_over_limit(&[Limit::OutputSide]);
    assert_eq!(refused.assert_refused().http_status(), 400);
    let largest = Request::contain(4_096, 4_096).enlarge(true);
    let mut large_budget = Limits::default();
    large_budget.max_memory_bytes = 512 << 20;
    attack_with(&small, &largest, &large_budget).assert_picture(Size::new(4_096, 4_096));
}

/// A picture of 123 KB came back as 204 KB, with alpha that it never had.
#[test]
fn row_35_the_output_is_in_the_quote_and_opaque_alpha_is_dropped() {
    let size = Size::new(300, 200);
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let opaque: Vec<u8> =
        (0..size.pixels()).flat_map(|_| [noise(), noise(), noise(), 255]).collect();
    let file = Picture::new(size, Layout::Rgba, opaque).unwrap().to_png().unwrap();
    for request in [Request::full_size().jpeg(100), Request::full_size().png()] {
        let attack = attack_with(&file, &request, &Limits::default());
        let made = attack.assert_picture(size);
        assert!(made.bytes().len() as u64 <= attack.quote.unwrap());
        let header = bombproof::probe(made.bytes()).unwrap();
        assert!(!header.alpha(), "opaque alpha is in the output");
        // Noise does not compress, but it has no fourth channel either.
        assert!(made.bytes().len() as u64 <= size.pixels() * 4, "{made:?}");
    }
}

/// The caller decides: no file here is refused only because the defaults happen to be small.
#[test]
fn row_01_a_caller_may_raise_a_limit() {
    let mut limits = Limits::default();
    limits.max_side_px = 100;
    let file = png::black((101, 5), 8, 0);
    let refused = thumbnail(&file, &Request::cover(4, 4), &limits);
    assert!(matches!(refused, Err(Error::OverLimit { limit: Limit::Side, found: 101, .. })));
    limits.max_side_px = 101;
    assert!(thumbnail(&file, &Request::cover(4, 4), &limits).is_ok());
}

/// Go's decoder of lossless WebP took a gigabyte for 28 bytes: a header is enough.
#[test]
fn row_51_a_header_of_28_bytes_takes_nothing() {
    let file = webp::one_color(16_384, 16_384);
    for length in [25, 28, file.len() - 1] {
        attack(&file[..length]).assert_refused();
    }
    attack(&manifest::read("bombs/flood-vp8l-28.webp")).assert_refused();
}
