//! P4: how much work lies between two polls of the deadline and the cancel flag. It is counted, not
//! timed: a row or a band of the decoders, of the resize, or of the encoders.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::instrument::{Work, list_work_between_polls, measure_work};
use bombproof::{Interrupt, Limits, Plan, Request, probe};
use bombproof_testkit::bombs::{self, jpeg::ScanFlood};
use bombproof_testkit::jpeg::{self, untidy};
use bombproof_testkit::pictures::{landscape, noise, spotlight, ycbcr};
use bombproof_testkit::png::{from_chunks, header, zlib};
use bombproof_testkit::vp8;
use bombproof_testkit::vp8l::{self, Argb, Transform};
use bombproof_testkit::webp::{ALPHA, ANIMATION, alph, anim, anmf, chunk, file, vp8x};

#[path = "support/manifest.rs"]
mod manifest;

/// The work of a job up to its first poll, from each poll to the next, and after the last.
fn work_between_polls(file: &[u8], request: &Request) -> Vec<Work> {
    let plan = Plan::new(&probe(file).unwrap(), request, &Limits::default()).unwrap();
    let (result, list) = list_work_between_polls(|| plan.run_all(file, &Interrupt::never()));
    result.unwrap();
    for work in &list {
        assert_one_stage(work);
    }
    list
}

/// No stage follows another one without a poll between them.
fn assert_one_stage(work: &Work) {
    let decoded = work.blocks + work.transformed_blocks + work.pixels;
    let finished = work.resized_pixels + work.converted_pixels;
    assert!(work.converted_pixels == 0 || decoded == 0, "no poll before the resize: {work:?}");
    let before = decoded + finished;
    assert!(work.encoded_pixels == 0 || before == 0, "no poll before an output is made: {work:?}");
}

/// The most of each kind of work between two polls. Before the first one, the header is read.
fn most(list: &[Work]) -> Work {
    let mut most = Work::default();
    for work in &list[1..] {
        most.parsed_bytes = most.parsed_bytes.max(work.parsed_bytes);
        most.blocks = most.blocks.max(work.blocks);
        most.transformed_blocks = most.transformed_blocks.max(work.transformed_blocks);
        most.pixels = most.pixels.max(work.pixels);
        most.sub_image_pixels = most.sub_image_pixels.max(work.sub_image_pixels);
        most.prefix_code_groups = most.prefix_code_groups.max(work.prefix_code_groups);
        most.resized_pixels = most.resized_pixels.max(work.resized_pixels);
        most.encoded_pixels = most.encoded_pixels.max(work.encoded_pixels);
    }
    most
}

/// The smallest target, for which decoders work at their smallest scale.
fn small() -> Request {
    Request::contain(32, 32)
}

/// A JPEG with three components of 1 × 1 blocks, which are hard to compress.
fn noisy_jpeg(width: u32, height: u32, sof: u8) -> Vec<u8> {
    let planes = noise(width, height, 7).map(3, ycbcr);
    let frame = jpeg::Frame::new(&planes, &[(1, 1); 3], 90, true);
    frame.file(&jpeg::Options { sof, ..Default::default() })
}

#[test]
fn no_stage_follows_another_without_a_poll() {
    let sizes = Request::cover(40, 40).and_size(24, 24).and_size(8, 8);
    let mut converted = 0;
    let mut streamed = 0;
    for name in
        ["sampling-420.jpg", "sampling-420-progressive.jpg", "icc-cmyk.jpg"].into_iter().chain([
            "orientation-6.jpg",
            "rgb-8.png",
            "icc-gbr.png",
            "lossy.webp",
            "lossless-alpha.webp",
        ])
    {
        let file = manifest::read(&format!("valid/{name}"));
        for request in [small(), sizes, Request::full_size()] {
            for request in [
                request,
                request.png(),
                request.webp(80),
                request.webp_lossless(),
                request.pixels(),
            ] {
                let list = work_between_polls(&file, &request);
                converted += list.iter().filter(|work| work.converted_pixels > 0).count();
                let is_streamed =
                    |work: &&Work| work.resized_pixels > 0 && work.converted_pixels == 0;
                streamed += list.iter().filter(is_streamed).count();
            }
        }
    }
    assert_eq!(converted, 8 * (1 + 3 + 1) * 5);
    assert!(streamed > 100, "only {streamed} bands of decoded rows became rows of an output");
}

