//! The `serde` feature: limits that a client can read, headers and errors for a log.
#![cfg(feature = "serde")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use bombproof::{Limits, probe};

#[test]
fn limits_survive_a_round_trip_and_a_missing_field_is_the_default() {
    let mut limits = Limits::default();
    limits.max_pixels = 5;
    let text = serde_json::to_string(&limits).unwrap();
    assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), limits);
    assert_eq!(serde_json::from_str::<Limits>(r#"{"max_pixels": 5}"#).unwrap(), limits);
}

#[test]
fn a_header_is_serialized() {
    let header = probe(&std::fs::read("corpus/valid/photo.jpg").unwrap()).unwrap();
    let value = serde_json::to_value(&header).unwrap();
    assert_eq!(value["format"], "jpeg");
    assert_eq!(value["size"]["width"], 2400);
    assert_eq!(value["color"], "ycbcr");
    assert!(value.get("detail").is_none());
}

#[test]
fn an_error_is_serialized_as_its_report() {
    let limits = Limits::default();
    let bomb = std::fs::read("corpus/bombs/flood-65535.png").unwrap();
    let refused = bombproof::thumbnail(&bomb, &bombproof::Request::cover(8, 8), &limits);
    let value = serde_json::to_value(refused.unwrap_err()).unwrap();
    let expected = serde_json::json!({
        "kind": "over_limit",
        "limit": "max_side_px",
        "found": 65_535,
        "allowed": 32_768,
        "message": "the longer side in pixels is 65535, over the limit of 32768 (max_side_px)",
        "user_message": "This picture has too many pixels. Please use a smaller one.",
        "http_status": 413,
        "retryable": false,
    });
    assert_eq!(value, expected);
}
