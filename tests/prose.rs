//! The numbers in the README are those of the code, everything that SECURITY.md names exists, and the
//! lists of tests are complete.
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
const SECURITY: &str = include_str!("../SECURITY.md");

#[test]
fn the_table_of_limits_is_the_default() {
    let limits = Limits::default();
    let expected = [
        ("max_input_bytes", limits.max_input_bytes),
        ("max_side_px", u64::from(limits.max_side_px)),
        ("max_pixels", limits.max_pixels),
        ("max_memory_bytes", limits.max_memory_bytes),
        ("max_work", limits.max_work),
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

/// The example of the README, compiled and run: what it accepts, what it refuses, and how. The
/// statements are those of the README, line by line.
#[test]
fn the_readme_example_runs() -> Result<(), Box<dyn std::error::Error>> {
    use bombproof::{Error, Limit, Request};

    let limits = Limits::default();
    let request = Request::cover(256, 256).jpeg(80);
    let upload = bombproof::read_upload(std::fs::File::open("corpus/valid/photo.jpg")?, &limits)?;
    let avatar = bombproof::thumbnail(&upload, &request, &limits)?;
    assert_eq!(avatar.size(), bombproof::Size::new(256, 256));

    let bomb = std::fs::read("corpus/bombs/flood-65535.png")?;
    let refused = bombproof::thumbnail(&bomb, &request, &limits).unwrap_err();
    assert!(matches!(refused, Error::OverLimit { limit: Limit::Pixels, found: 4_294_836_225, .. }));
    assert_eq!((refused.http_status(), bomb.len()), (413, 65));

    let source = include_str!("prose.rs");
    let example = README.split("```rust\n").nth(1).unwrap().split("```").next().unwrap();
    let code = example.lines().map(|line| line.split(" // ").next().unwrap().trim());
    let is_shared = |line: &str| {
        let starts = ["let ", "assert!"];
        starts.iter().any(|start| line.starts_with(start))
    };
    let mut shared = 0;
    for line in code.filter(|line| is_shared(line)) {
        assert!(source.lines().any(|own| own.trim() == line), "not compiled: {line}");
        shared += 1;
    }
    assert_eq!(shared, 7);
    assert!(example.contains("-> Result<(), Box<dyn std::error::Error>> {"));
    Ok(())
}

/// The tests, scripts and fuzz targets that SECURITY.md refers to exist.
#[test]
fn everything_the_security_page_names_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let quoted: Vec<&str> = SECURITY.split('`').skip(1).step_by(2).collect();
    let files = ["tests/", "scripts/", "testkit/", "benches/", "tools/", "deny.toml", "Cargo.lock"];
    let mut named = 0;
    for name in quoted.iter().filter(|name| files.iter().any(|file| name.starts_with(file))) {
        let path = name.split(' ').next().unwrap();
        assert!(root.join(path).exists(), "{name} does not exist");
        named += 1;
    }
    assert!(named > 20, "only {named} files are named");

    // Each target is named, and each name in the last column of the promises is a target.
    let targets: std::collections::BTreeSet<String> =
        std::fs::read_dir(root.join("fuzz/fuzz_targets"))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
    let attackers: std::collections::BTreeSet<String> = SECURITY
        .lines()
        .filter(|line| line.starts_with("| P"))
        .filter_map(|line| line.split('|').nth(4))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    let unknown: Vec<_> = attackers.difference(&targets).collect();
    assert!(unknown.is_empty(), "no such target: {unknown:?}");
    for target in &targets {
        assert!(quoted.contains(&target.as_str()), "the target {target} is not named");
    }
}

/// Every field of `Limits` is marked as a promise or as best effort, and the bounds of credible
/// sizes are those of the code.
#[test]
fn the_security_page_marks_every_limit() {
    let source = include_str!("../src/limits.rs");
    let fields = source.split("pub struct Limits {").nth(1).unwrap().split("\n}").next().unwrap();
    let mut marked = 0;
    for field in fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")) {
        let field = field.split(':').next().unwrap();
        let row = SECURITY
            .lines()
            .find(|line| line.starts_with("| `") && line.contains(&format!("`{field}`")))
            .unwrap_or_else(|| panic!("{field} is not in the table"));
        assert!(row.contains("| promise |") || row.contains("| best effort |"), "{row}");
        marked += 1;
    }
    assert_eq!(marked, fields.matches("*Promise.*").count());
    assert_eq!(1 << 24, 16_777_216);
    assert_eq!(4_096 * 8 / 11, 2_978);
    for number in ["16,777,216", "2,978", "1,032", "1.65"] {
        assert!(SECURITY.contains(number), "{number} is no longer stated");
    }
}

/// Each change of `tests/mutations.txt` can still be made: its old fragment occurs once.
#[test]
fn every_change_that_a_test_must_notice_can_be_made() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut file, mut changes) = (String::new(), 0);
    for line in include_str!("mutations.txt").lines() {
        if let Some(path) = line.strip_prefix("    file ") {
            file = std::fs::read_to_string(root.join(path)).unwrap();
        } else if let Some(old) = line.strip_prefix("    old ") {
            let old = old.trim().replace("\\n", "\n");
            assert_eq!(file.matches(&old).count(), 1, "{old}");
            changes += 1;
        }
    }
    assert!(changes >= 40, "only {changes} changes");
}

/// Users get the default features, which the tests beside the library extend.
#[test]
fn every_test_runs_with_the_default_features_or_needs_more() {
    /// The features `instrument` and `serde`, or nothing of the library. And the outputs, which the
    /// tests of Python and Node compare with the default features.
    const NOT_LISTED: [&str; 15] = [
        "architecture",
        "avatar_cli",
        "charges",
        "faults",
        "header_parts",
        "loop_filter",
        "outputs",
        "png_matrix",
        "polls",
        "properties",
        "prose",
        "regressions",
        "serde",
        "threats",
        "vp8_cuts",
    ];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = include_str!("../tools/default-features/Cargo.toml");
    let listed = listed
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"../../tests/")?.strip_suffix(".rs\""));
    let listed: std::collections::BTreeSet<&str> = listed.chain(NOT_LISTED).collect();
    let mut tests = 0;
    for entry in std::fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(listed.contains(name.as_str()), "{name} is not in tools/default-features");
            tests += 1;
        }
    }
    assert_eq!(tests, listed.len());
}
