//! P2 and P3, stage by stage: every byte on the heap of a job is charged to its budget, and what a
//! budget has charged is what the plan quoted.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::collections::BTreeSet;

use bombproof::instrument::{StageBytes, charged_bytes, measure_charges, quoted_stages};
use bombproof::{ColorKind, Error, Interrupt, Limits, Plan, Thumbnail, probe};

#[path = "support/charge_checking_allocator.rs"]
mod charge_checking_allocator;
#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/requests.rs"]
mod requests;

use charge_checking_allocator::{ChargeCheckingAllocator, most_uncharged_bytes};
use requests::requests;

#[global_allocator]
static ALLOCATOR: ChargeCheckingAllocator = ChargeCheckingAllocator;

/// Why a stage may need less than its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// A file is written into a block that grows. No picture makes the longest file of its size.
    TheFileIsShorter,
    /// While an output is made, the files of the earlier ones are live, which are shorter as well.
    EarlierFilesAreShorter,
    /// A transparent grey picture on a grey background is written without chroma. The price holds
    /// for any background.
    NoChroma,
}

/// Why the charges of a job differ from its price: in the finish stage, before the file, and while it
/// grows.
fn differences(outputs: &[Thumbnail], plan: &Plan) -> [Option<Difference>; 3] {
    use Difference::{EarlierFilesAreShorter, NoChroma, TheFileIsShorter};
    let is_file = outputs.iter().any(|output| output.picture().is_none());
    let is_jpeg = outputs.iter().any(|output| output.media_type() == "image/jpeg");
    let is_gray = plan.header().color() == ColorKind::Gray;
    let has_alpha = plan.header().alpha() || plan.to_string().contains(" round");
    match outputs {
        _ if !is_file => [None; 3],
        [_] if is_jpeg && is_gray && has_alpha => [None, Some(NoChroma), Some(TheFileIsShorter)],
        [_] => [None, None, Some(TheFileIsShorter)],
        _ => [Some(EarlierFilesAreShorter), Some(EarlierFilesAreShorter), Some(TheFileIsShorter)],
    }
}

/// Every job of the corpus. At no allocation does it hold a byte that is not charged, be it in a
/// stage that is not its peak. What it has charged in a stage is the price of the stage, but for the
/// reasons of [`Difference`].
#[test]
fn every_byte_is_charged_and_every_stage_charges_its_price() {
    let mut limits = Limits::default();
    limits.max_memory_bytes = 1 << 30;
    let (mut jobs, mut complete, mut seen) = (0, 0, BTreeSet::new());
    for file in manifest::entries() {
        let bytes = file.read();
        let Ok(header) = probe(&bytes) else { continue };
        for (name, request) in requests(header.upright_size()) {
            let plan = Plan::new(&header, &request, &limits);
            // The slowest jobs charge the same buffers as the others.
            let Some(plan) = plan.ok().filter(|plan| plan.work() < 20_000_000) else { continue };
            let name = format!("{}, {name}: {plan}", file.path);
            let run = || plan.run_all(&bytes, &Interrupt::never());
            let ((result, charged), uncharged) = most_uncharged_bytes(|| measure_charges(run));
            assert_eq!(uncharged, 0, "{name}: bytes that are not charged");
            assert_eq!(charged_bytes(), 0, "{name}: bytes that stay charged");
            assert!(!matches!(result, Err(Error::Bug(_))), "{name}: {result:?}");
            if let Ok(outputs) = result {
                let reasons = differences(&outputs, &plan);
                seen.extend(assert_price(&name, charged, quoted_stages(&plan), reasons));
                complete += 1;
            }
            jobs += 1;
        }
    }
    assert!(jobs > 6_000 && complete > 5_000, "only {complete} of {jobs} jobs");
    // Every reason is needed.
    assert_eq!(seen.len(), 3, "{seen:?}");
}

/// Asserts that each stage charged what it was quoted, or less for a reason. Returns the reasons that
/// were needed.
fn assert_price(
    name: &str,
    charged: StageBytes,
    quoted: StageBytes,
    reasons: [Option<Difference>; 3],
) -> impl Iterator<Item = Difference> {
    assert_eq!(charged.decode, quoted.decode, "{name}: decode");
    let stages = [
        ("finish", charged.finish, quoted.finish),
        ("before the file", charged.before_file, quoted.before_file),
        ("encode", charged.encode, quoted.encode),
    ];
    let needed = stages.into_iter().zip(reasons).map(|((stage, charged, quoted), reason)| {
        assert!(charged <= quoted, "{name}: {stage} charged {charged} of {quoted}");
        assert!(
            charged == quoted || reason.is_some(),
            "{name}: {stage} charged {charged} of {quoted}"
        );
        reason.filter(|_| charged < quoted)
    });
    needed.collect::<Vec<_>>().into_iter().flatten()
}
