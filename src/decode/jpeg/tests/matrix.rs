//! Writes known coefficients to a file, decodes it, and compares the planes with the definition of
//! the inverse DCT.

use super::writer::{Picture, ScanPlan};
use super::{SCALES, decode_planes, windows};
use crate::probe::jpeg::Scale;

const FACTORS: [&[(u32, u32)]; 14] = [
    &[(2, 2)],
    &[(1, 1), (1, 1), (1, 1)],
    &[(2, 1), (1, 1), (1, 1)],
    &[(1, 2), (1, 1), (1, 1)],
    &[(2, 2), (1, 1), (1, 1)],
    &[(4, 1), (1, 1), (1, 1)],
    &[(4, 2), (1, 1), (1, 1)],
    &[(1, 1), (2, 2), (1, 2)],
    &[(2, 2), (2, 1), (1, 2)],
    &[(3, 1), (2, 2), (1, 1)],
    &[(1, 4), (1, 3), (1, 2)],
    &[(3, 2), (2, 1), (1, 2)],
    &[(1, 1), (1, 1), (1, 1), (1, 1)],
    &[(2, 2), (1, 1), (1, 1), (2, 2)],
];

/// A picture and its exact planes at all scales.
struct Sample {
    picture: Picture,
    exact: Vec<[Vec<f64>; 4]>,
}

impl Sample {
    fn random(size: (u32, u32), factors: &[(u32, u32)], seed: u64) -> Self {
        Self::new(Picture::random(size, factors, seed))
    }

    fn new(picture: Picture) -> Self {
        let components = 0..picture.components.len();
        let exact = components.map(|i| SCALES.map(|scale| picture.plane(i, scale))).collect();
        Self { picture, exact }
    }

    fn check(&self, file: &[u8], what: &str) {
        let mut all: Vec<[Scale; 4]> = SCALES.map(|scale| [scale; 4]).to_vec();
        all.push([Scale::Eighth, Scale::Quarter, Scale::Half, Scale::Full]);
        for scales in all {
            let planes =
                decode_planes(file, scales).unwrap_or_else(|e| panic!("{what} {scales:?}: {e}"));
            windows::check_windows(file, scales, &planes, what);
            for (i, exact) in self.exact.iter().enumerate() {
                let exact = &exact[SCALES.iter().position(|&scale| scale == scales[i]).unwrap()];
                for (index, (sample, exact)) in planes[i].iter().zip(exact).enumerate() {
                    let error = (f64::from(*sample) - exact).abs();
                    assert!(
                        error < 0.6,
                        "{what} {scales:?}: plane {i} at {index}: {sample} {exact}"
                    );
                }
            }
        }
    }
}

fn sizes() -> impl Iterator<Item = (u32, u32)> {
    [(1, 1), (40, 3), (7, 33), (17, 16), (37, 39)].into_iter()
}

#[test]
fn one_sequential_scan() {
    for (seed, factors) in (1..).zip(FACTORS) {
        for size in sizes() {
            let sample = Sample::random(size, factors, seed);
            let all: Vec<usize> = (0..factors.len()).collect();
            for interval in [[0, 1], [7, 0]][seed as usize % 2] {
                let file = sample.picture.sequential(&[&all], &[interval]);
                sample.check(&file, &std::format!("{size:?} {factors:?} every {interval}"));
            }
        }
    }
}

#[test]
fn several_sequential_scans() {
    let mut round = 0;
    for (seed, factors) in (1..).zip(FACTORS).filter(|(_, factors)| factors.len() > 1) {
        for size in sizes() {
            let sample = Sample::random(size, factors, seed);
            let groups: [&[&[usize]]; 4] = [
                &[&[0], &[1], &[2], &[3]],
                &[&[0], &[1, 2, 3]],
                &[&[2, 3], &[0, 1]],
                &[&[3], &[1], &[0, 2]],
            ];
            for groups in groups {
                let groups: Vec<Vec<usize>> = groups
                    .iter()
                    .map(|g| g.iter().copied().filter(|&i| i < factors.len()).collect::<Vec<_>>())
                    .filter(|group| !group.is_empty())
                    .collect();
                let groups: Vec<&[usize]> = groups.iter().map(Vec::as_slice).collect();
                // One choice of intervals per file, to save time.
                round += 1;
                let intervals = [&[0][..], &[1], &[5, 0, 3], &[0, 2, 1], &[2]][round % 5];
                let file = sample.picture.sequential(&groups, intervals);
                let what = std::format!("{size:?} {factors:?} {groups:?} {intervals:?}");
                sample.check(&file, &what);
            }
        }
    }
}

