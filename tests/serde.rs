//! The `serde` feature: limits that a client can read, headers and errors for a log.
#![cfg(feature = "serde")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::fmt::Debug;

use bombproof::{
    ColorConversion, ColorKind, Format, Formats, Gamut, IccKind, Layout, Limits, ProfileProblem,
    probe,
};
use serde::Serialize;

#[test]
fn limits_survive_a_round_trip_and_a_missing_field_is_the_default() {
    let mut limits = Limits::default();
    limits.max_pixels = 5;
    let text = serde_json::to_string(&limits).unwrap();
    assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), limits);
    assert_eq!(serde_json::from_str::<Limits>(r#"{"max_pixels": 5}"#).unwrap(), limits);
}

#[test]
fn a_limit_with_a_misspelt_name_is_refused() {
    for text in [
        r#"{"max_pixel": 5}"#,
        r#"{"max_pixels": 5, "max_memory": 6}"#,
        r#"{"formats": {"gif": true}}"#,
        r#"{"formats": {"JPEG": false}}"#,
    ] {
        let refused = serde_json::from_str::<Limits>(text).unwrap_err().to_string();
        assert!(refused.starts_with("unknown field"), "{text}: {refused}");
    }
    assert!(toml::from_str::<Limits>("max_pixel = 5").is_err());
}

#[test]
fn a_format_that_is_not_named_is_allowed_as_by_default() {
    let limits: Limits = serde_json::from_str(r#"{"formats": {"webp": false}}"#).unwrap();
    let allowed = [Format::Jpeg, Format::Png, Format::WebP].map(|f| limits.formats.contains(f));
    assert_eq!(allowed, [true, true, false]);
    assert_eq!(serde_json::from_str::<Limits>(r#"{"formats": {}}"#).unwrap(), Limits::default());
    assert_eq!(Formats::default(), Formats::ALL);
}

/// Every limit, written as a number that its field cannot hold: never wrapped, rounded or clamped.
#[test]
fn a_number_that_a_limit_cannot_hold_is_refused() {
    let defaults = serde_json::to_value(Limits::default()).unwrap();
    let mut fields = 0;
    for name in defaults.as_object().unwrap().keys().filter(|name| *name != "formats") {
        let number = |value: &str| {
            serde_json::from_str::<Limits>(&format!(r#"{{"{name}": {value}}}"#)).is_ok()
        };
        for value in ["-1", "0.5", "1.0", "1e3", "18446744073709551616", "\"5\"", "null", "true"] {
            assert!(!number(value), "{name}: {value}");
        }
        let is_u32 = !matches!(&name[..], "max_pixels" | "max_work") && !name.contains("bytes");
        assert!(number("0") && number("4294967295"), "{name}");
        assert_eq!(number("4294967296"), !is_u32, "{name}");
        assert_eq!(number("18446744073709551615"), !is_u32, "{name}");
        fields += 1;
    }
    assert_eq!(fields, 11);
}

#[test]
fn a_header_is_serialized() {
    let header = probe(&std::fs::read("corpus/valid/photo.jpg").unwrap()).unwrap();
    let value = serde_json::to_value(&header).unwrap();
    assert_eq!(value["format"], "jpeg");
    assert_eq!(value["size"]["width"], 2400);
    assert_eq!(value["color"], "ycbcr");
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "alpha",
        "animated",
        "bit_depth",
        "color",
        "format",
        "icc",
        "input_bytes",
        "orientation",
        "progressive",
        "scans",
        "segments",
        "size",
    ];
    assert_eq!(names, expected);
}

#[test]
fn an_error_is_serialized_as_its_report() {
    let limits = Limits::default();
    let bomb = std::fs::read("corpus/bombs/flood-65535.png").unwrap();
    let refused = bombproof::thumbnail(&bomb, &bombproof::Request::cover(8, 8), &limits);
    let value = serde_json::to_value(refused.unwrap_err()).unwrap();
    let expected = serde_json::json!({
        "kind": "over_limit",
        "limit": "max_pixels",
        "found": 4_294_836_225_u64,
        "allowed": 268_435_456,
        "message": "the number of pixels is 4294836225, over the limit of 268435456 (max_pixels)",
        "user_message": "This picture has too many pixels. Please use a smaller one.",
        "http_status": 413,
        "retryable": false,
    });
    assert_eq!(value, expected);
}

#[test]
fn kinds_have_one_name_in_every_language() {
    for kind in [Format::Jpeg, Format::Png, Format::WebP] {
        assert_eq!(serialized(kind), kind.name());
    }
    use ColorKind::{Cmyk, Gray, Indexed, Rgb, YCbCr, Ycck};
    for kind in [Gray, Rgb, YCbCr, Indexed, Cmyk, Ycck] {
        assert_eq!(serialized(kind), kind.name());
    }
    for kind in [IccKind::Gray, IccKind::Rgb, IccKind::Cmyk, IccKind::Other, IccKind::Compressed] {
        assert_eq!(serialized(kind), kind.name());
    }
    // The others are not serialised by themselves. Their names are those of the variants.
    for kind in [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba] {
        assert_eq!(kind.name(), snake_case(kind));
    }
    for kind in [Gamut::Srgb, Gamut::DisplayP3] {
        assert_eq!(kind.name(), snake_case(kind));
    }
    use ColorConversion::{Converted, ConvertedToDisplayP3, Srgb};
    for kind in [Srgb, Converted, ConvertedToDisplayP3] {
        assert_eq!(kind.name(), snake_case(kind));
    }
    use ProfileProblem::{
        Incomplete, Malformed, TooCostly, TooLarge, Unsupported, WrongColorSpace,
    };
    for kind in [TooLarge, Incomplete, Malformed, WrongColorSpace, TooCostly, Unsupported] {
        assert_eq!(kind.name(), snake_case(kind));
        assert_eq!(ColorConversion::Ignored(kind).name(), "ignored");
    }
}

fn serialized(kind: impl Serialize) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

/// The name of a variant: `GrayAlpha` is `gray_alpha`.
fn snake_case(kind: impl Debug) -> String {
    let mut name = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
