//! P1, P2, P4, P5, P6 on JPEG files whose segments and scans were changed and whose lengths are right
//! again.
//!
//! An input that is a JPEG is changed itself; its end, or all of any other input, says how.
#![cfg_attr(fuzzing, no_main)]

use std::sync::OnceLock;

use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::mutation::{change_bytes, change_order, made_file_keeps_the_promise};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::jpeg::{Frame, Options};
use bombproof_testkit::pictures::{Picture, card, cmyk, landscape, ycbcr};
use bombproof_testkit::{bombs, icc};

/// A marker, its body without the length, and the entropy-coded data that follow.
#[derive(Clone)]
struct Segment {
    marker: u8,
    body: Option<Vec<u8>>,
    entropy: Vec<u8>,
}

/// The segments of a JPEG behind SOI as far as they go.
fn parse(bytes: &[u8]) -> Option<Vec<Segment>> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    let mut segments = Vec::new();
    while let Some(at) = rest.windows(2).position(|two| two[0] == 0xFF && two[1] != 0xFF) {
        let marker = rest[at + 1];
        rest = &rest[at + 2..];
        let mut body = None;
        if !matches!(marker, 0 | 1 | 0xD0..=0xD9) {
            let Some((length, after)) = rest.split_first_chunk::<2>() else { break };
            let length = usize::from(u16::from_be_bytes(*length)).saturating_sub(2);
            let (whole, after) = after.split_at(length.min(after.len()));
            body = Some(whole.to_vec());
            rest = after;
        }
        // Up to a marker that is neither a stuffed zero nor RSTn.
        let is_marker = |two: &[u8]| two[0] == 0xFF && !matches!(two[1], 0 | 0xD0..=0xD7 | 0xFF);
        let end = rest.windows(2).position(is_marker).unwrap_or(rest.len());
        let scan = matches!(marker, 0xDA | 0xD0..=0xD7);
        let entropy = if scan { rest[..end].to_vec() } else { Vec::new() };
        rest = if scan { &rest[end..] } else { rest };
        segments.push(Segment { marker, body, entropy });
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
        let inks = Options { adobe_transform: Some(2), jfif: false, ..Options::default() };
        let files = [
            file(&colors, &[(2, 2), (1, 1), (1, 1)], &Options::default()),
            file(&colors, &[(2, 1), (1, 1), (1, 1)], &progressive),
            file(&colors, &[(1, 1); 3], &Options { optimal: true, ..restarts }),
            file(&card(17, 9).gray(), &[(1, 1)], &progressive),
            file(&card(9, 17).map(4, cmyk), &[(1, 1); 4], &inks),
            bombs::jpeg::with_icc(&icc::rgb("Own", &icc::DISPLAY_P3)),
            bombs::jpeg::with_exif(&exif::orientation(ByteOrder::Little, 6)),
        ];
        files.iter().filter_map(|file| parse(file)).collect()
    })
}

