//! The findings of the checks, the known gaps, and the summary.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One finding: a check, its subject, and whether the check held.
#[derive(Debug)]
pub(crate) struct Row {
    check: &'static str,
    subject: String,
    held: bool,
    text: String,
    is_shown: bool,
}

impl Row {
    /// A finding that is always printed, with its figures.
    pub(crate) fn figure(
        check: &'static str,
        subject: impl Into<String>,
        held: bool,
        text: impl Into<String>,
    ) -> Self {
        Self { check, subject: subject.into(), held, text: text.into(), is_shown: true }
    }

    /// Holds if as many pictures were compared as are known: a check must not pass on nothing.
    pub(crate) fn count(subject: impl Into<String>, found: usize, known: usize) -> Self {
        let text = format!("{found} pictures compared, {known} are known");
        Self::figure("count", subject, found == known, text)
    }

    /// A finding that is printed only if it does not hold.
    pub(crate) fn quiet(
        check: &'static str,
        subject: impl Into<String>,
        held: bool,
        text: impl FnOnce() -> String,
    ) -> Self {
        let text = if held { String::new() } else { text() };
        Self { check, subject: subject.into(), held, text, is_shown: false }
    }
}

/// A finding that is known not to hold, and the reason.
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

/// Prints the findings and the counts of each check. True if everything is as
/// expected: every finding holds, except for the known gaps, and those do not.
pub(crate) fn summarize(rows: &[Row], known_gaps: &str, whole_run: bool) -> bool {
    let gaps = match toml::from_str::<Gaps>(known_gaps) {
        Ok(gaps) => gaps.gap,
        Err(error) => {
            println!("FAIL known-gaps.toml: {error}");
            return false;
        }
    };
    let mut as_expected = !rows.is_empty();
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
        as_expected &= column < 2;
        if row.is_shown || column > 0 {
            println!("{mark} {}: {}: {}", row.check, row.subject, row.text);
        }
        match gap {
            Some(_) if row.held => println!("     known-gaps.toml lists it, but it holds now"),
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
            as_expected = false;
        }
    }
    println!("\n{:<24} {:>7} {:>10} {:>10}", "check", "held", "known gap", "FAILED");
    for (check, [held, known, failed]) in &counts {
        println!("{check:<24} {held:>7} {known:>10} {failed:>10}");
    }
    println!("{}", if as_expected { "\nall as expected" } else { "\nNOT as expected" });
    as_expected
}