/// The scans of a progressive frame. `kind` selects the bands and bits of the scans.
pub(super) fn scan_script(components: usize, kind: usize, intervals: &[u16]) -> Vec<ScanPlan> {
    let all: Vec<usize> = (0..components).collect();
    let mut scans: Vec<(Vec<usize>, (u8, u8), (u8, u8))> = Vec::new();
    match kind {
        // Spectral selection only.
        0 => {
            scans.push((all.clone(), (0, 0), (0, 0)));
            for &i in &all {
                scans.push((std::vec![i], (1, 5), (0, 0)));
                scans.push((std::vec![i], (6, 63), (0, 0)));
            }
        }
        // The script that many encoders write.
        1 => {
            scans.push((all.clone(), (0, 0), (0, 1)));
            for &i in &all {
                scans.push((std::vec![i], (1, 5), (0, 2)));
                scans.push((std::vec![i], (6, 63), (0, 2)));
            }
            for &i in &all {
                scans.push((std::vec![i], (1, 63), (2, 1)));
            }
            scans.push((all.clone(), (0, 0), (1, 0)));
            for &i in &all {
                scans.push((std::vec![i], (1, 63), (1, 0)));
            }
        }
        // One component per scan, high bands first, and refinement bands that overlap several first
        // bands.
        _ => {
            for &i in &all {
                scans.push((std::vec![i], (0, 0), (0, 3)));
                for band in [(30, 63), (4, 12), (1, 3), (13, 29)] {
                    scans.push((std::vec![i], band, (0, 3)));
                }
            }
            for low in [2, 1, 0] {
                for &i in &all {
                    scans.push((std::vec![i], (0, 0), (low + 1, low)));
                    for band in [(20, 40), (41, 63), (2, 19), (1, 1)] {
                        scans.push((std::vec![i], band, (low + 1, low)));
                    }
                }
            }
        }
    }
    let intervals = intervals.iter().cycle();
    let with_interval = scans.into_iter().zip(intervals);
    with_interval
        .map(|((components, band, bits), &restart_interval)| ScanPlan {
            components,
            band,
            bits,
            restart_interval,
        })
        .collect()
}

#[test]
fn progressive_scans() {
    let mut round = 0;
    for (seed, factors) in (1..).zip(FACTORS) {
        for size in sizes() {
            let sample = Sample::random(size, factors, seed);
            for kind in 0..3 {
                round += 1;
                let intervals = [&[0][..], &[1], &[3, 0, 7], &[2]][round % 4];
                let file = sample.picture.write(0xC2, &scan_script(factors.len(), kind, intervals));
                let what = std::format!("{size:?} {factors:?} script {kind} {intervals:?}");
                sample.check(&file, &what);
            }
        }
    }
}

#[test]
fn progressive_scans_that_repeat() {
    for (seed, factors) in (1..).zip(FACTORS) {
        let sample = Sample::random((37, 39), factors, seed);
        for kind in 0..3 {
            let mut scans = Vec::new();
            for scan in scan_script(factors.len(), kind, &[0]) {
                let is_ac_refinement = scan.band.0 > 0 && scan.bits.0 > 0;
                scans.extend(core::iter::repeat_n(scan, if is_ac_refinement { 1 } else { 2 }));
            }
            let mut file = sample.picture.write(0xC2, &scans);
            sample.check(&file, &std::format!("{factors:?} script {kind}, scans twice"));
            file.truncate(file.len() - 2);
            sample.check(&file, &std::format!("{factors:?} script {kind}, scans twice, no EOI"));
        }
    }
}

/// Bit 1 of each coefficient is 0, and no coefficient becomes nonzero with it.
#[test]
fn a_refinement_that_would_change_nothing_may_be_left_out() {
    let without_bit_1 = |value: i32| (value.abs() & !2) * value.signum();
    for (seed, factors) in (1..).zip(FACTORS) {
        let picture = Picture::random((37, 39), factors, seed);
        let sample = Sample::new(picture.map(without_bit_1));
        let mut scans = scan_script(factors.len(), 1, &[0]);
        scans.retain(|scan| scan.bits != (2, 1));
        let file = sample.picture.write(0xC2, &scans);
        sample.check(&file, &std::format!("{factors:?}, a refinement left out"));
    }
}

#[test]
fn every_size_up_to_forty() {
    for side in 1..=40 {
        for (round, factors) in (side..).zip(FACTORS) {
            let sample = Sample::random((side, 1 + round * 7 % 40), factors, u64::from(round));
            let all: Vec<usize> = (0..factors.len()).collect();
            let intervals = [&[0][..], &[1], &[3, 0, 7]][round as usize % 3];
            for file in [
                sample.picture.sequential(&[&all], intervals),
                sample.picture.write(0xC2, &scan_script(all.len(), round as usize % 4, intervals)),
            ] {
                sample.check(&file, &std::format!("{side} {round} {factors:?} {intervals:?}"));
            }
        }
    }
}

#[test]
fn a_missing_eoi_and_data_after_the_end_are_ignored() {
    let sample = Sample::random((37, 39), FACTORS[4], 3);
    for mut file in [
        sample.picture.sequential(&[&[0, 1, 2]], &[0]),
        sample.picture.sequential(&[&[0], &[1, 2]], &[4]),
        sample.picture.write(0xC2, &scan_script(3, 1, &[0])),
    ] {
        file.truncate(file.len() - 2);
        sample.check(&file, "no EOI");
        file.extend([0, 0, 0xFF, 0, 0xFF, 0xFF, 0xD0, 0, 0]);
        sample.check(&file, "padding and a restart marker");
        let padded_bytes = file.len();
        file.extend(b"surplus");
        sample.check(&file, "surplus bytes");
        file.truncate(padded_bytes);
        file.extend([0xFF, 0xD9, 0xFF, 0xC0, 1, 2, 3]);
        sample.check(&file, "data after EOI");
    }
}
