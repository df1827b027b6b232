//! The tests that the README names exist.

use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");

const FILES: [(&str, &str); 12] = [
    ("concurrency", include_str!("concurrency.rs")),
    ("crash_recovery", include_str!("crash_recovery.rs")),
    ("outages", include_str!("outages.rs")),
    ("http_api", include_str!("http_api.rs")),
    ("web_page", include_str!("web_page.rs")),
    ("regeneration", include_str!("regeneration.rs")),
    ("walk", include_str!("bulk/walk.rs")),
    ("meanwhile", include_str!("bulk/meanwhile.rs")),
    ("hostile_rows", include_str!("bulk/hostile_rows.rs")),
    ("manifest", include_str!("bulk/manifest.rs")),
    ("s3", include_str!("s3.rs")),
    ("overload", include_str!("overload.rs")),
];

#[test]
fn every_test_in_the_readme_exists() {
    let mut named = BTreeSet::new();
    for (path, name) in README.split('`').filter_map(|code| code.rsplit_once("::")) {
        let file = path.rsplit("::").next().unwrap();
        let Some((_, source)) = FILES.iter().find(|(known, _)| *known == file) else { continue };
        // `_on_…` stands for the same test on each database.
        let name = name.split(['…', '{']).next().unwrap();
        assert!(source.contains(&format!("fn {name}")), "{file}::{name}");
        named.insert(file);
    }
    assert_eq!(named.len(), FILES.len(), "{named:?}");
}

#[test]
fn every_incident_has_a_row() {
    let incidents = (1..=11).map(|n| format!("A{n}"));
    let incidents = incidents.chain((1..=3).map(|n| format!("B{n}")));
    let incidents = incidents.chain((1..=7).map(|n| format!("C{n}")));
    let incidents = incidents.chain((1..=3).map(|n| format!("D{n}")));
    let rows: BTreeSet<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .flat_map(|(rows, _)| rows.split(", "))
        .collect();
    for incident in incidents {
        assert!(rows.contains(incident.as_str()), "{incident}");
    }
}
