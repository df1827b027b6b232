//! The feature `serde`: limits as data that a client can ask for, headers as data for a log.
#![cfg(feature = "serde")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use bombproof::{Limits, probe};

#[test]
fn limits_go_out_and_come_back_and_what_is_left_out_is_the_default() {
    let mut limits = Limits::default();
    limits.max_pixels = 5;
    let text = serde_json::to_string(&limits).unwrap();
    assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), limits);
    assert_eq!(serde_json::from_str::<Limits>(r#"{"max_pixels": 5}"#).unwrap(), limits);
}

#[test]
fn a_header_goes_out() {
    let header = probe(&std::fs::read("corpus/valid/photo.jpg").unwrap()).unwrap();
    let value = serde_json::to_value(&header).unwrap();
    assert_eq!(value["format"], "jpeg");
    assert_eq!(value["size"]["width"], 2400);
    assert_eq!(value["color"], "ycbcr");
    assert!(value.get("detail").is_none());
}
