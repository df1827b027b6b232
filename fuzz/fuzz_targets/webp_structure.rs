//! P1, P2, P4, P5, P6 on WebP files whose chunks were changed and whose lengths are right again.
//!
//! An input that is a WebP is changed itself; its end, or all of any other input, says how.
#![cfg_attr(fuzzing, no_main)]

use std::sync::OnceLock;

use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::mutation::{change_bytes, change_order, made_file_keeps_the_promise};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::pictures::{card, landscape, spotlight};
use bombproof_testkit::vp8l::{self, Argb};
use bombproof_testkit::{bombs, icc, vp8, webp};

#[derive(Clone)]
struct Chunk {
    kind: [u8; 4],
    payload: Vec<u8>,
}

/// The chunks of a WebP as far as they go.
fn parse(bytes: &[u8]) -> Option<Vec<Chunk>> {
    let (riff, rest) = bytes.split_at_checked(12)?;
    (riff.starts_with(b"RIFF") && riff.ends_with(b"WEBP")).then(|| chunks_of(rest))
}

fn chunks_of(mut rest: &[u8]) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    while let Some((kind, after)) = rest.split_first_chunk::<4>()
        && let Some((length, after)) = after.split_first_chunk::<4>()
    {
        let length = (u32::from_le_bytes(*length) as usize).min(after.len());
        chunks.push(Chunk { kind: *kind, payload: after[..length].to_vec() });
        rest = after.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    chunks
}

fn seeds() -> &'static [Vec<Chunk>] {
    static SEEDS: OnceLock<Vec<Vec<Chunk>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let picture = landscape(21, 13);
        let lossless = |options: &vp8l::Options| {
            webp::chunk(b"VP8L", &vp8l::encode(&Argb::of(&card(21, 13)), false, options))
        };
        let plain = lossless(&vp8l::Options::default());
        let cached = lossless(&vp8l::Options {
            cache_bits: 4,
            group_bits: Some(3),
            ..vp8l::Options::default()
        });
        let lossy = webp::chunk(b"VP8 ", &vp8::encode(&picture, &vp8::Options::default()));
        let alpha = spotlight(21, 13).samples;
        let coded = vp8l::stream(&Argb::of_alpha(&alpha, 21, 13), &vp8l::Options::default());
        let extended = |flags: u8| webp::vp8x(flags, 21, 13);
        let filtered = webp::filter_alpha(&alpha, 21, 3);
        let profile = webp::chunk(b"ICCP", &icc::rgb("Own", &icc::DISPLAY_P3));
        let tiff = webp::chunk(b"EXIF", &exif::orientation(ByteOrder::Little, 8));
        let frame = webp::anmf((2, 2), (21, 13), std::slice::from_ref(&cached));
        let files = [
            webp::file(std::slice::from_ref(&lossy)),
            webp::file(&[plain]),
            webp::file(&[cached]),
            webp::file(&[extended(webp::ALPHA), webp::alph(3, false, &filtered), lossy.clone()]),
            webp::file(&[extended(webp::ALPHA), webp::alph(0, true, &coded), lossy.clone()]),
            webp::file(&[extended(webp::ICC | webp::EXIF), profile, lossy, tiff]),
            webp::file(&[webp::vp8x(webp::ANIMATION | webp::ALPHA, 40, 30), webp::anim(), frame]),
            bombs::webp::unused_groups(8, true),
        ];
        files.iter().filter_map(|file| parse(file)).collect()
    })
}

/// Writes a number that decides what memory is taken: a size, a flag, a method.
fn change_number(chunk: &mut Chunk, choices: &mut Choices<'_>) {
    let payload = &mut chunk.payload;
    let side = choices.number() >> (8 + choices.byte() % 24);
    let put = |payload: &mut Vec<u8>, at: usize, number: &[u8]| {
        if let Some(field) = payload.get_mut(at..at + number.len()) {
            field.copy_from_slice(number);
        }
    };
    match &chunk.kind {
        b"VP8X" => match choices.below(3) {
            0 => put(payload, 0, &[1 << choices.below(8)]),
            1 => put(payload, 4, &side.to_le_bytes()[..3]),
            _ => put(payload, 7, &side.to_le_bytes()[..3]),
        },
        b"VP8 " => match choices.below(4) {
            0 => put(payload, 0, &[choices.byte()]),
            1 => put(payload, 1, &(choices.number() as u16).to_le_bytes()),
            at => put(payload, 2 + 2 * at, &(side as u16).to_le_bytes()),
        },
        b"VP8L" => match choices.below(2) {
            0 => {
                let (width, height) = (side & 0x3FFF, choices.number() >> 24 & 0x3FFF);
                put(payload, 1, &(width | height << 14).to_le_bytes());
            }
            _ => put(payload, 5, &[choices.byte()]),
        },
        b"ALPH" => put(payload, 0, &[choices.byte() & 0x3F]),
        b"ANMF" => put(payload, 3 * choices.below(5), &side.to_le_bytes()[..3]),
        _ => change_bytes(payload, choices),
    }
}

const KINDS: [[u8; 4]; 9] =
    [*b"VP8X", *b"VP8 ", *b"VP8L", *b"ALPH", *b"ANIM", *b"ANMF", *b"ICCP", *b"EXIF", *b"XMP "];

fn change(chunks: &mut Vec<Chunk>, choices: &mut Choices<'_>) {
    let at = choices.below(chunks.len().max(1));
    match choices.below(8) {
        0 => change_order(chunks, choices),
        1 => {
            let donor = &seeds()[choices.below(seeds().len())];
            let chunk = donor[choices.below(donor.len())].clone();
            chunks.insert(at.min(chunks.len()), chunk);
        }
        _ if chunks.is_empty() => {}
        2 => chunks[at].kind = choices.one_of(&KINDS),
        3 | 4 => change_number(&mut chunks[at], choices),
        _ if &chunks[at].kind == b"ANMF" && chunks[at].payload.len() > 16 => {
            let payload = &mut chunks[at].payload;
            let mut inside = chunks_of(&payload.split_off(16));
            change(&mut inside, choices);
            payload.extend(joined(&inside));
        }
        _ => change_bytes(&mut chunks[at].payload, choices),
    }
}

fn joined(chunks: &[Chunk]) -> Vec<u8> {
    chunks.iter().flat_map(|chunk| webp::chunk(&chunk.kind, &chunk.payload)).collect()
}

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut choices = Choices::at_end_of(bytes, 160);
    let parsed = parse(bytes);
    let mut chunks = parsed.unwrap_or_else(|| seeds()[choices.below(seeds().len())].clone());
    for _ in 0..choices.below(5) {
        change(&mut chunks, &mut choices);
    }
    let mut file = webp::file(&[joined(&chunks)]);
    // One file in sixteen has a length that is wrong.
    if choices.once_in(16) {
        let fields: Vec<usize> = std::iter::once(4)
            .chain(chunks.iter().scan(12, |at, chunk| {
                let field = *at + 4;
                *at += 8 + chunk.payload.len().next_multiple_of(2);
                Some(field)
            }))
            .collect();
        file[choices.one_of(&fields)] ^= 1 << (choices.byte() % 8);
    }
    made_file_keeps_the_promise(&file, &mut choices);
});
