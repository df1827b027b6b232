//! Valid JPEGs of every kind, with the coefficients that they hold: sizes, sampling, quality, tables,
//! interleaving, restart intervals and progressive scripts are chosen.

use bombproof::instrument::Blocks;
use bombproof_testkit::bits::mix;
use bombproof_testkit::jpeg::{Component, Frame, Stream};
use bombproof_testkit::jpeg_scan::Scan;
use bombproof_testkit::jpeg_tables::{ZIGZAG, typical};
use bombproof_testkit::pictures::{Picture, card, landscape};

use crate::choices::Choices;

pub struct ValidJpeg {
    pub file: Vec<u8>,
    pub coefficients: Vec<Blocks>,
}

impl ValidJpeg {
    pub fn chosen(choices: &mut Choices<'_>) -> Self {
        let mut frame = frame(choices);
        let changed = change_coefficients(&mut frame, choices);
        let progressive = choices.once_in(2);
        let scans = if progressive { script(&frame, choices) } else { apart(&frame, choices) };
        let optimal = progressive || changed || choices.once_in(2);
        let file = write(&frame, &scans, progressive, optimal, choices);
        let coefficients = frame.components.iter().map(|component| blocks(&frame, component));
        Self { file, coefficients: coefficients.collect() }
    }
}

fn frame(choices: &mut Choices<'_>) -> Frame {
    let [width, height] = [(); 2].map(|()| 1 + choices.below(40) as u32);
    let channels = choices.one_of(&[3, 1, 3, 4]);
    let seed = u64::from(choices.number());
    let motif = match choices.below(3) {
        0 => landscape(width, height),
        1 => card(width, height),
        _ => Picture::new(width, height, 3, |x, y, channel| {
            (mix(seed + (u64::from(y) << 32 | u64::from(x) << 8 | channel as u64)) >> 56) as u8
        }),
    };
    let planes = motif.map(channels, |from, to| {
        to.iter_mut().enumerate().for_each(|(i, sample)| *sample = from[i % 3]);
    });
    let common = [(1, 1), (2, 2), (2, 1), (1, 2)];
    let mut factors: Vec<_> = (0..channels).map(|_| choices.one_of(&common)).collect();
    if choices.once_in(2) {
        factors[1..].fill((1, 1));
    }
    if choices.once_in(4) {
        factors.fill_with(|| (1 + choices.below(4), 1 + choices.below(4)));
    }
    Frame::new(&planes, &factors, 1 + choices.below(100) as u32, channels == 3)
}

/// Puts numbers into some blocks that no picture would have there; true when there are any.
fn change_coefficients(frame: &mut Frame, choices: &mut Choices<'_>) -> bool {
    let count = if choices.once_in(2) { choices.below(24) } else { 0 };
    for _ in 0..count {
        let component = choices.below(frame.components.len());
        let blocks = &mut frame.components[component].blocks;
        let number = choices.below(blocks.len());
        let size = choices.number() as i32 & ((1 << choices.below(11)) - 1);
        blocks[number][choices.below(64)] = if choices.once_in(2) { -size } else { size };
    }
    count > 0
}

/// The components in groups that a scan can have (T.81, B.2.3), often in one.
fn groups(frame: &Frame, choices: &mut Choices<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); frame.components.len()];
    let together = choices.once_in(2);
    for component in 0..frame.components.len() {
        let group = if together { 0 } else { choices.below(frame.components.len()) };
        groups[group].push(component);
    }
    let blocks = |group: &[usize]| -> usize {
        group.iter().map(|&i| frame.components[i].h * frame.components[i].v).sum()
    };
    let split = |group: Vec<usize>| match blocks(&group) > MOST_BLOCKS_OF_AN_MCU {
        true => group.into_iter().map(|component| vec![component]).collect(),
        false => vec![group],
    };
    groups.into_iter().filter(|group| !group.is_empty()).flat_map(split).collect()
}

