//! Valid JPEG files of every kind together with their coefficients: random sizes, sampling,
//! quality, tables, interleaving, restart intervals and progressive scripts.

use bombproof::instrument::Blocks;
use bombproof_testkit::jpeg::{Component, Frame, Scan, Stream, ZIGZAG, typical, untidy};

use crate::fuzzed_data_provider::FuzzedDataProvider;
use crate::picture_generator;

pub struct GeneratedJpeg {
    pub file: Vec<u8>,
    /// False when the file breaks a rule, in a way that changes no coefficient.
    pub is_tidy: bool,
    pub coefficients: Vec<Blocks>,
}

impl GeneratedJpeg {
    pub fn generate(provider: &mut FuzzedDataProvider<'_>) -> Self {
        let mut frame = frame(provider);
        let changed = change_coefficients(&mut frame, provider);
        let progressive = provider.one_in(2);
        let scans = if progressive {
            progressive_scans(&frame, provider)
        } else {
            sequential_scans(&frame, provider)
        };
        let optimal = progressive || changed || provider.one_in(2);
        let file = write(&frame, &scans, progressive, optimal, provider);
        let untidy = untidy(file.clone(), &frame, &scans, progressive, provider);
        let coefficients = frame.components.iter().map(|component| blocks(&frame, component));
        Self { is_tidy: untidy == file, file: untidy, coefficients: coefficients.collect() }
    }
}

fn frame(provider: &mut FuzzedDataProvider<'_>) -> Frame {
    let [width, height] = [(); 2].map(|()| 1 + provider.below(40) as u32);
    let channels = provider.pick(&[3, 1, 3, 4]);
    let picture = picture_generator::generate(width, height, provider);
    let planes = picture.map(channels, |from, to| {
        to.iter_mut().enumerate().for_each(|(i, sample)| *sample = from[i % 3]);
    });
    let common = [(1, 1), (2, 2), (2, 1), (1, 2)];
    let mut factors: Vec<_> = (0..channels).map(|_| provider.pick(&common)).collect();
    if provider.one_in(2) {
        factors[1..].fill((1, 1));
    }
    if provider.one_in(4) {
        factors.fill_with(|| (1 + provider.below(4), 1 + provider.below(4)));
    }
    Frame::new(&planes, &factors, 1 + provider.below(100) as u32, channels == 3)
}

/// Sets some coefficients to values that no picture would have. Returns whether there are any.
fn change_coefficients(frame: &mut Frame, provider: &mut FuzzedDataProvider<'_>) -> bool {
    let count = if provider.one_in(2) { provider.below(24) } else { 0 };
    for _ in 0..count {
        let component = provider.below(frame.components.len());
        let blocks = &mut frame.components[component].blocks;
        let number = provider.below(blocks.len());
        let size = provider.u32() as i32 & ((1 << provider.below(11)) - 1);
        blocks[number][provider.below(64)] = if provider.one_in(2) { -size } else { size };
    }
    count > 0
}

/// The components in groups that fit in a scan (T.81, B.2.3), in half of the cases as one group if
/// that fits.
fn groups(frame: &Frame, provider: &mut FuzzedDataProvider<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); frame.components.len()];
    let together = provider.one_in(2);
    for component in 0..frame.components.len() {
        let group = if together { 0 } else { provider.below(frame.components.len()) };
        groups[group].push(component);
    }
    let blocks = |group: &[usize]| -> usize {
        group.iter().map(|&i| frame.components[i].h * frame.components[i].v).sum()
    };
    let split = |group: Vec<usize>| match blocks(&group) > MAX_BLOCKS_PER_MCU {
        true => group.into_iter().map(|component| vec![component]).collect(),
        false => vec![group],
    };
    groups.into_iter().filter(|group| !group.is_empty()).flat_map(split).collect()
}

/// Sequential scans.
fn sequential_scans(frame: &Frame, provider: &mut FuzzedDataProvider<'_>) -> Vec<Scan> {
    groups(frame, provider).iter().map(|group| Scan::sequential(group)).collect()
}