/// The search for the best modes takes longer than any other encoder.
#[test]
fn a_lossy_webp_is_encoded_by_rows_of_macroblocks() {
    let file = manifest::read("valid/photo.jpg");
    let request = Request::cover(200, 150).enlarge(true).webp(80);
    assert_eq!(most(&work_between_polls(&file, &request)).encoded_pixels, 200 * 16);
}

#[test]
fn a_jpeg_is_decoded_by_rows_of_mcus() {
    // 13 MCUs of six blocks.
    let planes = landscape(200, 300).map(3, ycbcr);
    let frame = jpeg::Frame::new(&planes, &[(2, 2), (1, 1), (1, 1)], 90, true);
    let file = frame.file(&jpeg::Options::default());
    for request in [small(), Request::full_size()] {
        assert_eq!(most(&work_between_polls(&file, &request)).blocks, 13 * 6);
    }
}

#[test]
fn the_scans_of_a_jpeg_are_decoded_by_rows_of_mcus_and_transformed_by_rows_of_blocks() {
    let file = noisy_jpeg(400, 300, 0xC2);
    for request in [small(), Request::full_size()] {
        let most = most(&work_between_polls(&file, &request));
        assert_eq!(
            (most.blocks, most.transformed_blocks),
            (3 * 50, most.transformed_blocks.min(50))
        );
        assert!(most.transformed_blocks > 0);
    }
    // Many scans of one component, as in the slowest files.
    let flood = ScanFlood { side: 512, bands: 12, refined: 6, dc_data: true };
    let most = most(&work_between_polls(&bombs::jpeg::scans(flood), &Request::full_size()));
    assert_eq!((most.blocks, most.transformed_blocks), (64, 64));
}

/// At 1/8 only the scans of DC are decoded. The others are searched for their ends, one by one.
#[test]
fn scans_that_are_not_needed_are_passed_one_by_one() {
    let file = noisy_jpeg(400, 300, 0xC2);
    let scans: Vec<usize> = untidy::split(&file).iter().map(|segment| segment.data.len()).collect();
    let (longest, all) = (scans.iter().max().unwrap(), scans.iter().sum::<usize>());
    assert!(all > 4 * longest);
    let most = most(&work_between_polls(&file, &small())).parsed_bytes;
    // With the headers before the scan.
    assert!((*longest as u64..*longest as u64 + 200).contains(&most), "{most} of {all}");
}

#[test]
fn a_png_is_decoded_by_rows() {
    let files =
        [bombs::png::black((300, 700), 16, 6), bombs::png::black_interlaced((300, 700), 8, 2)];
    for file in files {
        assert_eq!(most(&work_between_polls(&file, &small())).pixels, 300);
    }
}

/// A row may be longer than the window of the inflater, and a block may be empty.
#[test]
fn a_png_is_inflated_by_windows_and_by_blocks() {
    let polls = |file: &[u8], request| work_between_polls(file, &request).len() as u64 - 1;
    let file = bombs::png::black((60_000, 3), 16, 6);
    let windows = 60_000 * 8 * 3 / (96 << 10);
    assert!(polls(&file, small()) > 3 + 2 + windows);

    let rows = zlib(&[0; 17 * 16]);
    let with_blocks = |count: usize| {
        let empty = [0, 0, 0, 0xFF, 0xFF].repeat(count);
        let data = [&rows[..2], &empty, &rows[2..]].concat();
        from_chunks(&[(b"IHDR", &header((16, 16), 8, 0, 0)), (b"IDAT", &data), (b"IEND", b"")])
    };
    let polls = |count| polls(&with_blocks(count), Request::full_size());
    assert_eq!(polls(256 * 40) - polls(0), 40);
}

