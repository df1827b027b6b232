//! P1, P2, P4, P5, P6 on PNG files with mutated chunks, most of them with correct CRCs and an intact
//! end.
//!
//! An input that is a PNG is mutated itself, and its end decides how. Any other input decides about
//! a seed.
#![cfg_attr(fuzzing, no_main)]

use std::io::Read;
use std::sync::OnceLock;

use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::mutation::{
    Container, insert_from_seeds, mutate_bytes, mutate_order, mutated_file_keeps_the_promise,
};
use bombproof_testkit::pictures::{landscape, test_card};
use bombproof_testkit::png::{self, Options, Samples};
use bombproof_testkit::{bombs, icc, untidy_png};

#[derive(Clone)]
struct Chunk {
    name: [u8; 4],
    data: Vec<u8>,
}

/// The chunks of a PNG, the last one perhaps truncated. CRCs are ignored.
fn parse(bytes: &[u8]) -> Option<Vec<Chunk>> {
    let mut rest = bytes.strip_prefix(&png::SIGNATURE)?;
    let mut chunks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>()
        && let Some((name, after)) = after.split_first_chunk::<4>()
    {
        let length = (u32::from_be_bytes(*length) as usize).min(after.len());
        chunks.push(Chunk { name: *name, data: after[..length].to_vec() });
        rest = after.get(length + 4..).unwrap_or_default();
    }
    Some(chunks)
}

fn seeds() -> &'static [Vec<Chunk>] {
    static SEEDS: OnceLock<Vec<Vec<Chunk>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let picture = test_card(12, 9);
        let sixteen = Samples::of(&picture.with_alpha(), 16);
        let (indexed, palette) = png::indexed(&picture, 16, 4);
        let interlaced = Options { interlaced: true, ..Options::default() };
        let files = [
            png::file(&Samples::of(&picture, 8), &Options::default()),
            png::file(&sixteen, &interlaced),
            png::file(&Samples::of(&landscape(20, 5).gray(), 2), &interlaced),
            png::file(
                &indexed,
                &Options {
                    palette: Some(palette),
                    transparency: Some(vec![0, 90, 255]),
                    idat_bytes: 20,
                    ..Options::default()
                },
            ),
            bombs::png::frames(3, 3),
            bombs::png::with_profile(&png::zlib(&icc::rgb("Own", &icc::DISPLAY_P3))),
            bombs::png::with_profile(&png::zlib(&icc::rgb_table("Own", &icc::GBR, 15))),
            bombs::png::with_profile(&png::zlib(&icc::rgb_of_points("Own", &icc::GBR, 9_000))),
            png::file(
                &Samples::of(&picture, 8),
                &Options {
                    before_palette: vec![
                        png::coding_independent(12, 13),
                        png::gamma(100_000),
                        png::chromaticities(png::DISPLAY_P3),
                    ],
                    ..Options::default()
                },
            ),
        ];
        let untidy = untidy_png::complete().into_iter().map(|file| file.bytes);
        let incomplete = untidy_png::incomplete().into_iter().map(|file| file.bytes);
        files.into_iter().chain(untidy).chain(incomplete).filter_map(|file| parse(&file)).collect()
    })
}

/// Changes a field of IHDR.
fn mutate_header(chunks: &mut [Chunk], provider: &mut FuzzedDataProvider<'_>) {
    let Some(header) = chunks.iter_mut().find(|chunk| &chunk.name == b"IHDR") else { return };
    header.data.resize(header.data.len().max(13), 0);
    match provider.below(6) {
        at @ (0 | 1) => {
            let side = provider.u32() >> (provider.byte() % 32);
            header.data[4 * at..4 * at + 4].copy_from_slice(&side.to_be_bytes());
        }
        2 => header.data[8] = provider.pick(&[1, 2, 4, 8, 16, 3]),
        3 => header.data[9] = provider.pick(&[0, 2, 3, 4, 6, 5]),
        4 => header.data[12] = provider.byte() % 3,
        _ => header.data[10 + provider.below(2)] = provider.byte(),
    }
}

