//! P1, P2 and P3: nothing is allocated before the plan, and never more than the plan quotes.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Error, Interrupt, Limit, Limits, Plan, Request, probe};
use bombproof_testkit::bit_writer::LsbBitWriter;
use bombproof_testkit::pictures::{landscape, spotlight};
use bombproof_testkit::vp8;
use bombproof_testkit::vp8l::{self, Argb};
use bombproof_testkit::webp::{ALPHA, alph, chunk, file, filter_alpha, vp8x};

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/requests.rs"]
mod requests;

use counting_allocator::{CountingAllocator, measure};
use requests::requests;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn large_budget() -> Limits {
    let mut limits = Limits::default();
    limits.max_memory_bytes = 1 << 30;
    limits
}

#[test]
fn every_file_of_the_corpus_stays_within_its_quote() {
    let limits = large_budget();
    let mut jobs = 0;
    for (nth, file) in manifest::entries().into_iter().enumerate() {
        let bytes = file.read();
        let (header, probed) = measure(|| probe(&bytes));
        if header.is_ok() {
            assert_eq!(probed.allocations, 0, "{}: probe allocates", file.path);
        }
        let Ok(header) = header else { continue };
        // Each job of a bomb takes as long as all jobs of another file, so every bomb has other ones.
        let (first, step) = if file.folder() == "bombs" { (nth % 8, 8) } else { (0, 1) };
        for (name, request) in requests(header.upright_size()).into_iter().skip(first).step_by(step)
        {
            let (plan, planned) = measure(|| Plan::new(&header, &request, &limits));
            assert_eq!(planned.allocations, 0, "{}: Plan::new allocates for {name}", file.path);
            let Ok(plan) = plan else { continue };
            let (result, measured) = measure(|| plan.run_all(&bytes, &Interrupt::never()));
            assert!(
                measured.peak_bytes <= plan.memory_bytes(),
                "{}, {name}: {} bytes used, {} quoted: {plan}",
                file.path,
                measured.peak_bytes,
                plan.memory_bytes(),
            );
            assert!(!matches!(result, Err(Error::Bug(_))), "{}, {name}: {result:?}", file.path);
            jobs += 1;
        }
    }
    assert!(jobs > 2000, "only {jobs} jobs were run");
}

#[test]
fn a_budget_one_byte_under_the_quote_is_refused_before_any_allocation() {
    let mut refused = 0;
    let request = Request::cover(256, 256);
    let requests = [request, request.webp(80)];
    for (file, request) in manifest::valid_entries()
        .into_iter()
        .flat_map(|file| requests.map(|request| (file.clone(), request)))
    {
        let bytes = file.read();
        let header = probe(&bytes).unwrap();
        let mut limits = large_budget();
        let mut quote = limits.max_memory_bytes;
        // A progressive JPEG can be decoded in a second way, which needs less.
        while let Ok(plan) = Plan::new(&header, &request, &limits) {
            quote = plan.memory_bytes();
            limits.max_memory_bytes = quote;
            let again = Plan::new(&header, &request, &limits).unwrap();
            assert_eq!(again.memory_bytes(), quote, "{}", file.path);
            limits.max_memory_bytes = quote - 1;
        }
        let (result, measured) = measure(|| bombproof::thumbnail(&bytes, &request, &limits));
        match result {
            Err(Error::OverLimit { limit: Limit::Memory, found, allowed, .. }) => {
                assert_eq!((found, allowed), (quote, quote - 1), "{}", file.path);
            }
            other => panic!("{}: {other:?}", file.path),
        }
        assert_eq!(measured.allocations, 0, "{}", file.path);
        refused += 1;
    }
    assert!(refused > 160, "only {refused} files were tried");
}

/// P3 on the pictures of the corpus that look like photographs.
#[test]
fn the_quote_of_a_photograph_is_honest() {
    let mut photographs = 0;
    for file in manifest::entries() {
        if !file.path.contains("/photo") {
            continue;
        }
        let bytes = file.read();
        let header = probe(&bytes).unwrap();
        let plan = Plan::new(&header, &Request::cover(256, 256), &large_budget()).unwrap();
        let (result, measured) = measure(|| plan.run(&bytes, &Interrupt::never()));
        result.unwrap();
        let ratio = plan.memory_bytes() as f64 / measured.peak_bytes as f64;
        println!(
            "{}: {} quoted, {} used, {ratio:.2}",
            file.path,
            plan.memory_bytes(),
            measured.peak_bytes
        );
        assert!(ratio <= 1.2, "{}: {ratio:.2}: {plan}", file.path);
        photographs += 1;
    }
    assert!(photographs >= 4, "only {photographs} photographs");
}

/// A progressive picture keeps the coefficients of the blocks inside the crop window, and the
/// history of all blocks. Components that are decoded one after another need one history at a time,
/// and give the same samples.
#[test]
fn the_quote_of_a_cropped_progressive_picture_is_exact() {
    let bytes = manifest::read("valid/photo-progressive.jpg");
    let header = probe(&bytes).unwrap();
    // At 1/4 and 1/2.
    for target in [128, 256] {
        let request = Request::cover(target, target).pixels();
        let mut outputs = Vec::new();
        let mut limits = large_budget();
        while let Ok(plan) = Plan::new(&header, &request, &limits) {
            let (result, measured) = measure(|| plan.run(&bytes, &Interrupt::never()));
            println!("{} used of {plan}", measured.peak_bytes);
            assert_eq!(measured.peak_bytes, plan.memory_bytes(), "{plan}");
            outputs.push(result.unwrap());
            limits.max_memory_bytes = plan.memory_bytes() - 1;
        }
        assert_eq!(outputs.len(), 2);
        assert_eq!(outputs[0].bytes(), outputs[1].bytes());
    }
}