/// Sequential scans.
fn apart(frame: &Frame, choices: &mut Choices<'_>) -> Vec<Scan> {
    groups(frame, choices).iter().map(|group| Scan::sequential(group)).collect()
}

/// Progressive scans in an order that is allowed (T.81, G.1.1): DC and the AC of each component come
/// in bands of their own, in as many steps as is chosen; AC waits for the first DC.
fn script(frame: &Frame, choices: &mut Choices<'_>) -> Vec<Scan> {
    let mut dc = Vec::new();
    for bits in steps(choices) {
        let groups = groups(frame, choices);
        dc.extend(groups.iter().map(|group| Scan::progressive(group, (0, 0), bits)));
    }
    let mut queues = vec![dc];
    for component in 0..frame.components.len() {
        let mut ac = Vec::new();
        for bits in steps(choices) {
            let bands = bands(choices);
            ac.extend(bands.into_iter().map(|band| Scan::progressive(&[component], band, bits)));
        }
        queues.push(ac);
    }
    let mut scans: Vec<Scan> = Vec::new();
    while queues.iter().any(|queue| !queue.is_empty()) {
        let may_come = |queue: &Vec<Scan>| {
            queue.first().is_some_and(|scan| {
                scan.start == 0
                    || scans.iter().any(|dc| dc.components.contains(&scan.components[0]))
            })
        };
        let able: Vec<_> = (0..queues.len()).filter(|&i| may_come(&queues[i])).collect();
        let next = queues[choices.one_of(&able)].remove(0);
        scans.push(next);
    }
    scans
}

/// Bit positions before and after each step of successive approximation.
fn steps(choices: &mut Choices<'_>) -> Vec<(u32, u32)> {
    let first = choices.below(4) as u32;
    let refined = (0..first).rev().map(|low| (low + 1, low));
    std::iter::once((0, first)).chain(refined).collect()
}

/// Coefficients 1 to 63 in some bands, in any order.
fn bands(choices: &mut Choices<'_>) -> Vec<(usize, usize)> {
    let mut bands = Vec::new();
    let mut start = 1;
    while start < 64 {
        let end = if choices.once_in(2) { 63 } else { start + choices.below(64 - start) };
        bands.insert(choices.below(bands.len() + 1), (start, end));
        start = end + 1;
    }
    bands
}

fn write(
    frame: &Frame,
    scans: &[Scan],
    progressive: bool,
    optimal: bool,
    choices: &mut Choices<'_>,
) -> Vec<u8> {
    let mut stream = Stream::start(choices.one_of(&[0, 0, 0, 3]));
    for (slot, table) in frame.quantization.iter().enumerate() {
        let wide = choices.once_in(4) || table.iter().any(|&step| step > 255);
        stream.quantization(slot, table, wide);
    }
    let sequential = choices.one_of(&[0xC0, 0xC1]);
    stream.frame(if progressive { 0xC2 } else { sequential }, frame);
    if !optimal {
        for (class, slot) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            stream.huffman(class, slot, &typical(class, slot));
        }
    }
    let mut interval = 0;
    for scan in scans {
        if choices.once_in(4) {
            interval = choices.below(12);
            stream.restart_interval(interval);
        }
        frame.write_scan(&mut stream, scan, interval, progressive, optimal);
    }
    stream.end()
}

/// What the decoder ought to find in a component: without the blocks that fill up the last MCUs.
fn blocks(frame: &Frame, component: &Component) -> Blocks {
    let (columns, rows) = (component.width.div_ceil(8), component.height.div_ceil(8));
    let steps = &frame.quantization[component.slot];
    let there = component.blocks.chunks_exact(component.blocks_wide).take(rows);
    let blocks = there.flat_map(|row| &row[..columns]).map(|block| {
        let mut natural = [0; 64];
        for ((place, value), step) in ZIGZAG.iter().zip(block).zip(steps) {
            natural[*place] = value * i32::from(*step);
        }
        natural
    });
    Blocks { columns, blocks: blocks.collect() }
}

const MOST_BLOCKS_OF_AN_MCU: usize = 10;
