//! The numbers that the README states are those of the code.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::Limits;

const README: &str = include_str!("../README.md");

#[test]
fn the_table_of_limits_is_the_default() {
    let limits = Limits::default();
    let expected = [
        ("max_input_bytes", limits.max_input_bytes),
        ("max_side_px", u64::from(limits.max_side_px)),
        ("max_pixels", limits.max_pixels),
        ("max_memory_bytes", limits.max_memory_bytes),
        ("max_output_side_px", u64::from(limits.max_output_side_px)),
        ("max_scans", u64::from(limits.max_scans)),
        ("max_scan_work", u64::from(limits.max_scan_work)),
        ("max_segments", u64::from(limits.max_segments)),
        ("max_icc_bytes", limits.max_icc_bytes),
        ("max_icc_bytes_cmyk", limits.max_icc_bytes_cmyk),
    ];
    let rows: Vec<(&str, u64)> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `max_"))
        .map(|row| {
            let mut cells = row.split('|').map(str::trim);
            let name = cells.next().unwrap().trim_end_matches('`');
            (name, cells.next().unwrap().replace(',', "").parse().unwrap())
        })
        .collect();
    let expected: Vec<(&str, u64)> =
        expected.map(|(name, value)| (name.strip_prefix("max_").unwrap(), value)).to_vec();
    assert_eq!(rows, expected);
}

/// The Rust block of the README that is compiled and run: what it refuses, and how.
#[test]
fn the_readme_example_runs() {
    use bombproof::{Error, Limit, Request};

    let limits = Limits::default();
    let request = Request::cover(256, 256).jpeg(80);
    let file = std::fs::File::open("corpus/valid/photo.jpg").unwrap();
    let upload = bombproof::read_upload(file, &limits).unwrap();
    let avatar = bombproof::thumbnail(&upload, &request, &limits).unwrap();
    assert_eq!(avatar.size(), bombproof::Size::new(256, 256));

    let bomb = std::fs::read("corpus/bombs/flood-65535.png").unwrap();
    let refused = bombproof::thumbnail(&bomb, &request, &limits).unwrap_err();
    assert!(matches!(refused, Error::OverLimit { limit: Limit::Side, found: 65_535, .. }));
    assert_eq!((refused.http_status(), bomb.len()), (413, 65));
    for line in ["corpus/valid/photo.jpg", "corpus/bombs/flood-65535.png"] {
        assert!(README.contains(line), "the README no longer shows {line}");
    }
}
