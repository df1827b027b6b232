//! Headers that travel to another process: as they were read, or as nobody ever read one.
#![cfg(feature = "serde")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::fs;

use bombproof::{
    BadRequest, Error, Formats, Header, HeaderParts, Interrupt, Limits, Plan, Rect, Request, probe,
};
use bombproof_testkit::{icc, png};
use serde_json::{Value, json};

#[test]
fn a_header_is_the_same_in_another_process() {
    for bytes in valid_files() {
        let header = probe(&bytes).unwrap();
        let received = received(&header);
        assert_eq!(received, header);
        let plans = [&header, &received].map(|header| {
            let plan = Plan::new(header, &Request::cover(20, 20), &Limits::default()).unwrap();
            (plan.memory_bytes(), plan.work(), plan.run(&bytes, &Interrupt::never()).unwrap())
        });
        assert_eq!(plans[0], plans[1]);
    }
}

/// The bombs and the damaged files that `probe` accepts, and a file that is shorter than its inflated profile.
#[test]
fn no_header_of_a_file_is_refused() {
    let mut files = Vec::new();
    for folder in ["corpus/valid", "corpus/invalid", "corpus/bombs"] {
        files.extend(
            fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()),
        );
    }
    let profile = icc::rgb(&"wide".repeat(300), &icc::DISPLAY_P3);
    let (_, profile) = png::icc_profile("a", &png::zlib(&profile));
    let header = png::header((1, 1), 8, 2, 0);
    let row = png::zlib(&[0, 9, 9, 9]);
    let wide = png::from_chunks(&[
        (b"IHDR", &header),
        (b"iCCP", &profile),
        (b"IDAT", &row),
        (b"IEND", &[]),
    ]);
    let profile = serde_json::to_value(HeaderParts::from(&probe(&wide).unwrap())).unwrap();
    assert!(profile["icc_cost"]["wide_bytes"].as_u64() > Some(wide.len() as u64), "{profile}");
    files.push(wide);
    let headers: Vec<_> = files.iter().filter_map(|bytes| probe(bytes).ok()).collect();
    assert!(headers.len() > 250, "{}", headers.len());
    for header in headers {
        assert_eq!(received(&header), header);
    }
}

fn received(header: &Header) -> Header {
    let text = serde_json::to_string(&HeaderParts::from(header)).unwrap();
    serde_json::from_str::<HeaderParts>(&text).unwrap().into()
}

/// Each value of each header, replaced by others: refused, or planned without a panic, and no plan of it
/// runs on the upload.
#[test]
fn a_forged_header_runs_on_nothing() {
    let (mut refused, mut planned) = (0, 0);
    for bytes in valid_files().into_iter().step_by(3) {
        let header = probe(&bytes).unwrap();
        let parts = serde_json::to_value(HeaderParts::from(&header)).unwrap();
        let mut of_a_huge_file = parts.clone();
        of_a_huge_file["input_bytes"] = json!(i64::MAX);
        for (parts, path) in
            leaves(&parts).iter().flat_map(|path| [(&parts, path), (&of_a_huge_file, path)])
        {
            for other in others(parts.pointer(path).unwrap()) {
                let mut forged = parts.clone();
                *forged.pointer_mut(path).unwrap() = other;
                let Ok(forged) = serde_json::from_value::<HeaderParts>(forged) else {
                    refused += 1;
                    continue;
                };
                let forged = forged.into();
                if forged != header {
                    planned += usize::from(plan_all(&forged, &bytes));
                }
            }
        }
    }
    assert!(refused > 10_000 && planned > 10_000, "{refused} refused, {planned} planned");
}

/// Several values at once, in headers of every format.
#[test]
fn a_header_of_many_lies_is_planned_without_a_panic() {
    let mut random = 1_u64;
    let mut draw = |end: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(random >> 33).unwrap() % end
    };
    let mut planned = 0;
    for bytes in valid_files().into_iter().step_by(3) {
        let header = probe(&bytes).unwrap();
        let parts = serde_json::to_value(HeaderParts::from(&header)).unwrap();
        let paths = leaves(&parts);
        for _ in 0..200 {
            let mut forged = parts.clone();
            for _ in 0..2 + draw(4) {
                let value = forged.pointer_mut(&paths[draw(paths.len())]).unwrap();
                let others = others(value);
                *value = others[draw(others.len())].clone();
            }
            if let Ok(forged) = serde_json::from_value::<HeaderParts>(forged) {
                let forged = forged.into();
                planned += usize::from(forged != header && plan_all(&forged, &bytes));
            }
        }
    }
    assert!(planned > 500, "{planned} planned");
}

