//! What the plan wants of a frame.

use core::ops::Range;

use crate::plan::Plan;
use crate::probe::jpeg::{Frame, Scale, Scan};
use crate::size::Rect;

/// What is decoded of a frame, and in which order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    /// The scale of each component.
    pub(crate) scales: [Scale; 4],
    /// The part of each plane, at its scale, that is delivered.
    pub(crate) windows: [Rect; 4],
    /// Components of a frame in several scans take turns, so that only one has a history at a time.
    pub(crate) apart: bool,
}

impl Selection {
    pub(crate) fn of(plan: &Plan) -> Self {
        Self { scales: plan.scales(), windows: plan.windows(), apart: plan.decodes_apart() }
    }

    /// All of each plane.
    #[cfg(any(test, feature = "instrument"))]
    pub(crate) fn whole(frame: &Frame, scales: [Scale; 4]) -> Self {
        let plane = |i: usize| Rect::covering(scales[i & 3].plane_size(frame, i));
        Self { scales, windows: core::array::from_fn(plane), apart: false }
    }

    /// The scale and the window of a component.
    pub(super) fn plane(&self, component: usize) -> (Scale, Rect) {
        (self.scales[component & 3], self.windows[component & 3])
    }

    /// The components that each walk over the scans of a frame is for, from the last one to the first.
    pub(super) fn turns(&self, frame: &Frame) -> impl Iterator<Item = Range<usize>> {
        let count = frame.components().len();
        let each = if self.apart { 1 } else { count };
        (0..count).step_by(each.max(1)).rev().map(move |first| first..first + each)
    }

    /// True when the scan has something that is needed in `turn`: a band that the scale of a component
    /// needs, which in a progressive frame has the scan alone, or, in the first turn, DC
    /// coefficients, whose scans components share.
    pub(super) fn needs(&self, scan: &Scan, frame: &Frame, turn: &Range<usize>) -> bool {
        let is_first_turn = turn.end == frame.components().len();
        if scan.first == 0 {
            return is_first_turn;
        }
        scan.components().iter().any(|component| {
            let (scale, _) = self.plane(component.index);
            let found = frame.components().get(component.index);
            turn.contains(&component.index)
                && found.is_some_and(|component| scan.first <= component.last_coefficient(scale))
        })
    }
}
