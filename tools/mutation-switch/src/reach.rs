//! Which sites each test reaches, and how long it takes.

use std::collections::HashMap;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::build::Binary;
use crate::copy::{Copy, fingerprint};
use crate::process::{End, Switch, run};

/// A test that passes without a mutant.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) binary: Binary,
    pub(crate) name: String,
    pub(crate) seconds: f64,
}

impl Test {
    /// The name with that of the binary.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.binary.name, self.name)
    }
}

/// All tests, the quickest first, and which of them reach a site.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub(crate) tests: Vec<Test>,
    by_site: HashMap<u32, Vec<usize>>,
}

impl Reach {
    /// The tests that reach a site, the quickest first.
    pub(crate) fn of(&self, site: u32) -> Vec<&Test> {
        let tests = self.by_site.get(&site).map_or(&[][..], Vec::as_slice);
        tests.iter().filter_map(|&test| self.tests.get(test)).collect()
    }
}

/// Runs each test in a process of its own. Tests that take longer than a mutant may are still useful,
/// since most fail early. What is known of a binary is read from the folder.
pub(crate) fn record(copy: &Copy, binaries: &[Binary]) -> Result<Reach> {
    let mut recorded = Vec::new();
    for binary in binaries {
        let metadata = fs::metadata(&binary.path)?;
        let version = fingerprint(&(metadata.len(), metadata.modified()?));
        let kept = copy.folder.join(format!("reach-{}", binary.name));
        let known = fs::read_to_string(&kept).unwrap_or_default();
        let lines = match known.split_once('\n') {
            Some((first, lines)) if first == version => lines.to_owned(),
            _ => {
                let lines = record_binary(copy, binary)?;
                fs::write(&kept, format!("{version}\n{lines}"))?;
                lines
            }
        };
        recorded.extend(lines.lines().filter_map(|line| parse(binary, line)));
    }
    recorded.sort_by(|(a, _), (b, _)| a.seconds.total_cmp(&b.seconds));
    let mut reach = Reach::default();
    for (index, (test, sites)) in recorded.into_iter().enumerate() {
        for site in sites {
            reach.by_site.entry(site).or_default().push(index);
        }
        reach.tests.push(test);
    }
    Ok(reach)
}

/// A line for each test: name, seconds, sites. As many tests run at a time as there are cores.
fn record_binary(copy: &Copy, binary: &Binary) -> Result<String> {
    let names = list(&binary.path, &copy.root)?;
    let (next, lines) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let record_next = || -> Result<(), String> {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            let line = record_test(copy, binary, name).map_err(|error| error.to_string())?;
            lines.lock().map_err(|error| error.to_string())?.extend(line);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(record_next)).collect();
        let mut outcomes = workers.into_iter().map(|worker| worker.join());
        outcomes.try_for_each(|outcome| outcome.unwrap_or(Err("a thread has stopped".into())))
    })?;
    let lines = lines.into_inner().map_err(|error| error.to_string())?;
    eprintln!("recorded {} of {} tests of {}", lines.len(), names.len(), binary.name);
    Ok(lines.concat())
}

/// The line of a test. None if it does not pass.
fn record_test(copy: &Copy, binary: &Binary, name: &str) -> Result<Option<String>> {
    let (start, most) = (Instant::now(), Duration::from_secs(MOST_SECONDS));
    let recorded = run(binary, &copy.root, &[name], Switch::Record, most, start + most)?;
    if recorded.end != End::Passed {
        eprintln!("left out: {} {name} ({:?} without a mutant)", binary.name, recorded.end);
        return Ok(None);
    }
    let sites: Vec<&str> =
        recorded.stderr.lines().filter_map(|line| line.strip_prefix("reached ")).collect();
    let seconds = start.elapsed().as_secs_f64();
    Ok(Some(format!("{name}\t{seconds:.4}\t{}\n", sites.join(","))))
}

/// Reaching sites is counted, so that a test takes several times as long as without.
const MOST_SECONDS: u64 = 180;

fn list(binary: &Path, root: &Path) -> Result<Vec<String>> {
    let listed =
        Command::new(binary).args(["--list", "--format", "terse"]).current_dir(root).output()?;
    let listed = String::from_utf8(listed.stdout)?;
    Ok(listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

fn parse(binary: &Binary, line: &str) -> Option<(Test, Vec<u32>)> {
    let mut fields = line.split('\t');
    let name = fields.next()?.to_owned();
    let seconds = fields.next()?.parse().ok()?;
    let sites = fields.next()?.split(',').filter_map(|site| site.parse().ok()).collect();
    Some((Test { binary: binary.clone(), name, seconds }, sites))
}
