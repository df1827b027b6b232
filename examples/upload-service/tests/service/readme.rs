//! The README names tests that are there.

use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");

const FILES: [(&str, &str); 8] = [
    ("concurrency", include_str!("concurrency.rs")),
    ("crash", include_str!("crash.rs")),
    ("failure", include_str!("failure.rs")),
    ("front_door", include_str!("front_door.rs")),
    ("page", include_str!("page.rs")),
    ("regenerate", include_str!("regenerate.rs")),
    ("s3", include_str!("s3.rs")),
    ("storm", include_str!("storm.rs")),
];

#[test]
fn every_test_that_the_readme_names_is_there() {
    let mut named = BTreeSet::new();
    for (file, name) in README.split('`').filter_map(|code| code.split_once("::")) {
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
