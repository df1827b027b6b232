//! Runs an attack through the pipeline and counts what it costs.

use bombproof::instrument::{Work, measure_work};
use bombproof::{Error, Interrupt, Limit, Limits, Plan, Request, Size, Thumbnail, probe};

use crate::counting_allocator::{Measured, measure};

/// The size of the good pictures that `testkit` builds most attacks around.
pub(crate) const SMALL: Size = Size::new(16, 16);

/// The outcome of one upload, and what it cost.
#[derive(Debug)]
pub(crate) struct Attack {
    pub(crate) result: Result<Thumbnail, Error>,
    /// What the plan quoted, if there was a plan.
    pub(crate) quote: Option<u64>,
    pub(crate) heap: Measured,
    pub(crate) work: Work,
    input_bytes: u64,
}

/// An avatar of 256×256 under the default limits.
pub(crate) fn attack(bytes: &[u8]) -> Attack {
    attack_with(bytes, &Request::cover(256, 256), &Limits::default())
}

/// Probes, plans and runs. Nothing may be allocated before the plan, and no more than it quotes
/// after.
pub(crate) fn attack_with(bytes: &[u8], request: &Request, limits: &Limits) -> Attack {
    let mut quote = None;
    let ((result, heap), work) = measure_work(|| {
        measure(|| {
            let (header, probed) = measure(|| probe(bytes));
            assert_eq!(probed.allocations, 0, "probe allocates");
            let header = header?;
            let (plan, planned) = measure(|| Plan::new(&header, request, limits));
            assert_eq!(planned.allocations, 0, "Plan::new allocates");
            let plan = plan?;
            quote = Some(plan.memory_bytes());
            plan.run(bytes, &Interrupt::never())
        })
    });
    let attack = Attack { result, quote, heap, work, input_bytes: bytes.len() as u64 };
    assert!(!matches!(attack.result, Err(Error::Bug(_))), "{attack:?}");
    let allowed = attack.quote.unwrap_or(0);
    assert!(attack.heap.peak_bytes <= allowed, "over the quote: {attack:?}");
    assert!(allowed <= limits.max_memory_bytes, "over the limit: {attack:?}");
    attack.assert_linear_walks();
    attack
}

impl Attack {
    /// A job walks over its container a fixed number of times: `probe` walks once, and once for the
    /// profile; running the plan repeats both, and decodes. The constant is for
    /// the few entries of an Exif block that are begun although they are not there.
    fn assert_linear_walks(&self) {
        let allowed = 8 * self.input_bytes + 1_024;
        assert!(self.work.parsed_bytes <= allowed, "{} allowed: {self:?}", allowed);
    }

    /// Refused without an allocation, and before any pixel.
    pub(crate) fn assert_refused(&self) -> &Error {
        assert_eq!(self.heap.allocations, 0, "{self:?}");
        assert_eq!((self.work.blocks, self.work.pixels), (0, 0), "{self:?}");
        assert_eq!(self.work.inflated_bytes, 0, "{self:?}");
        self.result.as_ref().expect_err("a refusal")
    }

    /// Refused without an allocation by one of `limits`, which the number found exceeds.
    pub(crate) fn assert_over_limit(&self, limits: &[Limit]) {
        match self.assert_refused() {
            Error::OverLimit { limit, found, allowed, .. } => {
                assert!(limits.contains(limit) && found > allowed, "{self:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    /// Refused without an allocation, as an error of this kind.
    pub(crate) fn assert_refused_as(&self, kind: &str) {
        assert_eq!(self.assert_refused().kind(), kind, "{self:?}");
    }

    /// Accepted: the picture has this size.
    pub(crate) fn assert_picture(&self, size: Size) -> &Thumbnail {
        let picture = self.result.as_ref().unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert_eq!(picture.size(), size);
        picture
    }
}