/// Returns true if there is a plan.
fn plan_all(forged: &Header, bytes: &[u8]) -> bool {
    let mut unlimited = Limits::default();
    unlimited.max_input_bytes = u64::MAX;
    unlimited.max_side_px = u32::MAX;
    unlimited.max_pixels = u64::MAX;
    unlimited.max_memory_bytes = u64::MAX;
    unlimited.max_work = u64::MAX;
    unlimited.max_output_side_px = u32::MAX;
    unlimited.max_scans = u32::MAX;
    unlimited.max_scan_work = u32::MAX;
    unlimited.max_segments = u32::MAX;
    unlimited.max_icc_bytes = u64::MAX;
    unlimited.max_icc_bytes_cmyk = u64::MAX;
    unlimited.formats = Formats::ALL;
    let crop = Rect { x: 1, y: 0, width: 5, height: 3 };
    let requests = [
        Request::cover(20, 9).and_size(300, 7).attention().keep_wide_gamut(true),
        Request::contain(500, 40).enlarge(true).placeholder(true).webp(80),
        Request::pad(40, 40, [0; 4]).crop(crop).round(true).png(),
        Request::full_size().jpeg_progressive(true).accept_truncated(50),
        Request::full_size().pixels(),
    ];
    let mut is_planned = false;
    for request in requests {
        for limits in [Limits::default(), unlimited] {
            match Plan::new(forged, &request, &limits) {
                Ok(plan) => {
                    is_planned = true;
                    let ran = plan.run(bytes, &Interrupt::never());
                    assert!(
                        matches!(ran, Err(Error::BadRequest(BadRequest::OtherBytes))),
                        "{ran:?} of {forged:?}"
                    );
                }
                Err(Error::Bug(bug)) => panic!("{bug}: {forged:?}"),
                Err(_) => {}
            }
        }
    }
    is_planned
}

const MORE_THAN_THE_FILE: u64 = 1 << 40;

// Each rule of what a file can declare, broken by itself.

#[test]
fn parts_that_no_jpeg_can_have_are_refused() {
    let jpeg = [
        ("size/width", json!(2_399)),
        ("component_count", json!(2)),
        ("component_count", json!(4)),
        ("color", json!("gray")),
        ("color", json!("cmyk")),
        ("components/0/h", json!(0)),
        ("components/2/h", json!(5)),
        ("components/0/v", json!(0)),
        ("components/1/v", json!(5)),
        ("components/1/quantization_table", json!(4)),
        ("components/1/read_to/2", json!(64)),
        ("components/1/refined_from", json!(64)),
        ("components/1/ac_scans/3/first/bytes", json!(MORE_THAN_THE_FILE)),
        ("components/2/ac_scans/0/refinements/bytes", json!(MORE_THAN_THE_FILE)),
        ("ac_code_bits/code", json!(17)),
        ("ac_code_bits/with_extra_bits", json!(32)),
        ("entropy_bytes", json!(MORE_THAN_THE_FILE)),
        ("dc_bytes", json!(MORE_THAN_THE_FILE)),
        ("entropy_stops", json!(MORE_THAN_THE_FILE)),
        ("header_stops", json!(MORE_THAN_THE_FILE)),
        ("table_bytes", json!(MORE_THAN_THE_FILE)),
        ("icc_bytes", json!(MORE_THAN_THE_FILE)),
    ];
    for (path, value) in jpeg {
        assert_refused("photo.jpg", &format!("/detail/jpeg/{path}"), value);
    }
    assert_refused("photo.jpg", "/summary/size/width", json!(2_399));
    assert_refused("photo.jpg", "/input_bytes", json!(1_u64 << 63));
}

#[test]
fn parts_that_no_png_can_have_are_refused() {
    let png = [
        ("size/height", json!(1)),
        ("bit_depth", json!(4)),
        ("bit_depth", json!(0)),
        ("idat_bytes", json!(MORE_THAN_THE_FILE)),
        ("chunks", json!(MORE_THAN_THE_FILE)),
    ];
    for (path, value) in png {
        assert_refused("photo.png", &format!("/detail/png/{path}"), value);
    }
    let cost = [
        ("bytes", json!((8 << 20) + 1)),
        ("inflated_bytes", json!((8 << 20) + 1)),
        ("curve_values", json!((8 << 20) + 1)),
        ("deflated_head_bytes", json!(MORE_THAN_THE_FILE)),
        ("deflated_bytes", json!(MORE_THAN_THE_FILE)),
    ];
    for (path, value) in cost {
        assert_refused("icc-table.png", &format!("/icc_cost/{path}"), value);
    }
}

