//! Small planes → rows of samples at the target size.

use super::resize::{self, PlanePart, Resizer};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::price::sum_ps;
use crate::shrink::PlaneRows;
use crate::size::Size;

/// Resizes all planes of a picture, one row at a time. Planes of which the same part is shown share
/// a resizer, and its weights.
pub(super) struct Rows<'b> {
    /// One for each distinct part.
    resizers: [Option<Resizer<'b>>; 4],
    /// The index of the resizer of each plane.
    resizer_of_plane: [usize; 4],
    plane_count: usize,
    width: usize,
    /// A row of luma with its fraction, if the first plane keeps one.
    luma: Buffer<'b, u16>,
    /// A row of each other plane.
    samples: Buffer<'b, u8>,
}

/// The samples of one row.
pub(super) struct Row<'r> {
    /// The first plane, if it keeps its fraction.
    pub(super) luma: &'r [u16],
    /// The other planes, from the first one on.
    pub(super) planes: [&'r [u8]; 4],
}

impl<'b> Rows<'b> {
    /// With `keeps_luma`, the first plane keeps its fraction.
    pub(super) fn new(
        parts: &[PlanePart],
        target: Size,
        keeps_luma: bool,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let mut resizers = [const { None }; 4];
        let mut resizer_of_plane = [0; 4];
        for ((index, part), resizer) in parts.iter().enumerate().zip(&mut resizer_of_plane) {
            *resizer = first_with(parts, part);
            if *resizer == index
                && let Some(slot) = resizers.get_mut(index)
            {
                *slot = Some(Resizer::new(*part, target, budget)?);
            }
        }
        let (width, luma_planes) = (u64::from(target.width), u64::from(keeps_luma));
        Ok(Self {
            resizers,
            resizer_of_plane,
            plane_count: parts.len(),
            width: target.width as usize,
            luma: budget.buffer(width * luma_planes, 0u16)?,
            samples: budget.buffer(width * (parts.len() as u64 - luma_planes), 0u8)?,
        })
    }

    /// The most work of all rows, in picoseconds.
    pub(super) fn work_ps(parts: &[PlanePart], target: Size) -> u64 {
        let weights = distinct(parts).map(|&part| resize::weights_ps(part, target));
        let planes = parts.iter().map(|&part| resize::work_ps(part, target));
        let rows_ps = sum_ps([(u64::from(target.height), ROW_PS)]);
        weights.chain(planes).fold(rows_ps, u64::saturating_add)
    }

    /// Goes to row `y` of the target.
    pub(super) fn go_to_row(&mut self, y: u32) {
        self.resizers.iter_mut().flatten().for_each(|resizer| resizer.go_to_row(y));
    }

    /// The first row of each plane that the current row needs, and the one after the last. Nothing
    /// of planes that there are not.
    pub(super) fn needed_rows(&self) -> [(u32, u32); 4] {
        let planes = self.resizer_of_plane.into_iter().take(self.plane_count);
        let mut needed = [(0, 0); 4];
        for (needed, index) in needed.iter_mut().zip(planes) {
            if let Some(resizer) = self.resizers.get(index).and_then(Option::as_ref) {
                *needed = resizer.needed_rows();
            }
        }
        needed
    }

    /// Resizes the current row.
    pub(super) fn row(&mut self, small: [PlaneRows<'_>; 4]) -> Result<Row<'_>, Error> {
        let mut planes = small.into_iter().zip(self.resizer_of_plane);
        if !self.luma.is_empty()
            && let Some((luma, index)) = planes.next()
        {
            resizer(&mut self.resizers, index)?.row(luma, &mut self.luma)?;
        }
        let rows = self.samples.chunks_exact_mut(self.width.max(1));
        for (row, (plane, index)) in rows.zip(planes) {
            resizer(&mut self.resizers, index)?.row(plane, row)?;
        }
        let mut rows = self.samples.chunks_exact(self.width.max(1));
        let planes = [(); 4].map(|()| rows.next().unwrap_or_default());
        Ok(Row { luma: &self.luma, planes })
    }
}

fn resizer<'r, 'b>(
    resizers: &'r mut [Option<Resizer<'b>>; 4],
    index: usize,
) -> Result<&'r mut Resizer<'b>, Error> {
    let resizer = resizers.get_mut(index).and_then(Option::as_mut);
    resizer.ok_or(Error::Bug("a plane without its resizer"))
}

/// A row of all planes, however short.
const ROW_PS: u64 = 100_000;

/// The index of the first plane of which the same part is shown.
fn first_with(parts: &[PlanePart], part: &PlanePart) -> usize {
    parts.iter().take_while(|other| *other != part).count()
}

fn distinct(parts: &[PlanePart]) -> impl Iterator<Item = &PlanePart> {
    parts
        .iter()
        .enumerate()
        .filter(|(index, part)| first_with(parts, part) == *index)
        .map(|(_, p)| p)
}