/// Writes a number of the frame header, the scan header or the restart interval.
fn change_number(segments: &mut [Segment], choices: &mut Choices<'_>) {
    let wanted = choices.one_of(&[0xC0, 0xDA, 0xDD]);
    let kind = |segment: &Segment| match segment.marker {
        0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => 0xC0,
        marker => marker,
    };
    let count = segments.iter().filter(|segment| kind(segment) == wanted).count();
    let nth = choices.below(count.max(1));
    let Some(segment) = segments.iter_mut().filter(|segment| kind(segment) == wanted).nth(nth)
    else {
        return;
    };
    let Some(body) = &mut segment.body else { return };
    match wanted {
        0xC0 if body.len() >= 9 => match choices.below(6) {
            at @ (0 | 1) => {
                let side = (choices.number() as u16) >> (choices.byte() % 16);
                body[1 + 2 * at..3 + 2 * at].copy_from_slice(&side.to_be_bytes());
            }
            2 => segment.marker = choices.one_of(&[0xC0, 0xC1, 0xC2, 0xC3, 0xC9]),
            3 => body[5] = choices.byte() % 6,
            4 => body[0] = choices.one_of(&[8, 12, 7]),
            _ => {
                let component = choices.below((body.len() - 6) / 3);
                let factors = [0x11, 0x12, 0x21, 0x22, 0x14, 0x41, 0x44, 0x13, 0x31, 0x10];
                body[7 + 3 * component] = choices.one_of(&factors);
            }
        },
        0xDA if body.len() >= 6 => {
            let end = body.len();
            match choices.below(4) {
                0 => body[end - 3] = choices.byte() % 65,
                1 => body[end - 2] = choices.byte() % 65,
                2 => body[end - 1] = choices.one_of(&[0, 1, 0x10, 0x21, 0x32, 0xD0, 0x0D]),
                _ => body[1 + choices.below(end - 4)] = choices.byte() % 5,
            }
        }
        _ => *body = (choices.number() as u16 >> (choices.byte() % 16)).to_be_bytes().to_vec(),
    }
}

/// Changes entropy-coded data, some times so that no marker comes of it.
fn change_entropy(segments: &mut [Segment], choices: &mut Choices<'_>) {
    let scans: Vec<usize> =
        (0..segments.len()).filter(|&at| !segments[at].entropy.is_empty()).collect();
    if scans.is_empty() {
        return;
    }
    let entropy = &mut segments[choices.one_of(&scans)].entropy;
    match choices.below(3) {
        0 => {
            let at = choices.below(entropy.len() + 1);
            let restart = [0xFF, 0xD0 + choices.byte() % 8];
            entropy.splice(at..at, restart);
        }
        1 => {
            let length = choices.below(2 * entropy.len());
            entropy.resize(length, choices.byte());
        }
        _ => change_bytes(entropy, choices),
    }
    if !choices.once_in(4) {
        let bare = entropy.split(|&byte| byte == 0xFF).collect::<Vec<_>>();
        *entropy = bare.join(&[0xFF, 0][..]);
    }
}

fn change(segments: &mut Vec<Segment>, choices: &mut Choices<'_>) {
    let at = choices.below(segments.len().max(1));
    match choices.below(8) {
        0 | 1 => change_number(segments, choices),
        2 => change_order(segments, choices),
        3 => {
            let donor = &seeds()[choices.below(seeds().len())];
            let segment = donor[choices.below(donor.len())].clone();
            segments.insert(at.min(segments.len()), segment);
        }
        4 | 5 => change_entropy(segments, choices),
        _ if !segments.is_empty() => {
            if let Some(body) = &mut segments[at].body {
                change_bytes(body, choices);
            }
        }
        _ => {}
    }
}

/// A file whose lengths are right, but for one in sixteen files.
fn write(segments: &[Segment], choices: &mut Choices<'_>) -> Vec<u8> {
    let wrong = choices.once_in(16).then(|| choices.below(segments.len().max(1)));
    let mut file = vec![0xFF, 0xD8];
    for (index, segment) in segments.iter().enumerate() {
        file.extend([0xFF, segment.marker]);
        if let Some(body) = &segment.body {
            let body = &body[..body.len().min(65_533)];
            let flip = if wrong == Some(index) { 1 << (choices.byte() % 16) } else { 0 };
            file.extend(((body.len() as u16 + 2) ^ flip).to_be_bytes());
            file.extend(body);
        }
        file.extend(&segment.entropy);
    }
    file
}

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut choices = Choices::at_end_of(bytes, 160);
    let parsed = parse(bytes);
    let mut segments = parsed.unwrap_or_else(|| seeds()[choices.below(seeds().len())].clone());
    for _ in 0..choices.below(5) {
        change(&mut segments, &mut choices);
    }
    let file = write(&segments, &mut choices);
    made_file_keeps_the_promise(&file, &mut choices);
});