#[test]
fn parts_that_no_webp_can_have_are_refused() {
    let webp = [
        ("frame/width", json!(1)),
        ("canvas/width", json!(1)),
        ("x", json!(2)),
        ("icc_bytes", json!(MORE_THAN_THE_FILE)),
        ("coding/lossy/size/height", json!(1)),
        ("coding/lossy/first_partition_bytes", json!(1 << 19)),
        ("coding/lossy/partition_count", json!(3)),
    ];
    for (path, value) in webp {
        assert_refused("photo.webp", &format!("/detail/webp/{path}"), value);
    }
    let lossless = [
        ("transforms/0/predictor/side_log2", json!(1)),
        ("transforms/0/predictor/side_log2", json!(10)),
        ("transforms/0/predictor/image/size/width", json!(0)),
        ("coded_bytes", json!(MORE_THAN_THE_FILE)),
        ("picture/size/height", json!((1 << 14) + 1)),
        ("picture/cache_bits", json!(12)),
    ];
    for (path, value) in lossless {
        assert_refused(
            "lossless-predictor.webp",
            &format!("/detail/webp/coding/lossless/{path}"),
            value,
        );
    }
    let picture = "/detail/webp/coding/lossless/picture/size/width";
    assert_refused(
        "lossless-palette-4.webp",
        "/detail/webp/coding/lossless/transforms/0/palette/size/width",
        json!(0),
    );
    assert_refused(
        "lossless-groups.webp",
        "/detail/webp/coding/lossless/tiles/image/cache_bits",
        json!(12),
    );
    assert_refused("lossless-alpha.webp", picture, json!(0));
    let alpha = "/detail/webp/alpha/lossless/1/picture/size/width";
    assert_refused("alpha-lossless-none.webp", alpha, json!(0));
}

/// Refuses the parts of a file with one of them replaced.
fn assert_refused(file: &str, path: &str, value: Value) {
    let bytes = fs::read(format!("corpus/valid/{file}")).unwrap();
    let mut forged = serde_json::to_value(HeaderParts::from(&probe(&bytes).unwrap())).unwrap();
    *forged.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value.clone();
    let refused = serde_json::from_value::<HeaderParts>(forged)
        .map(Header::from)
        .map_err(|error| error.to_string());
    assert_eq!(refused, Err("no file has such a header".to_owned()), "{path}: {value}");
}

#[test]
fn sizes_that_no_format_has_are_refused() {
    let sizes = [
        ("photo.jpg", "/detail/jpeg/size/width", [0, 65_536]),
        ("photo.png", "/detail/png/size/width", [0, 1 << 31]),
        ("photo.webp", "/detail/webp/canvas/width", [0, (1 << 24) + 1]),
    ];
    for (file, path, widths) in sizes {
        for width in widths {
            let bytes = fs::read(format!("corpus/valid/{file}")).unwrap();
            let mut forged =
                serde_json::to_value(HeaderParts::from(&probe(&bytes).unwrap())).unwrap();
            for path in ["/summary/size/width", path] {
                *forged.pointer_mut(path).unwrap() = json!(width);
            }
            assert!(serde_json::from_value::<HeaderParts>(forged).is_err(), "{file}: {width}");
        }
    }
}

#[test]
fn parts_of_another_version_are_refused() {
    let bytes = fs::read("corpus/valid/photo.png").unwrap();
    let mut parts = serde_json::to_value(HeaderParts::from(&probe(&bytes).unwrap())).unwrap();
    let number = parts["detail"]["png"].as_object_mut().unwrap().remove("chunks").unwrap();
    assert!(serde_json::from_value::<HeaderParts>(parts.clone()).is_err());
    parts["detail"]["png"]["chunks"] = number;
    assert!(serde_json::from_value::<HeaderParts>(parts.clone()).is_ok());
    parts["more"] = json!(1);
    assert!(serde_json::from_value::<HeaderParts>(parts).is_err());
}

/// Pointers to all values that are no object and no array.
fn leaves(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => return vec![String::new()],
    };
    let below = |(name, value): &(String, &Value)| {
        leaves(value).into_iter().map(|path| format!("/{name}{path}")).collect::<Vec<_>>()
    };
    children.iter().flat_map(below).collect()
}

fn others(value: &Value) -> Vec<Value> {
    let numbers =
        [0, 1, 3, 255, 65_535, 1 << 31, u32::MAX.into(), i64::MAX.unsigned_abs(), u64::MAX];
    match value {
        Value::Bool(value) => vec![json!(!value)],
        Value::String(_) => [
            "gray",
            "gray_alpha",
            "rgb",
            "rgba",
            "indexed",
            "y_cb_cr",
            "ycbcr",
            "cmyk",
            "ycck",
            "none",
            "inside",
            "upright",
            "rotate90",
            "transpose",
            "subtract_green",
            "jpeg",
        ]
        .map(Value::from)
        .into(),
        _ => numbers.map(Value::from).into_iter().chain([Value::Null]).collect(),
    }
}

fn valid_files() -> Vec<Vec<u8>> {
    let mut paths: Vec<_> =
        fs::read_dir("corpus/valid").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    files.into_iter().filter(|bytes| probe(bytes).is_ok()).collect()
}