/// A band is 16 rows of 2,048 columns.
#[test]
fn a_lossy_webp_is_decoded_by_bands_of_macroblocks() {
    const BAND: u64 = 16 * 2_048;
    let flat = |width, height| chunk(b"VP8 ", &vp8::flat(width, height));
    let list = work_between_polls(&file(&[flat(16_383, 48)]), &small());
    assert_eq!(most(&list).pixels, BAND);

    // Of alpha, no more than the first row is decoded together with a band.
    let alpha = spotlight(2_048, 64).samples;
    let coded = vp8l::image_stream(&Argb::of_alpha(&alpha, 2_048, 64), &Default::default());
    for alpha in [alph(0, false, &alpha), alph(0, true, &coded)] {
        let file = file(&[vp8x(ALPHA, 2_048, 64), alpha, flat(2_048, 64)]);
        assert_eq!(most(&work_between_polls(&file, &small())).pixels, BAND);
    }

    // Where the frame leaves a part of its canvas uncovered, it has a plane of opaque alpha.
    let frame = anmf((0, 0), (2_048, 64), &[flat(2_048, 64)]);
    let file = file(&[vp8x(ANIMATION, 3_000, 300), anim(), frame]);
    let list = work_between_polls(&file, &small());
    assert_eq!(most(&list).pixels, BAND);
    assert_eq!(list.iter().filter(|work| work.pixels == BAND).count(), 2 * 64 / 16);
    // The chunks are read again after the first poll.
    let (_, probed) = measure_work(|| probe(&file));
    assert_eq!(list[0], probed);
}

/// Two rows where they are undone together.
#[test]
fn a_lossless_webp_is_decoded_by_rows() {
    let list = work_between_polls(&bombs::webp::one_color(400, 300), &small());
    assert_eq!(most(&list).pixels, 400);

    let picture = Argb::of(&landscape(400, 300));
    let transforms = vec![Transform::Predictor(2), Transform::Color(3)];
    let options = vp8l::Options { transforms, group_bits: Some(2), ..Default::default() };
    let data = vp8l::encode(&picture, false, &options);
    let most_work = most(&work_between_polls(&file(&[chunk(b"VP8L", &data)]), &small()));
    assert_eq!((most_work.pixels, most_work.sub_image_pixels), (2 * 400, 100));

    // Groups of prefix codes, most of which no tile uses.
    let groups = work_between_polls(&bombs::webp::unused_groups(500, true), &small());
    assert_eq!(most(&groups).prefix_code_groups, 64);
}

#[test]
fn outputs_are_made_one_by_one() {
    let file = manifest::read("valid/photo.png");
    let sizes = Request::cover(64, 64).and_size(32, 32).and_size(16, 16);
    let list = work_between_polls(&file, &sizes.png());
    let most = most(&list);
    assert_eq!((most.resized_pixels, most.encoded_pixels), (64, 64));
}

/// Of alpha too: each row is read to find the best predictor, to count its symbols, and to write them.
#[test]
fn lossless_outputs_are_encoded_by_rows() {
    let file = manifest::read("valid/photo.png");
    let whole = Request::cover(100, 60);
    let polls = |request: &Request| work_between_polls(&file, request).len();
    let before = polls(&whole.pixels());
    for (request, polls_per_row) in [(whole.png(), 1), (whole.webp_lossless(), 3)] {
        let list = work_between_polls(&file, &request);
        assert_eq!(most(&list).encoded_pixels, 100);
        assert!(list.len() >= before + polls_per_row * 60, "{} polls", list.len());
    }
    let lossy = |request: Request| polls(&request.webp(80));
    assert!(lossy(whole.round(true)) >= lossy(whole) + 3 * 60);
}

/// A profile is applied after all rows are there, by curves or, ten times as slowly, by a table.
#[test]
fn colors_are_converted_in_parts() {
    let request = Request::contain(300, 300).enlarge(true).pixels();
    for (name, pixels_per_poll) in
        [("icc-gbr.png", 4_096), ("icc-table.png", 2_048), ("icc-cmyk.jpg", 2_048)]
    {
        let file = manifest::read(&format!("valid/{name}"));
        let list = work_between_polls(&file, &request);
        let size = probe(&file).unwrap().size();
        let pixels =
            300 * u64::from(300 * size.height.min(size.width) / size.height.max(size.width));
        let first = list.iter().position(|work| work.converted_pixels > 0).unwrap();
        let parts = (list.len() - first) as u64;
        assert!(parts > pixels / pixels_per_poll, "{name}: {parts} parts of {pixels}");
    }
}
