//! P1, P2, P4, P5, P6 on JPEG files with mutated segments and scans, and correct lengths.
//!
//! An input that is a JPEG is mutated itself, and its end decides how. Any other input decides
//! about a seed.
#![cfg_attr(fuzzing, no_main)]

use std::sync::OnceLock;

use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::mutation::{
    Container, insert_from_seeds, mutate_bytes, mutate_order, mutated_file_keeps_the_promise,
};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::jpeg::{Frame, Options, untidy};
use bombproof_testkit::pictures::{Picture, cmyk, landscape, test_card, ycbcr};
use bombproof_testkit::{bombs, icc};

/// A marker, its payload without the length, and the bytes up to the next marker: the entropy-coded
/// data of a scan, or bytes that do not belong there.
#[derive(Clone)]
struct Segment {
    marker: u8,
    payload: Option<Vec<u8>>,
    entropy: Vec<u8>,
}

/// The segments of a JPEG after SOI, the last one perhaps truncated.
fn parse(bytes: &[u8]) -> Option<Vec<Segment>> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    let mut segments = Vec::new();
    while let Some(at) = rest.windows(2).position(|two| two[0] == 0xFF && two[1] != 0xFF) {
        let marker = rest[at + 1];
        rest = &rest[at + 2..];
        let mut payload = None;
        if !matches!(marker, 0 | 1 | 0xD0..=0xD9) {
            let Some((length, after)) = rest.split_first_chunk::<2>() else { break };
            let length = usize::from(u16::from_be_bytes(*length)).saturating_sub(2);
            let (bytes, after) = after.split_at(length.min(after.len()));
            payload = Some(bytes.to_vec());
            rest = after;
        }
        // Up to the next marker except RSTn. A stuffed zero byte is none.
        let is_marker = |two: &[u8]| two[0] == 0xFF && !matches!(two[1], 0 | 0xD0..=0xD7 | 0xFF);
        let end = rest.windows(2).position(is_marker).unwrap_or(rest.len());
        let scan = matches!(marker, 0xDA | 0xD0..=0xD7);
        let entropy = if scan { rest[..end].to_vec() } else { Vec::new() };
        rest = if scan { &rest[end..] } else { rest };
        segments.push(Segment { marker, payload, entropy });
    }
    Some(segments)
}

fn seeds() -> &'static [Vec<Segment>] {
    static SEEDS: OnceLock<Vec<Vec<Segment>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let file = |planes: &Picture, factors: &[(usize, usize)], options: &Options| {
            Frame::new(planes, factors, 70, planes.channels == 3).file(options)
        };
        let colors = landscape(37, 21).map(3, ycbcr);
        let progressive = Options { sof: 0xC2, ..Options::default() };
        let restarts = Options { restart_interval: 2, ..Options::default() };
        let ycck = Options { adobe_transform: Some(2), jfif: false, ..Options::default() };
        let runs = Options { zero_runs_end_blocks: true, ..Options::default() };
        let tidy = file(&colors, &[(2, 2), (1, 1), (1, 1)], &Options::default());
        let scans = file(&colors, &[(2, 1), (1, 1), (1, 1)], &progressive);
        let intervals = file(&colors, &[(1, 1); 3], &Options { optimal: true, ..restarts });
        let files = [
            untidy::scan_parameters(&tidy, [0; 3]),
            untidy::component_ids(&tidy, &[1, 1, 1]),
            untidy::unused_tables(&tidy, 200),
            untidy::jfif_length(&tidy, 20),
            untidy::repeated_scan(&scans, 0, 3),
            untidy::repeated_scan(&scans, 2, 2),
            untidy::left_out_scan(&scans, 5),
            untidy::left_out_scan(&scans, 6),
            tidy[..tidy.len() - 2].to_vec(),
            [&scans[..scans.len() - 2], &[0; 9]].concat(),
            untidy::bytes_before_restarts(&intervals, &[0x55, 0xFF, 0]),
            file(&colors, &[(2, 2), (1, 1), (1, 1)], &runs),
            file(&colors, &[(2, 1), (1, 1), (1, 1)], &Options { sof: 0xC2, ..runs.clone() }),
            file(&test_card(9, 17).map(4, cmyk), &[(1, 1); 4], &Options::default()),
            tidy,
            scans,
            intervals,
            file(&test_card(17, 9).gray(), &[(1, 1)], &progressive),
            file(&test_card(9, 17).map(4, cmyk), &[(1, 1); 4], &ycck),
            bombs::jpeg::with_icc(&icc::rgb("Own", &icc::DISPLAY_P3)),
            bombs::jpeg::with_exif(&exif::orientation(ByteOrder::Little, 6)),
        ];
        files.iter().filter_map(|file| parse(file)).collect()
    })
}

