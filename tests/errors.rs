//! P8: a refusal tells the log, the uploader and the HTTP client what each of them needs.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{
    BadRequest, Container, Error, Format, Interrupt, Limit, Limits, MemoryPool, Plan, Rect,
    Request, Unsupported, probe, thumbnail,
};

#[path = "support/manifest.rs"]
mod manifest;

fn refusal(path: &str, change: impl FnOnce(&mut Limits)) -> Error {
    let mut limits = Limits::default();
    change(&mut limits);
    thumbnail(&manifest::read(path), &Request::cover(64, 64), &limits).expect_err("a refusal")
}

/// Every limit at its edge: a limit of exactly the value accepts the file, and a limit of one less
/// refuses it and names both numbers.
#[test]
fn each_limit_accepts_its_own_value_and_refuses_one_more() {
    let bytes = manifest::read("valid/photo-progressive.jpg");
    let header = probe(&bytes).unwrap();
    let request = Request::cover(64, 64);
    let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
    let scans = header.scans().unwrap();
    type Set = fn(&mut Limits, u64);
    let cases: [(Limit, u64, Set); 8] = [
        (Limit::InputBytes, bytes.len() as u64, |l, n| l.max_input_bytes = n),
        (Limit::Side, header.size().longer_side().into(), |l, n| l.max_side_px = n as u32),
        (Limit::Pixels, header.size().pixels(), |l, n| l.max_pixels = n),
        (Limit::Memory, plan.memory_bytes(), |l, n| l.max_memory_bytes = n),
        (Limit::Work, plan.work(), |l, n| l.max_work = n),
        (Limit::OutputSide, 64, |l, n| l.max_output_side_px = n as u32),
        (Limit::Scans, scans.into(), |l, n| l.max_scans = n as u32),
        (Limit::Segments, header.segments().into(), |l, n| l.max_segments = n as u32),
    ];
    for (limit, value, set) in cases {
        let mut limits = Limits::default();
        set(&mut limits, value);
        assert!(thumbnail(&bytes, &request, &limits).is_ok(), "{}", limit.name());
        set(&mut limits, value - 1);
        match thumbnail(&bytes, &request, &limits) {
            Err(Error::OverLimit { limit: named, found, allowed, .. }) => {
                assert_eq!((named, found, allowed), (limit, value, value - 1));
            }
            other => panic!("{}: {other:?}", limit.name()),
        }
    }
}

#[test]
fn each_status_says_who_has_to_act() {
    let cases = [
        (refusal("bombs/flood-65535.png", |_| {}), "over_limit", 413),
        (refusal("valid/photo.jpg", |l| l.max_memory_bytes = 1000), "over_limit", 413),
        (refusal("valid/photo.jpg", |l| l.max_work = 1000), "over_limit", 413),
        (refusal("valid/photo.jpg", |l| l.max_output_side_px = 10), "over_limit", 400),
        (refusal("bombs/markers-com.jpg", |_| {}), "over_limit", 422),
        (refusal("bombs/absent-10000.png", |_| {}), "not_credible", 422),
        (refusal("invalid/cut-at-half.png", |_| {}), "truncated", 422),
        (refusal("valid/photo.jpg", |l| l.formats.jpeg = false), "unsupported", 415),
    ];
    for (error, kind, status) in cases {
        assert_eq!((error.kind(), error.http_status()), (kind, status), "{error}");
        assert!(!error.is_retryable(), "{error}");
        assert!(error.user_message().ends_with('.'), "{error}");
        assert!(!error.user_message().contains(|c: char| c.is_ascii_digit()), "{error}");
    }
}

#[test]
fn only_a_busy_pool_a_deadline_and_a_read_error_are_retryable() {
    let bytes = manifest::read("valid/photo.png");
    let plan =
        Plan::new(&probe(&bytes).unwrap(), &Request::cover(9, 9), &Limits::default()).unwrap();
    let pool = MemoryPool::new(plan.memory_bytes());
    let _permit = pool.try_reserve(&plan).unwrap();
    let busy = pool.try_reserve(&plan).unwrap_err();
    assert_eq!((busy.http_status(), busy.is_retryable()), (503, true), "{busy}");
    let late = plan.run(&bytes, &Interrupt::after(std::time::Duration::ZERO)).unwrap_err();
    assert_eq!((late.http_status(), late.is_retryable()), (503, true), "{late}");
    let io = Error::Io(std::io::Error::other("gone"));
    assert_eq!((io.http_status(), io.is_retryable()), (400, true));
    assert_eq!(io.to_string(), "reading the upload failed: gone");
}

#[test]
fn an_invalid_request_is_the_fault_of_the_caller() {
    let bytes = manifest::read("valid/photo.png");
    let outside = Rect { x: 600, y: 0, width: 100, height: 100 };
    let nine = (0..8).fold(Request::cover(8, 8), |request, side| request.and_size(side + 1, 1));
    for (request, expected) in [
        (Request::cover(0, 10), BadRequest::EmptySize),
        (Request::contain(10, 0).enlarge(true), BadRequest::EmptySize),
        (Request::cover(10, 10).crop(outside), BadRequest::CropOutside),
        (Request::cover(10, 10).crop(Rect { width: 0, ..outside }), BadRequest::EmptySize),
        (Request::cover(10, 10).jpeg(0), BadRequest::Quality),
        (Request::cover(10, 10).jpeg(101), BadRequest::Quality),
        (Request::cover(10, 10).focus(f64::NAN, 0.5), BadRequest::Focus),
        (Request::cover(10, 10).focus(0.5, -f64::MIN_POSITIVE), BadRequest::Focus),
        (Request::contain(10, 10).focus(1.0 + f64::EPSILON, 0.5), BadRequest::Focus),
        (Request::full_size().focus(0.5, f64::INFINITY), BadRequest::Focus),
        (nine, BadRequest::TooManySizes),
        (Request::full_size().and_size(8, 8), BadRequest::SizesBesideFullSize),
    ] {
        let error = thumbnail(&bytes, &request, &Limits::default()).unwrap_err();
        assert!(matches!(error, Error::BadRequest(found) if found == expected), "{error:?}");
        assert_eq!(error.http_status(), 400);
    }
}

#[test]
fn other_containers_are_named() {
    for (path, container) in
        [("invalid/other-gif.bin", Container::Gif), ("invalid/other-heic.bin", Container::Heic)]
    {
        let error = probe(&manifest::read(path)).unwrap_err();
        assert!(
            matches!(error, Error::Unsupported(Unsupported::Container(found)) if found == container)
        );
        assert_eq!(error.http_status(), 415);
        assert!(error.to_string().contains(&container.to_string()), "{error}");
    }
    assert_eq!(Container::Jpeg.format(), Some(Format::Jpeg));
}
