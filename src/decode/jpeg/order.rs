//! What is decoded of a JPEG.

use core::ops::Range;

use crate::probe::jpeg::{Frame, Scale, Scan};
use crate::size::Rect;

/// Which part of a frame is decoded, at which scales and in which order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'f> {
    pub(crate) frame: &'f Frame,
    /// The scale of each component.
    pub(crate) scales: [Scale; 4],
    /// The part of each plane that is delivered, in samples at its scale.
    pub(crate) windows: [Rect; 4],
    /// Decodes the components of a frame with several scans one after another, so that only one
    /// component has a history at a time. Each component takes a pass of its own over the scans.
    pub(crate) one_component_at_a_time: bool,
    /// Delivers the rows that a truncated frame with several scans has, before the error.
    pub(crate) keeps_truncated: bool,
}

impl<'f> Order<'f> {
    /// All of each plane.
    #[cfg(any(test, feature = "instrument"))]
    pub(crate) fn whole(frame: &'f Frame, scales: [Scale; 4]) -> Self {
        let plane = |i: usize| Rect::covering(scales[i & 3].plane_size(frame, i));
        Self {
            frame,
            scales,
            windows: core::array::from_fn(plane),
            one_component_at_a_time: false,
            keeps_truncated: false,
        }
    }

    /// The scale and the window of a component.
    pub(super) fn plane(&self, component: usize) -> (Scale, Rect) {
        (self.scales[component & 3], self.windows[component & 3])
    }

    /// The components that each pass over the scans decodes. The last component comes first.
    pub(super) fn passes(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let count = self.frame.components().len();
        let each = if self.one_component_at_a_time { 1 } else { count };
        (0..count).step_by(each.max(1)).rev().map(move |first| first..first + each)
    }

    /// True when `pass` needs a coefficient of the scan. The components of a DC scan share it, so the
    /// first pass decodes all DC scans. An AC scan of a progressive frame has one component; a pass
    /// needs the scan when the scale of that component needs the band.
    pub(super) fn needs(&self, scan: &Scan, pass: &Range<usize>) -> bool {
        let is_first_pass = pass.end == self.frame.components().len();
        if scan.first == 0 {
            return is_first_pass;
        }
        scan.components().iter().any(|component| {
            let (scale, _) = self.plane(component.index);
            let found = self.frame.components().get(component.index);
            pass.contains(&component.index)
                && found.is_some_and(|component| scan.first <= component.last_coefficient(scale))
        })
    }
}