/// Changes the inflated bytes of a profile, or of the image data, which become one chunk.
fn mutate_inflated(chunks: &mut Vec<Chunk>, provider: &mut FuzzedDataProvider<'_>) {
    let profile = chunks.iter().position(|chunk| &chunk.name == b"iCCP");
    if let Some(index) = profile
        && provider.one_in(2)
    {
        let data = &mut chunks[index].data;
        let name_bytes =
            data.iter().position(|&byte| byte == 0).map_or(0, |at| (at + 2).min(data.len()));
        let mut inflated = inflate(&data[name_bytes..]);
        mutate_bytes(&mut inflated, provider);
        data.truncate(name_bytes);
        data.extend(png::zlib(&inflated));
        return;
    }
    let data: Vec<u8> = chunks
        .iter()
        .filter(|chunk| &chunk.name == b"IDAT")
        .flat_map(|chunk| chunk.data.iter().copied())
        .collect();
    let Some(at) = chunks.iter().position(|chunk| &chunk.name == b"IDAT") else { return };
    let mut inflated = inflate(&data);
    mutate_bytes(&mut inflated, provider);
    if provider.one_in(4) {
        let length = provider.below(4 * inflated.len() + 64);
        inflated.resize(length, provider.byte());
    }
    chunks.retain(|chunk| &chunk.name != b"IDAT");
    chunks.insert(at.min(chunks.len()), Chunk { name: *b"IDAT", data: png::zlib(&inflated) });
}

fn inflate(zlib: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    let _ = flate2::read::ZlibDecoder::new(zlib).take(1 << 18).read_to_end(&mut inflated);
    inflated
}

/// Splits a chunk into two with the same name. For IDAT this does not change the picture.
fn split(chunks: &mut Vec<Chunk>, at: usize, provider: &mut FuzzedDataProvider<'_>) {
    let middle = provider.below(chunks[at].data.len() + 1);
    let data = chunks[at].data.split_off(middle);
    chunks.insert(at + 1, Chunk { name: chunks[at].name, data });
}

fn mutate(chunks: &mut Vec<Chunk>, provider: &mut FuzzedDataProvider<'_>) {
    let at = provider.below(chunks.len().max(1));
    match provider.below(8) {
        0 => mutate_header(chunks, provider),
        1 => mutate_inflated(chunks, provider),
        2 => mutate_order(chunks, provider),
        3 => insert_from_seeds(chunks, at, seeds(), provider),
        4 if !chunks.is_empty() => split(chunks, at, provider),
        5 if !chunks.is_empty() => chunks[at].name = provider.pick(&NAMES),
        _ if !chunks.is_empty() => mutate_bytes(&mut chunks[at].data, provider),
        _ => {}
    }
}

/// A file with correct lengths and CRCs. In one of sixteen files one of them has a wrong bit, and in
/// another one the end is cut off or overwritten.
fn write(chunks: &[Chunk], provider: &mut FuzzedDataProvider<'_>) -> Vec<u8> {
    let wrong = provider.one_in(16).then(|| provider.below(chunks.len().max(1)));
    let mut file = png::SIGNATURE.to_vec();
    for (index, chunk) in chunks.iter().enumerate() {
        let start = file.len();
        png::chunk(&mut file, &chunk.name, &chunk.data);
        if wrong == Some(index) {
            let field = if provider.one_in(2) { start } else { file.len() - 4 };
            file[field + provider.below(4)] ^= 1 << (provider.byte() % 8);
        }
    }
    if provider.one_in(16) {
        let end = file.len();
        file.truncate(end - provider.below(30.min(end)));
        if provider.one_in(2) {
            file.resize(end, provider.pick(&[0, 0xFF, b' ', b'a']));
        }
    }
    file
}

const NAMES: [[u8; 4]; 18] = [
    *b"IDAT",
    *b"PLTE",
    *b"tRNS",
    *b"iCCP",
    *b"eXIf",
    *b"acTL",
    *b"fcTL",
    *b"fdAT",
    *b"tEXt",
    *b"sRGB",
    *b"IEND",
    *b"qqQQ",
    *b"QqQQ",
    *b"q\x01QQ",
    *b"\0\0\0\0",
    *b"cICP",
    *b"gAMA",
    *b"cHRM",
];

bombproof_fuzz::target!(|bytes: &[u8]| {
    mutated_file_keeps_the_promise(bytes, &Container { parse, seeds, mutate, write });
});
