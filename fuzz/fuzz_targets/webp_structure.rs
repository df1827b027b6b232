//! P1, P2, P4, P5, P6 on WebP files with mutated chunks and correct lengths.
//!
//! An input that is a WebP is mutated itself, and its end decides how. Any other input decides
//! about a seed.
#![cfg_attr(fuzzing, no_main)]

use std::sync::OnceLock;

use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::mutation::{
    Container, insert_from_seeds, mutate_bytes, mutate_order, mutated_file_keeps_the_promise,
};
use bombproof_fuzz::webp_chunks::{Chunk, parse_chunks, parse_file, write_chunks};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::pictures::{landscape, spotlight, test_card};
use bombproof_testkit::vp8l::{self, Argb};
use bombproof_testkit::{bombs, icc, vp8, webp};

fn seeds() -> &'static [Vec<Chunk>] {
    static SEEDS: OnceLock<Vec<Vec<Chunk>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let picture = landscape(21, 13);
        let lossless = |options: &vp8l::Options| {
            webp::chunk(b"VP8L", &vp8l::encode(&Argb::of(&test_card(21, 13)), false, options))
        };
        let plain = lossless(&vp8l::Options::default());
        let cached = lossless(&vp8l::Options {
            cache_bits: 4,
            group_bits: Some(3),
            ..vp8l::Options::default()
        });
        let lossy = webp::chunk(b"VP8 ", &vp8::encode(&picture, &vp8::Options::default()));
        let alpha = spotlight(21, 13).samples;
        let coded = vp8l::image_stream(&Argb::of_alpha(&alpha, 21, 13), &vp8l::Options::default());
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
            webp::file(&[extended(webp::ICC | webp::EXIF), profile, lossy.clone(), tiff]),
            webp::file(&[lossy.clone(), lossless(&vp8l::Options::default())]),
            webp::file(&[
                extended(webp::ALPHA),
                webp::alph(0, false, &alpha),
                webp::alph(1, false, &alpha),
                lossy,
            ]),
            webp::file(&[webp::vp8x(webp::ANIMATION | webp::ALPHA, 40, 30), webp::anim(), frame]),
            bombs::webp::unused_groups(8, true),
        ];
        files.iter().filter_map(|file| parse_file(file)).collect()
    })
}

/// Changes a field that affects the memory needed: a size, a flag, a method.
fn mutate_field(chunk: &mut Chunk, provider: &mut FuzzedDataProvider<'_>) {
    let payload = &mut chunk.payload;
    let side = provider.u32() >> (8 + provider.byte() % 24);
    let put = |payload: &mut Vec<u8>, at: usize, number: &[u8]| {
        if let Some(field) = payload.get_mut(at..at + number.len()) {
            field.copy_from_slice(number);
        }
    };
    match &chunk.name {
        b"VP8X" => match provider.below(3) {
            0 => put(payload, 0, &[1 << provider.below(8)]),
            1 => put(payload, 4, &side.to_le_bytes()[..3]),
            _ => put(payload, 7, &side.to_le_bytes()[..3]),
        },
        b"VP8 " => match provider.below(4) {
            0 => put(payload, 0, &[provider.byte()]),
            1 => put(payload, 1, &(provider.u32() as u16).to_le_bytes()),
            at => put(payload, 2 + 2 * at, &(side as u16).to_le_bytes()),
        },
        b"VP8L" => match provider.below(2) {
            0 => {
                let (width, height) = (side & 0x3FFF, provider.u32() >> 24 & 0x3FFF);
                put(payload, 1, &(width | height << 14).to_le_bytes());
            }
            _ => put(payload, 5, &[provider.byte()]),
        },
        b"ALPH" => put(payload, 0, &[provider.byte() & 0x3F]),
        b"ANMF" => put(payload, 3 * provider.below(5), &side.to_le_bytes()[..3]),
        _ => mutate_bytes(payload, provider),
    }
}

fn mutate(chunks: &mut Vec<Chunk>, provider: &mut FuzzedDataProvider<'_>) {
    let at = provider.below(chunks.len().max(1));
    match provider.below(8) {
        0 => mutate_order(chunks, provider),
        1 => insert_from_seeds(chunks, at, seeds(), provider),
        _ if chunks.is_empty() => {}
        2 => chunks[at].name = provider.pick(&NAMES),
        3 | 4 => mutate_field(&mut chunks[at], provider),
        _ if &chunks[at].name == b"ANMF" && chunks[at].payload.len() > 16 => {
            let payload = &mut chunks[at].payload;
            let mut inside = parse_chunks(&payload.split_off(16));
            mutate(&mut inside, provider);
            payload.extend(write_chunks(&inside));
        }
        _ => mutate_bytes(&mut chunks[at].payload, provider),
    }
}

/// A file with correct lengths. In one of sixteen files one of them has a wrong bit, in another one
/// bytes follow, or the last ones are missing, such as the padding of an odd chunk.
fn write(chunks: &[Chunk], provider: &mut FuzzedDataProvider<'_>) -> Vec<u8> {
    let mut file = webp::file(&[write_chunks(chunks)]);
    if provider.one_in(16) {
        let chunk_fields = chunks.iter().scan(12, |at, chunk| {
            let field = *at + 4;
            *at += 8 + chunk.payload.len().next_multiple_of(2);
            Some(field)
        });
        let fields: Vec<usize> = std::iter::once(4).chain(chunk_fields).collect();
        file[provider.pick(&fields)] ^= 1 << (provider.byte() % 8);
    }
    if provider.one_in(16) {
        let length = (file.len() + provider.below(24)).saturating_sub(8);
        file.resize(length, provider.byte());
    }
    file
}

const NAMES: [[u8; 4]; 9] =
    [*b"VP8X", *b"VP8 ", *b"VP8L", *b"ALPH", *b"ANIM", *b"ANMF", *b"ICCP", *b"EXIF", *b"XMP "];

bombproof_fuzz::target!(|bytes: &[u8]| {
    mutated_file_keeps_the_promise(bytes, &Container { parse: parse_file, seeds, mutate, write });
});
