//! The header of a file and the quote of a job change only on purpose. `corpus/HEADERS.txt` records
//! both for every file of the corpus, and `corpus/DAMAGE.txt` records what damage does to them.
//!
//! `RECORD=1 cargo test --test headers` rewrites both records; `git diff` then shows what changed.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::fmt::{self, Write};
use std::fs;

use bombproof::{Error, Header, JpegDetail, Limits, Plan, Rect, Request, Size, probe};

#[path = "support/checksum.rs"]
mod checksum;
#[path = "support/manifest.rs"]
mod manifest;

use checksum::Fnv1a64;
use manifest::{Entry, corpus, entries};

#[test]
fn headers_and_quotes_are_as_recorded() {
    compare("HEADERS.txt", |entry| {
        let bytes = entry.read();
        let mut description = format!("{}\n", entry.path);
        match probe(&bytes) {
            Ok(header) => {
                writeln!(description, "  {}", HeaderLine(&header)).unwrap();
                for (name, request, limits) in requests(&header) {
                    match Plan::new(&header, &request, &limits) {
                        Ok(plan) => writeln!(description, "  {name}: {plan}{}", sizes(&plan)),
                        Err(error) => writeln!(description, "  {name}: {error}"),
                    }
                    .unwrap();
                }
            }
            Err(error) => writeln!(description, "  {error}").unwrap(),
        }
        Some(description)
    });
}

#[test]
fn damaged_files_end_as_recorded() {
    compare("DAMAGE.txt", |entry| {
        let bytes = entry.read();
        (bytes.len() <= SMALL_BYTES).then(|| {
            let mut damage = Damage { copies: 0, headers: 0, sum: Fnv1a64::default() };
            let mut copy = bytes.clone();
            for at in 0..bytes.len() {
                damage.record(&bytes[..at]);
                let byte = bytes[at];
                for changed in [0x00, 0xFF, byte ^ 0x01, byte ^ 0x80] {
                    if at < DAMAGED_BYTES && changed != byte {
                        copy[at] = changed;
                        damage.record(&copy);
                    }
                }
                copy[at] = byte;
            }
            let Damage { copies, headers, sum } = damage;
            format!("{}: {headers} headers of {copies}, {sum}\n", entry.path)
        })
    });
}

/// Compares the description of each file with the record called `name`, or rewrites the record.
fn compare(name: &str, describe: impl Fn(&Entry) -> Option<String>) {
    let path = corpus().join(name);
    let described = entries().into_iter().filter_map(|entry| describe(&entry));
    if std::env::var_os("RECORD").is_some() {
        fs::write(path, described.collect::<String>()).unwrap();
        return;
    }
    let recorded = fs::read_to_string(path).unwrap();
    let mut recorded = recorded.split_inclusive('\n');
    for now in
        described.flat_map(|description| description.lines().map(String::from).collect::<Vec<_>>())
    {
        let then = recorded.next().unwrap_or_default().trim_end();
        assert_eq!(now, then, "{name} differs; `RECORD=1` rewrites it");
    }
    assert_eq!(recorded.next(), None, "{name} lists files that are gone");
}

/// Small and large targets, several sizes and a crop, under limits that refuse and limits that do
/// not.
fn requests(header: &Header) -> [(&'static str, Request, Limits); 4] {
    let mut open = Limits::default();
    open.max_side_px = u32::MAX;
    open.max_pixels = u64::MAX;
    open.max_memory_bytes = u64::MAX;
    open.max_work = u64::MAX;
    open.max_scan_work = 10_000;
    open.max_segments = u32::MAX;
    let Size { width, height } = header.upright_size();
    let crop = Rect {
        x: width / 3,
        y: height / 4,
        width: (width / 2).max(1),
        height: (height / 2).max(1),
    };
    [
        ("cover", Request::cover(256, 256), Limits::default()),
        ("contain", Request::contain(40, 30).and_size(9, 100).enlarge(true).png(), open),
        ("crop", Request::cover(7, 5).crop(crop).jpeg_detail(JpegDetail::Best).pixels(), open),
        ("full", Request::full_size().webp_lossless(), open),
    ]
}

/// The output sizes, most of which the `Display` of a plan leaves out.
fn sizes(plan: &Plan) -> String {
    let sizes: Vec<_> = plan.output_sizes().map(|size| size.to_string()).collect();
    assert_eq!(sizes[0], plan.output_size().to_string());
    assert!(plan.to_string().contains(&format!("; {} bytes (", plan.memory_bytes())));
    format!("; makes {}", sizes.join(" "))
}

/// All public fields of a header in one line.
struct HeaderLine<'h>(&'h Header);

impl fmt::Display for HeaderLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.0;
        write!(f, "{} {} {:?}", header.format().name(), header.size(), header.color())?;
        write!(f, ", {} bits, orientation {:?}", header.bit_depth(), header.orientation())?;
        for (flag, word) in [
            (header.alpha(), "alpha"),
            (header.progressive(), "progressive"),
            (header.animated(), "animated"),
        ] {
            if flag {
                write!(f, ", {word}")?;
            }
        }
        if let Some(kind) = header.icc() {
            write!(f, ", {kind:?} profile")?;
        }
        if let Some(scans) = header.scans() {
            write!(f, ", {scans} scans")?;
        }
        write!(f, ", {} segments, {} bytes", header.segments(), header.input_bytes())
    }
}

/// A checksum over the outcomes of all damaged copies of one file.
struct Damage {
    copies: u32,
    headers: u32,
    sum: Fnv1a64,
}

impl Damage {
    fn record(&mut self, bytes: &[u8]) {
        self.copies += 1;
        match probe(bytes) {
            Ok(header) => {
                self.headers += 1;
                let (_, request, limits) = requests(&header)[1];
                let outcome: Result<Plan, Error> = Plan::new(&header, &request, &limits);
                match outcome {
                    Ok(plan) => writeln!(self.sum, "{}; {plan}", HeaderLine(&header)),
                    Err(error) => writeln!(self.sum, "{}; {error}", HeaderLine(&header)),
                }
                .unwrap();
            }
            Err(error) => writeln!(self.sum, "{error}").unwrap(),
        }
    }
}

/// Longer files are not damaged.
const SMALL_BYTES: usize = 2_000;
/// Bytes after these are not changed.
const DAMAGED_BYTES: usize = 700;
