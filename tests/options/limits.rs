//! The fields of the limits. Each test has the name of one.

use bombproof::{
    ColorConversion, Error, Format, Formats, Limit, Limits, Picture, ProfileProblem, Request,
    Thumbnail, Unsupported, probe,
};
use bombproof_testkit::icc;

use crate::manifest;

fn limits(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

/// Sets a field to a value.
type Set = fn(&mut Limits, u64);

/// A job passes under the default. The field refuses it below what the refusal says was found, and
/// allows it at that value.
fn assert_limits(limit: Limit, file: &[u8], request: &Request, set: Set) {
    let run = |limits: &Limits| bombproof::thumbnail(file, request, limits);
    let unlimited = run(&Limits::default()).unwrap();
    let found = assert_refused(limit, run(&limits(|limits| set(limits, 1))), 1);
    assert_eq!(run(&limits(|limits| set(limits, found))).unwrap(), unlimited);
    let refused = run(&limits(|limits| set(limits, found - 1)));
    assert_eq!(assert_refused(limit, refused, found - 1), found);
}

/// The number that was found over `expected`.
fn assert_refused(expected: Limit, result: Result<Thumbnail, Error>, most: u64) -> u64 {
    match result {
        Err(Error::OverLimit { limit, found, allowed, .. }) if limit == expected => {
            assert_eq!(allowed, most);
            found
        }
        other => panic!("{expected:?}: {other:?}"),
    }
}

fn small() -> Request {
    Request::cover(32, 32)
}

/// The length is the first that is looked at: what the bytes are does not matter.
#[test]
fn max_input_bytes() {
    let set: Set = |limits, value| limits.max_input_bytes = value;
    let file = manifest::read("valid/photo.jpg");
    assert_limits(Limit::InputBytes, &file, &small(), set);
    let limits = limits(|limits| set(limits, 99));
    let junk = vec![7; 100];
    assert!(!matches!(probe(&junk), Err(Error::OverLimit { .. }) | Ok(_)));
    assert_refused(Limit::InputBytes, bombproof::thumbnail(&junk, &small(), &limits), 99);
    let made = bombproof::decode(&junk, &limits);
    assert!(matches!(made, Err(Error::OverLimit { limit: Limit::InputBytes, .. })), "{made:?}");
    let read = bombproof::read_upload(&junk[..], &limits);
    assert!(matches!(read, Err(Error::OverLimit { limit: Limit::InputBytes, .. })), "{read:?}");
    assert_eq!(bombproof::read_upload(&junk[..99], &limits).unwrap(), junk[..99]);
}

#[test]
fn max_side_px() {
    let set: Set = |limits, value| limits.max_side_px = value as u32;
    // 1 × 40 pixels: the longer side counts.
    for path in ["valid/photo.png", "valid/lossy-1x40.webp", "valid/lossy-33x1.webp"] {
        assert_limits(Limit::Side, &manifest::read(path), &small(), set);
    }
}

#[test]
fn max_pixels() {
    let set: Set = |limits, value| limits.max_pixels = value;
    for path in ["valid/photo.jpg", "valid/photo.png", "valid/photo.webp"] {
        assert_limits(Limit::Pixels, &manifest::read(path), &small(), set);
    }
}

#[test]
fn max_memory_bytes() {
    let set: Set = |limits, value| limits.max_memory_bytes = value;
    for path in ["valid/photo.jpg", "valid/photo.png", "valid/photo.webp"] {
        assert_limits(Limit::Memory, &manifest::read(path), &small(), set);
    }
}

#[test]
fn max_work() {
    let set: Set = |limits, value| limits.max_work = value;
    for path in ["valid/photo.jpg", "valid/photo.png", "valid/photo.webp"] {
        assert_limits(Limit::Work, &manifest::read(path), &small(), set);
    }
}

#[test]
fn max_output_side_px() {
    let set: Set = |limits, value| limits.max_output_side_px = value as u32;
    let file = manifest::read("valid/photo.jpg");
    for request in [small(), Request::contain(20, 60), small().and_size(48, 48)] {
        let all = |limits: &Limits| bombproof::thumbnails(&file, &request, limits);
        assert!(all(&limits(|limits| set(limits, 60))).is_ok());
        let refused = all(&limits(|limits| set(limits, 10)));
        assert!(matches!(refused, Err(Error::OverLimit { limit: Limit::OutputSide, .. })));
    }
    assert_limits(Limit::OutputSide, &file, &Request::contain(20, 64), set);
}

#[test]
fn max_scans() {
    let set: Set = |limits, value| limits.max_scans = value as u32;
    assert_limits(Limit::Scans, &manifest::read("valid/photo-progressive.jpg"), &small(), set);
}

/// It is a multiple of the samples, and the refusal names a number of samples.
#[test]
fn max_scan_work() {
    let file = manifest::read("valid/photo-progressive.jpg");
    let run = |times| {
        let limits = limits(|limits| limits.max_scan_work = times);
        bombproof::thumbnail(&file, &small(), &limits)
    };
    let refused = run(1).unwrap_err();
    let Error::OverLimit { limit: Limit::ScanWork, found, allowed, .. } = refused else {
        panic!("{refused}")
    };
    let needed = found.div_ceil(allowed) as u32;
    assert!(needed > 2, "{found} samples of {allowed}");
    assert_eq!(run(needed).unwrap(), run(Limits::default().max_scan_work).unwrap());
    assert_refused(Limit::ScanWork, run(needed - 1), allowed * u64::from(needed - 1));
}

#[test]
fn max_segments() {
    let set: Set = |limits, value| limits.max_segments = value as u32;
    for path in ["valid/photo.jpg", "valid/apng-default-is-first.png", "valid/animated-alpha.webp"]
    {
        assert_limits(Limit::Segments, &manifest::read(path), &small(), set);
    }
}

/// A JPEG with `profile` in front of its other segments.
fn with_profile(path: &str, profile: &[u8]) -> Vec<u8> {
    let file = manifest::read(path);
    let mut segments = Vec::new();
    for part in icc::app2(profile, 60_000) {
        segments.extend([0xFF, 0xE2]);
        segments.extend((part.len() as u16 + 2).to_be_bytes());
        segments.extend(part);
    }
    [&file[..2], &segments, &file[2..]].concat()
}

/// A picture of each colour model and its profile: grey and RGB, which have one limit, and CMYK.
fn pictures_with_profiles() -> [(Vec<u8>, u64, bool); 3] {
    let (rgb, gray, cmyk) = (icc::rgb("GBR", &icc::GBR), icc::gray(), icc::cmyk());
    [
        (with_profile("valid/sampling-444.jpg", &rgb), rgb.len() as u64, false),
        (with_profile("valid/gray.jpg", &gray), gray.len() as u64, false),
        (with_profile("valid/cmyk-adobe-0.jpg", &cmyk), cmyk.len() as u64, true),
    ]
}

/// A profile of its own length is used, a longer one is ignored and reported, and the other limit
/// does not matter.
fn assert_limits_profiles(is_cmyk: bool, set: Set, set_other: Set) {
    let mut seen = 0;
    for (file, profile_bytes, _) in
        pictures_with_profiles().into_iter().filter(|(.., of_cmyk)| *of_cmyk == is_cmyk)
    {
        let run = |allowed, other| {
            let limits = limits(|limits| {
                set(limits, allowed);
                set_other(limits, other);
            });
            let made = bombproof::thumbnail(&file, &small().pixels(), &limits).unwrap();
            (made.color(), made.into_picture().unwrap())
        };
        let (color, converted): (_, Picture) = run(profile_bytes, 0);
        assert_eq!(color, ColorConversion::Converted);
        let (color, ignored) = run(profile_bytes - 1, u64::MAX);
        assert_eq!(color, ColorConversion::Ignored(ProfileProblem::TooLarge));
        assert_ne!(converted, ignored);
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn max_icc_bytes() {
    assert_limits_profiles(
        false,
        |limits, value| limits.max_icc_bytes = value,
        |limits, value| limits.max_icc_bytes_cmyk = value,
    );
    // Deflated in a PNG, where the length is that of the inflated profile.
    let file = manifest::read("valid/icc-gbr.png");
    let color = |allowed| {
        let limits = limits(|limits| limits.max_icc_bytes = allowed);
        bombproof::thumbnail(&file, &small(), &limits).unwrap().color()
    };
    assert_eq!(color(Limits::default().max_icc_bytes), ColorConversion::Converted);
    assert_eq!(color(100), ColorConversion::Ignored(ProfileProblem::TooLarge));
}

#[test]
fn max_icc_bytes_cmyk() {
    assert_limits_profiles(
        true,
        |limits, value| limits.max_icc_bytes_cmyk = value,
        |limits, value| limits.max_icc_bytes = value,
    );
}

/// Without `format` its files are refused, and with it alone they are the only ones that are not.
fn assert_allows(format: Format, path: &str, only: Formats, others: Formats) {
    let run = |path, formats| {
        let limits = limits(|limits| limits.formats = formats);
        bombproof::thumbnail(&manifest::read(path), &small(), &limits)
    };
    assert!(run(path, Formats::ALL).is_ok());
    for path in ["valid/photo.jpg", "valid/photo.png", "valid/photo.webp"] {
        let is_own = probe(&manifest::read(path)).unwrap().format() == format;
        for (formats, is_allowed) in [(only, is_own), (others, !is_own)] {
            let made = run(path, formats);
            let is_refused = matches!(made, Err(Error::Unsupported(Unsupported::NotAllowed(_))));
            assert_eq!((made.is_ok(), is_refused), (is_allowed, !is_allowed), "{path}: {made:?}");
        }
    }
}

#[test]
fn formats_jpeg() {
    let (mut only, mut others) = (Formats::NONE, Formats::ALL);
    (only.jpeg, others.jpeg) = (true, false);
    assert_allows(Format::Jpeg, "valid/photo.jpg", only, others);
}

#[test]
fn formats_png() {
    let (mut only, mut others) = (Formats::NONE, Formats::ALL);
    (only.png, others.png) = (true, false);
    assert_allows(Format::Png, "valid/photo.png", only, others);
}

#[test]
fn formats_webp() {
    let (mut only, mut others) = (Formats::NONE, Formats::ALL);
    (only.webp, others.webp) = (true, false);
    assert_allows(Format::WebP, "valid/photo.webp", only, others);
}