/// Changes a field of a frame header, a scan header or DRI.
fn mutate_field(segments: &mut [Segment], provider: &mut FuzzedDataProvider<'_>) {
    let wanted = provider.pick(&[0xC0, 0xDA, 0xDD]);
    let kind = |segment: &Segment| match segment.marker {
        0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => 0xC0,
        marker => marker,
    };
    let count = segments.iter().filter(|segment| kind(segment) == wanted).count();
    let nth = provider.below(count.max(1));
    let Some(segment) = segments.iter_mut().filter(|segment| kind(segment) == wanted).nth(nth)
    else {
        return;
    };
    let Some(payload) = &mut segment.payload else { return };
    match wanted {
        0xC0 if payload.len() >= 9 => match provider.below(7) {
            at @ (0 | 1) => {
                let side = (provider.u32() as u16) >> (provider.byte() % 16);
                payload[1 + 2 * at..3 + 2 * at].copy_from_slice(&side.to_be_bytes());
            }
            2 => segment.marker = provider.pick(&[0xC0, 0xC1, 0xC2, 0xC3, 0xC9]),
            3 => payload[5] = provider.byte() % 6,
            4 => payload[0] = provider.pick(&[8, 12, 7]),
            5 => {
                let component = provider.below((payload.len() - 6) / 3);
                payload[6 + 3 * component] = provider.byte() % 4;
            }
            _ => {
                let component = provider.below((payload.len() - 6) / 3);
                let factors = [0x11, 0x12, 0x21, 0x22, 0x14, 0x41, 0x44, 0x13, 0x31, 0x10];
                payload[7 + 3 * component] = provider.pick(&factors);
            }
        },
        0xDA if payload.len() >= 6 => {
            let end = payload.len();
            match provider.below(4) {
                0 => payload[end - 3] = provider.byte() % 65,
                1 => payload[end - 2] = provider.byte() % 65,
                2 => payload[end - 1] = provider.pick(&[0, 1, 0x10, 0x21, 0x32, 0xD0, 0x0D]),
                _ => payload[1 + provider.below(end - 4)] = provider.byte() % 5,
            }
        }
        _ => *payload = (provider.u32() as u16 >> (provider.byte() % 16)).to_be_bytes().to_vec(),
    }
}

/// Changes entropy-coded data. In three of four cases 0xFF bytes are stuffed again, so that no
/// marker appears.
fn mutate_entropy_coded_data(segments: &mut [Segment], provider: &mut FuzzedDataProvider<'_>) {
    let scans: Vec<usize> =
        (0..segments.len()).filter(|&at| !segments[at].entropy.is_empty()).collect();
    if scans.is_empty() {
        return;
    }
    let entropy = &mut segments[provider.pick(&scans)].entropy;
    match provider.below(4) {
        0 => {
            let restart = |two: &[u8]| two[0] == 0xFF && matches!(two[1], 0xD0..=0xD7);
            let at = entropy.windows(2).position(restart).unwrap_or(entropy.len());
            entropy.splice(at..at, [provider.byte(), provider.byte()]);
        }
        1 => {
            let at = provider.below(entropy.len() + 1);
            let restart = [0xFF, 0xD0 + provider.byte() % 8];
            entropy.splice(at..at, restart);
        }
        2 => {
            let length = provider.below(2 * entropy.len());
            entropy.resize(length, provider.byte());
        }
        _ => mutate_bytes(entropy, provider),
    }
    if !provider.one_in(4) {
        let parts = entropy.split(|&byte| byte == 0xFF).collect::<Vec<_>>();
        *entropy = parts.join(&[0xFF, 0][..]);
    }
}

/// Puts bytes between two segments: fill bytes, a run of one value, or the beginning of a marker.
fn insert_between_segments(segments: &mut [Segment], provider: &mut FuzzedDataProvider<'_>) {
    if segments.is_empty() {
        return;
    }
    let at = provider.below(segments.len());
    let length = 1 + provider.below(20);
    let value = provider.pick(&[0xFF, 0xFF, 0, 0x55, 0xD9]);
    segments[at].entropy.extend(std::iter::repeat_n(value, length));
}

/// Repeats a scan, with the segments before it.
fn repeat_scan(segments: &mut Vec<Segment>, provider: &mut FuzzedDataProvider<'_>) {
    let scans: Vec<usize> = (0..segments.len()).filter(|&at| segments[at].marker == 0xDA).collect();
    if scans.is_empty() {
        return;
    }
    let number = provider.below(scans.len());
    let (before, at) = scans.split_at(number);
    let first = before.last().map_or(at[0], |scan| scan + 1);
    let copy = segments[first..=at[0]].to_vec();
    let to = provider.pick(at) + 1;
    segments.splice(to..to, copy);
}

fn mutate(segments: &mut Vec<Segment>, provider: &mut FuzzedDataProvider<'_>) {
    let at = provider.below(segments.len().max(1));
    match provider.below(10) {
        9 => insert_between_segments(segments, provider),
        8 => repeat_scan(segments, provider),
        0 | 1 => mutate_field(segments, provider),
        2 => mutate_order(segments, provider),
        3 => insert_from_seeds(segments, at, seeds(), provider),
        4 | 5 => mutate_entropy_coded_data(segments, provider),
        _ if !segments.is_empty() => {
            if let Some(payload) = &mut segments[at].payload {
                mutate_bytes(payload, provider);
            }
        }
        _ => {}
    }
}

/// A file with correct lengths. In one of sixteen files one of them has a wrong bit.
fn write(segments: &[Segment], provider: &mut FuzzedDataProvider<'_>) -> Vec<u8> {
    let wrong = provider.one_in(16).then(|| provider.below(segments.len().max(1)));
    let mut file = vec![0xFF, 0xD8];
    for (index, segment) in segments.iter().enumerate() {
        file.extend([0xFF, segment.marker]);
        if let Some(payload) = &segment.payload {
            let payload = &payload[..payload.len().min(65_533)];
            let flip = if wrong == Some(index) { 1 << (provider.byte() % 16) } else { 0 };
            file.extend(((payload.len() as u16 + 2) ^ flip).to_be_bytes());
            file.extend(payload);
        }
        file.extend(&segment.entropy);
    }
    file
}

bombproof_fuzz::target!(|bytes: &[u8]| {
    mutated_file_keeps_the_promise(bytes, &Container { parse, seeds, mutate, write });
});
