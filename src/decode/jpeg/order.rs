//! The order for the JPEG decoder: what to decode of a frame.

use core::ops::Range;

use crate::probe::jpeg::{Frame, Scale, Scan};
use crate::size::Rect;

/// Which part of a frame to decode, at which scales, and in which order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'f> {
    pub(crate) frame: &'f Frame,
    /// The scale of each component.
    pub(crate) scales: [Scale; 4],
    /// The part of each plane to send to the sink, in samples at the scale of the plane.
    pub(crate) windows: [Rect; 4],
    /// Decodes the components of a frame with several scans one after another, each in its own pass
    /// over the scans. Only one component at a time then needs memory for its history.
    pub(crate) one_component_at_a_time: bool,
    /// Accepts a truncated frame that has at least this percentage of its rows. Without it, a
    /// truncated frame with several scans sends no row.
    pub(crate) min_percent_of_rows: Option<u8>,
}

impl<'f> Order<'f> {
    /// An order for all of each plane.
    #[cfg(any(test, feature = "instrument"))]
    pub(crate) fn whole(frame: &'f Frame, scales: [Scale; 4]) -> Self {
        let plane = |i: usize| Rect::covering(scales[i & 3].plane_size(frame, i));
        Self {
            frame,
            scales,
            windows: core::array::from_fn(plane),
            one_component_at_a_time: false,
            min_percent_of_rows: None,
        }
    }

    /// The scale and the window of a component.
    pub(super) fn scale_and_window(&self, component: usize) -> (Scale, Rect) {
        (self.scales[component & 3], self.windows[component & 3])
    }

    /// True when only the means of blocks are decoded.
    pub(super) fn skips_ac(&self) -> bool {
        let mut scales = self.scales.iter().take(self.frame.components().len());
        scales.all(|&scale| scale == Scale::Eighth)
    }

    /// The components that each pass over the scans decodes. The last components come first.
    pub(super) fn passes(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let count = self.frame.components().len();
        let components_per_pass = if self.one_component_at_a_time { 1 } else { count };
        (0..count)
            .step_by(components_per_pass.max(1))
            .rev()
            .map(move |first| first..first + components_per_pass)
    }

    /// True when `pass` needs a coefficient of the scan.
    ///
    /// Several components share a DC scan, so the first pass decodes all DC scans. An AC scan of a
    /// progressive frame has one component; its pass needs the scan if the scale of the component
    /// needs the spectral band.
    pub(super) fn needs(&self, scan: &Scan, pass: &Range<usize>) -> bool {
        let is_first_pass = pass.end == self.frame.components().len();
        if scan.first == 0 {
            return is_first_pass;
        }
        scan.components().iter().any(|component| {
            let (scale, _) = self.scale_and_window(component.index);
            let in_frame = self.frame.components().get(component.index);
            pass.contains(&component.index)
                && in_frame.is_some_and(|component| scan.first <= component.last_coefficient(scale))
        })
    }
}