/// Progressive scans in an order that T.81, G.1.1 allows: DC and the AC of each component in bands
/// of their own, with a random number of steps of successive approximation, and AC after the first
/// DC.
fn progressive_scans(frame: &Frame, provider: &mut FuzzedDataProvider<'_>) -> Vec<Scan> {
    let mut dc = Vec::new();
    for bits in steps(provider) {
        let groups = groups(frame, provider);
        dc.extend(groups.iter().map(|group| Scan::progressive(group, (0, 0), bits)));
    }
    let mut queues = vec![dc];
    for component in 0..frame.components.len() {
        let mut ac = Vec::new();
        for bits in steps(provider) {
            let bands = bands(provider);
            ac.extend(bands.into_iter().map(|band| Scan::progressive(&[component], band, bits)));
        }
        queues.push(ac);
    }
    let mut scans: Vec<Scan> = Vec::new();
    while queues.iter().any(|queue| !queue.is_empty()) {
        let is_allowed = |queue: &Vec<Scan>| {
            queue.first().is_some_and(|scan| {
                scan.start == 0
                    || scans.iter().any(|dc| dc.components.contains(&scan.components[0]))
            })
        };
        let allowed: Vec<_> = (0..queues.len()).filter(|&i| is_allowed(&queues[i])).collect();
        let next = queues[provider.pick(&allowed)].remove(0);
        scans.push(next);
    }
    scans
}

/// The bit positions before and after each step of successive approximation.
fn steps(provider: &mut FuzzedDataProvider<'_>) -> Vec<(u32, u32)> {
    let first = provider.below(4) as u32;
    let refined = (0..first).rev().map(|low| (low + 1, low));
    std::iter::once((0, first)).chain(refined).collect()
}

/// Coefficients 1 to 63 in bands, in any order.
fn bands(provider: &mut FuzzedDataProvider<'_>) -> Vec<(usize, usize)> {
    let mut bands = Vec::new();
    let mut start = 1;
    while start < 64 {
        let end = if provider.one_in(2) { 63 } else { start + provider.below(64 - start) };
        bands.insert(provider.below(bands.len() + 1), (start, end));
        start = end + 1;
    }
    bands
}

fn write(
    frame: &Frame,
    scans: &[Scan],
    progressive: bool,
    optimal: bool,
    provider: &mut FuzzedDataProvider<'_>,
) -> Vec<u8> {
    let mut stream = Stream::start(provider.pick(&[0, 0, 0, 3]));
    for (slot, table) in frame.quantization.iter().enumerate() {
        let wide = provider.one_in(4) || table.iter().any(|&step| step > 255);
        stream.quantization(slot, table, wide);
    }
    let sequential = provider.pick(&[0xC0, 0xC1]);
    stream.frame(if progressive { 0xC2 } else { sequential }, frame);
    if !optimal {
        for (class, slot) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            stream.huffman(class, slot, &typical(class, slot));
        }
    }
    let mut interval = 0;
    for scan in scans {
        if provider.one_in(4) {
            interval = provider.below(12);
            stream.restart_interval(interval);
        }
        frame.write_scan(&mut stream, scan, interval, progressive, optimal);
    }
    stream.end()
}

/// Breaks rules in a way that changes no coefficient.
fn untidy(
    mut file: Vec<u8>,
    frame: &Frame,
    scans: &[Scan],
    progressive: bool,
    provider: &mut FuzzedDataProvider<'_>,
) -> Vec<u8> {
    // The functions read files without fill bytes.
    if !provider.one_in(2) || file.windows(3).any(|three| three == [0xFF; 3]) {
        return file;
    }
    if provider.one_in(4) {
        file = untidy::bytes_before_restarts(&file, &[provider.byte() & 0x7F, 0xFF, 0, 0x55]);
    }
    if provider.one_in(4) {
        file = untidy::unused_tables(&file, provider.byte());
    }
    if progressive {
        let scan = provider.below(scans.len());
        if scans[scan].start == 0 || scans[scan].high == 0 {
            file = untidy::repeated_scan(&file, scan, scan);
        }
        return file;
    }
    if provider.one_in(4) {
        file = untidy::scan_parameters(&file, [(); 3].map(|()| provider.byte()));
    }
    if scans.len() == 1 && provider.one_in(4) {
        let ids: Vec<u8> = frame.components.iter().map(|_| provider.byte() & 1).collect();
        file = untidy::component_ids(&file, &ids);
    }
    file
}

/// The expected coefficients of a component, without the blocks that pad the last MCUs.
fn blocks(frame: &Frame, component: &Component) -> Blocks {
    let (columns, rows) = (component.width.div_ceil(8), component.height.div_ceil(8));
    let steps = &frame.quantization[component.slot];
    let unpadded = component.blocks.chunks_exact(component.blocks_wide).take(rows);
    let blocks = unpadded.flat_map(|row| &row[..columns]).map(|block| {
        let mut natural = [0; 64];
        for ((position, value), step) in ZIGZAG.iter().zip(block).zip(steps) {
            natural[*position] = value * i32::from(*step);
        }
        natural
    });
    Blocks { columns, blocks: blocks.collect() }
}

const MAX_BLOCKS_PER_MCU: usize = 10;