/// Runs a file at 256 pixels. It uses no more than the quote, the quote is at most 1.2
/// times what it uses, and neither exceeds `most_bytes`.
fn assert_quote_at_most(most_bytes: u64, name: &str, bytes: &[u8], limits: &Limits) {
    let plan = Plan::new(&probe(bytes).unwrap(), &Request::cover(256, 256), limits).unwrap();
    let (result, measured) = measure(|| plan.run(bytes, &Interrupt::never()));
    result.unwrap();
    let (quoted, used) = (plan.memory_bytes(), measured.peak_bytes);
    println!("{name}: {quoted} quoted, {used} used");
    assert!(used <= quoted && quoted * 5 <= used * 6, "{name}: {quoted} quoted, {used} used");
    assert!(quoted <= most_bytes, "{name}: {quoted}");
}

/// A lossy picture of 16.8 megapixels with alpha holds only rows of colours and of raw alpha. Of
/// lossless alpha it also holds the pixels that backward references can reach: four bytes each, a
/// mebipixel at most.
#[test]
fn alpha_of_a_large_lossy_picture_is_held_in_rows() {
    const SIDE: u32 = 4_096;
    let color = chunk(b"VP8 ", &vp8::encode(&landscape(SIDE, SIDE), &vp8::Options::default()));
    let spotlight = filter_alpha(&spotlight(SIDE, SIDE).samples, SIDE as usize, 3);
    let pixels = Argb::of_alpha(&spotlight, SIDE, SIDE);
    let near = vp8l::image_stream(&pixels, &vp8l::Options::default());
    for (name, alpha, most_bytes) in [
        ("raw", alph(3, false, &spotlight), 2 << 20),
        ("lossless", alph(3, true, &near), 2 << 20),
        ("lossless with far references", alph(3, true, &far_references(SIDE * SIDE)), 6 << 20),
    ] {
        let bytes = file(&[vp8x(ALPHA, SIDE, SIDE), alpha, color.clone()]);
        assert_quote_at_most(most_bytes, &format!("{name} alpha"), &bytes, &large_budget());
    }
}

/// The largest WebPs of both kinds. A lossy one holds only rows, whatever its height; a lossless
/// one holds the pixels that backward references can reach.
#[test]
fn the_largest_webps_are_held_in_rows() {
    let mut limits = large_budget();
    limits.max_pixels = 16_383 * 16_383;
    let lossless = [vp8l::header(4_096, 4_096, false, 0), far_references(4_096 * 4_096)].concat();
    for (name, picture, most_bytes) in [
        ("lossy 16383x16383", chunk(b"VP8 ", &vp8::flat(16_383, 16_383)), 8 << 20),
        ("lossless 4096x4096 with far references", chunk(b"VP8L", &lossless), 12 << 20),
    ] {
        assert_quote_at_most(most_bytes, name, &file(&[picture]), &limits);
    }
}

/// Whatever the shape: lossy, lossless with the farthest backward references, and both in one file.
/// Larger ones may exceed the budget.
#[test]
fn the_default_budget_accepts_webps_of_120_megapixels() {
    let mut limits = Limits::default();
    limits.max_work = u64::MAX;
    for (width, height) in [(16_383, 7_324), (7_324, 16_383), (10_954, 10_954)] {
        let codes = far_references(1 << 19);
        let stream = [vp8l::header(width, height, false, 0), codes.clone()].concat();
        let color = chunk(b"VP8 ", &vp8::flat(width, height));
        for (name, chunks) in [
            ("lossy", vec![color.clone()]),
            ("lossless", vec![chunk(b"VP8L", &stream)]),
            ("both", vec![vp8x(ALPHA, width, height), alph(3, true, &codes), color]),
        ] {
            let header = probe(&file(&chunks)).unwrap();
            for request in [Request::cover(512, 512), Request::contain(512, 512)] {
                for request in [request.jpeg(80), request.png()] {
                    let plan = Plan::new(&header, &request, &limits);
                    assert!(plan.is_ok(), "{name} {width}x{height}: {plan:?}");
                }
            }
        }
    }
}

/// VP8L data of opaque pixels. Its prefix codes allow backward references as far as the format
/// does.
fn far_references(pixels: u32) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    bits.put(0, 3); // no transform, no cache, one group
    let mut greens = [0; 280];
    (greens[255], greens[279]) = (1, 1);
    vp8l::write_normal_code(&mut bits, &greens);
    for symbol in [0, 0, 255, 39] {
        vp8l::write_simple_code(&mut bits, &[symbol]);
    }
    // The literal is the first of two codes of one bit.
    (0..pixels / 32).for_each(|_| bits.put(0, 32));
    bits.finish()
}

/// The crate's documentation says how much stack a job needs. A thread with that much and no more
/// makes every kind of output of every picture, in this build with its debug assertions. An overflow
/// would abort.
#[test]
fn a_job_fits_a_small_stack() {
    const STACK_BYTES: usize = 256 << 10;
    let run_all = || {
        for file in manifest::valid_entries() {
            let bytes = file.read();
            let targets = [
                Request::cover(64, 64),
                Request::full_size(),
                Request::cover(128, 128).and_size(64, 32).and_size(7, 7),
            ];
            for target in targets {
                for request in [
                    target.jpeg(80),
                    target.png(),
                    target.webp(80),
                    target.webp_lossless(),
                    target.pixels(),
                ] {
                    let made = bombproof::thumbnails(&bytes, &request, &large_budget());
                    assert!(made.is_ok(), "{}: {made:?}", file.path);
                }
            }
        }
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run_all).unwrap().join().unwrap();
}
