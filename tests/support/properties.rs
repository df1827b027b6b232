//! The promise as properties of any bytes, for the fuzz targets and the tests.
#![allow(dead_code, reason = "each crate that includes this file uses a part of it")]

use bombproof::{Error, Header, Interrupt, Limits, Plan, Request, probe};

use crate::counting_allocator::measure;

/// P1: reading the header allocates nothing, whatever the bytes. (An error may carry a source.)
pub(crate) fn probe_allocates_nothing(bytes: &[u8]) -> Option<Header> {
    let (header, measured) = measure(|| probe(bytes));
    assert_eq!(measured.allocations, 0, "probe allocated");
    header.ok()
}

/// P1, P2 and P5: planning allocates nothing, the job stays within its quote, and no promise of ours
/// breaks on the way.
pub(crate) fn job_keeps_the_promise(bytes: &[u8], request: &Request, limits: &Limits) {
    let Some(header) = probe_allocates_nothing(bytes) else { return };
    let (plan, measured) = measure(|| Plan::new(&header, request, limits));
    assert_eq!(measured.allocations, 0, "Plan::new allocated");
    let Ok(plan) = plan else { return };
    assert!(plan.memory_bytes() <= limits.max_memory_bytes, "a quote over the limit");
    let (result, measured) = measure(|| plan.run_all(bytes, &Interrupt::never()));
    assert!(
        measured.peak_bytes <= plan.memory_bytes(),
        "{} bytes used, {} quoted: {plan}",
        measured.peak_bytes,
        plan.memory_bytes(),
    );
    match result {
        Ok(thumbnails) => {
            for (thumbnail, size) in thumbnails.iter().zip(plan.output_sizes()) {
                assert_eq!(thumbnail.size(), size);
                assert!(!size.is_empty());
            }
        }
        Err(Error::Bug(what)) => panic!("{what}: {plan}"),
        Err(_) => {}
    }
}
