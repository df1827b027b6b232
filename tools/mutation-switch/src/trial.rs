//! Runs the tests that reach a mutant until one notices it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;
use crate::process::{End, Switch, run};
use crate::reach::Test;

/// What the tests say of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Noticed,
    NotNoticed,
    NotReached,
    /// No test noticed it in the time that one mutant has.
    Capped,
}

/// The tests that noticed mutants of each file, the last one first.
#[derive(Debug, Default)]
pub(crate) struct Noticing(HashMap<String, Vec<String>>);

impl Noticing {
    /// `test` has noticed a mutant of `file`.
    pub(crate) fn add(&mut self, file: &str, test: &str) {
        let tests = self.0.entry(file.to_owned()).or_default();
        tests.retain(|other| other != test);
        tests.insert(0, test.to_owned());
        tests.truncate(MOST_NOTICING);
    }

    /// Splits `tests` into those that noticed another mutant of `file` and the others. A slow one would
    /// take the time of all quick ones, and stays where it is.
    pub(crate) fn split<'a>(
        &self,
        file: &str,
        tests: Vec<&'a Test>,
    ) -> (Vec<&'a Test>, Vec<&'a Test>) {
        let known = self.0.get(file).map_or(&[][..], Vec::as_slice);
        tests.into_iter().partition(|test| {
            test.seconds <= MOST_SECONDS_OF_FIRST && known.contains(&test.full_name())
        })
    }
}

/// Tries a mutant. Also returns the test that noticed it.
pub(crate) fn try_mutant(
    root: &Path,
    mutant: u32,
    (first, others): (Vec<&Test>, Vec<&Test>),
    most_seconds: f64,
) -> Result<(Outcome, String)> {
    if first.is_empty() && others.is_empty() {
        return Ok((Outcome::NotReached, String::new()));
    }
    let stop_at = Instant::now() + Duration::from_secs_f64(most_seconds);
    for batch in batches(&first).into_iter().chain(batches(&others)) {
        let slowest = batch.iter().map(|test| test.seconds).fold(0.0, f64::max);
        let most = Duration::from_secs_f64(10.0 * slowest + 2.0);
        for (binary, tests) in by_binary(&batch) {
            let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
            let Some(first) = tests.first() else { continue };
            let done = run(&first.binary, root, &names, Switch::Mutant(mutant), most, stop_at)?;
            let test = format!("{binary} {}", done.test.unwrap_or_default());
            match done.end {
                End::Passed => {}
                End::Failed => return Ok((Outcome::Noticed, test)),
                End::Hung => return Ok((Outcome::Noticed, format!("{test} (hangs)"))),
                End::Stopped => return Ok((Outcome::Capped, test)),
            }
        }
    }
    Ok((Outcome::NotNoticed, String::new()))
}

/// Splits the tests, quickest first, into batches that take twice as long from one to the next.
fn batches<'a>(tests: &[&'a Test]) -> Vec<Vec<&'a Test>> {
    let mut batches = vec![Vec::new()];
    let (mut seconds, mut most) = (0.0, FIRST_BATCH_SECONDS);
    for test in tests {
        if seconds > most {
            batches.push(Vec::new());
            (seconds, most) = (0.0, 2.0 * most);
        }
        seconds += test.seconds;
        if let Some(batch) = batches.last_mut() {
            batch.push(*test);
        }
    }
    batches
}

fn by_binary<'a>(batch: &[&'a Test]) -> BTreeMap<&'a str, Vec<&'a Test>> {
    let mut groups: BTreeMap<&str, Vec<&Test>> = BTreeMap::new();
    for test in batch {
        groups.entry(&test.binary.name).or_default().push(test);
    }
    groups
}

const FIRST_BATCH_SECONDS: f64 = 0.05;
const MOST_SECONDS_OF_FIRST: f64 = 0.5;
/// More of them would no longer be quicker than all tests in their order.
const MOST_NOTICING: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Binary;

    #[test]
    fn quick_tests_that_noticed_others_come_first() {
        let test = |name: &str, seconds| Test {
            binary: Binary { name: "lib".into(), path: "lib".into() },
            name: name.into(),
            seconds,
        };
        let tests = [test("quick", 0.1), test("other", 0.2), test("slow", 20.0)];
        let mut noticing = Noticing::default();
        noticing.add("src/a.rs", "lib slow");
        noticing.add("src/a.rs", "lib quick");
        let names =
            |tests: Vec<&Test>| tests.iter().map(|test| test.name.clone()).collect::<Vec<_>>();
        let (first, others) = noticing.split("src/a.rs", tests.iter().collect());
        assert_eq!(
            (names(first), names(others)),
            (vec!["quick".into()], vec!["other".into(), "slow".into()])
        );
        assert!(noticing.split("src/b.rs", tests.iter().collect()).0.is_empty());
    }

    #[test]
    fn batches_take_twice_as_long_each_time() {
        let test = |seconds| Test {
            binary: Binary { name: "lib".into(), path: "lib".into() },
            name: "test".into(),
            seconds,
        };
        let tests = vec![test(0.03); 20];
        let sizes: Vec<usize> =
            batches(&tests.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 4, 7, 7]);
    }
}
