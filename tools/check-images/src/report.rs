//! What the checks found, the gaps that are known, and the summary.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One finding: a check, what it looked at, and whether it held.
#[derive(Debug)]
pub(crate) struct Row {
    check: &'static str,
    subject: String,
    held: bool,
    words: String,
    shown: bool,
}

impl Row {
    /// A finding that is printed, with its figure.
    pub(crate) fn figure(
        check: &'static str,
        subject: impl Into<String>,
        held: bool,
        words: impl Into<String>,
    ) -> Self {
        Self { check, subject: subject.into(), held, words: words.into(), shown: true }
    }

    /// A finding that is printed only where it does not hold.
    pub(crate) fn quiet(
        check: &'static str,
        subject: impl Into<String>,
        held: bool,
        words: impl FnOnce() -> String,
    ) -> Self {
        let words = if held { String::new() } else { words() };
        Self { check, subject: subject.into(), held, words, shown: false }
    }
}

/// A finding that is known not to hold, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    check: String,
    subject: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gaps {
    #[serde(default)]
    gap: Vec<Gap>,
}

/// Prints every finding that is worth it and the counts of each check. True when nothing unexpected
/// was found: what does not hold is a known gap, and every known gap still does not hold.
pub(crate) fn conclude(rows: &[Row], known_gaps: &str, whole_run: bool) -> bool {
    let gaps = match toml::from_str::<Gaps>(known_gaps) {
        Ok(gaps) => gaps.gap,
        Err(error) => {
            println!("FAIL known-gaps.toml: {error}");
            return false;
        }
    };
    let mut fine = !rows.is_empty();
    let mut counts = BTreeMap::<&str, [usize; 3]>::new();
    for row in rows {
        let gap = gaps.iter().find(|gap| gap.check == row.check && gap.subject == row.subject);
        let count = counts.entry(row.check).or_default();
        let (mark, column) = match (row.held, gap) {
            (true, None) => ("ok  ", 0),
            (false, Some(_)) => ("gap ", 1),
            (true, Some(_)) | (false, None) => ("FAIL", 2),
        };
        count[column] += 1;
        fine &= column < 2;
        if row.shown || column > 0 {
            println!("{mark} {}: {}: {}", row.check, row.subject, row.words);
        }
        match gap {
            Some(_) if row.held => println!("     known-gaps.toml lists it, and it holds now"),
            Some(gap) => println!("     known: {}", gap.reason),
            None => {}
        }
    }
    for gap in &gaps {
        let seen = rows.iter().any(|row| gap.check == row.check && gap.subject == row.subject);
        if gap.reason.trim().is_empty() || (whole_run && !seen) {
            println!(
                "FAIL known-gaps.toml: {}: {}: no such finding, or no reason",
                gap.check, gap.subject
            );
            fine = false;
        }
    }
    println!("\n{:<24} {:>7} {:>10} {:>10}", "check", "held", "known gap", "FAILED");
    for (check, [held, known, failed]) in &counts {
        println!("{check:<24} {held:>7} {known:>10} {failed:>10}");
    }
    println!("{}", if fine { "\nall as expected" } else { "\nNOT as expected" });
    fine
}
