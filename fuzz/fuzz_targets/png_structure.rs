//! P1, P2, P4, P5, P6 on PNG files whose chunks were changed and whose CRCs are right again.
//!
//! An input that is a PNG is changed itself; its end, or all of any other input, says how.
#![cfg_attr(fuzzing, no_main)]

use std::io::Read;
use std::sync::OnceLock;

use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::mutation::{change_bytes, change_order, made_file_keeps_the_promise};
use bombproof_testkit::pictures::{card, landscape};
use bombproof_testkit::png::{self, Options, Samples};
use bombproof_testkit::{bombs, icc};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

#[derive(Clone)]
struct Chunk {
    kind: [u8; 4],
    data: Vec<u8>,
}

/// The chunks of a PNG as far as they go; their CRCs are not looked at.
fn parse(bytes: &[u8]) -> Option<Vec<Chunk>> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut chunks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>()
        && let Some((kind, after)) = after.split_first_chunk::<4>()
    {
        let length = (u32::from_be_bytes(*length) as usize).min(after.len());
        chunks.push(Chunk { kind: *kind, data: after[..length].to_vec() });
        rest = after.get(length + 4..).unwrap_or_default();
    }
    Some(chunks)
}

fn seeds() -> &'static [Vec<Chunk>] {
    static SEEDS: OnceLock<Vec<Vec<Chunk>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let picture = card(12, 9);
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
        ];
        files.iter().filter_map(|file| parse(file)).collect()
    })
}

/// Writes a number of the IHDR.
fn change_header(chunks: &mut [Chunk], choices: &mut Choices<'_>) {
    let Some(header) = chunks.iter_mut().find(|chunk| &chunk.kind == b"IHDR") else { return };
    header.data.resize(header.data.len().max(13), 0);
    match choices.below(6) {
        at @ (0 | 1) => {
            let side = choices.number() >> (choices.byte() % 32);
            header.data[4 * at..4 * at + 4].copy_from_slice(&side.to_be_bytes());
        }
        2 => header.data[8] = choices.one_of(&[1, 2, 4, 8, 16, 3]),
        3 => header.data[9] = choices.one_of(&[0, 2, 3, 4, 6, 5]),
        4 => header.data[12] = choices.byte() % 3,
        _ => header.data[10 + choices.below(2)] = choices.byte(),
    }
}

/// Changes what a zlib stream inflates to: the image data, all in one chunk afterwards, or a profile.
fn change_inflated(chunks: &mut Vec<Chunk>, choices: &mut Choices<'_>) {
    let profile = chunks.iter().position(|chunk| &chunk.kind == b"iCCP");
    if let Some(index) = profile
        && choices.once_in(2)
    {
        let data = &mut chunks[index].data;
        let name = data.iter().position(|&byte| byte == 0).map_or(0, |at| (at + 2).min(data.len()));
        let mut inflated = inflate(&data[name..]);
        change_bytes(&mut inflated, choices);
        data.truncate(name);
        data.extend(png::zlib(&inflated));
        return;
    }
    let data: Vec<u8> = chunks
        .iter()
        .filter(|chunk| &chunk.kind == b"IDAT")
        .flat_map(|chunk| chunk.data.iter().copied())
        .collect();
    let Some(at) = chunks.iter().position(|chunk| &chunk.kind == b"IDAT") else { return };
    let mut inflated = inflate(&data);
    change_bytes(&mut inflated, choices);
    if choices.once_in(4) {
        let length = choices.below(4 * inflated.len() + 64);
        inflated.resize(length, choices.byte());
    }
    chunks.retain(|chunk| &chunk.kind != b"IDAT");
    chunks.insert(at.min(chunks.len()), Chunk { kind: *b"IDAT", data: png::zlib(&inflated) });
}

fn inflate(zlib: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    let _ = flate2::read::ZlibDecoder::new(zlib).take(1 << 18).read_to_end(&mut inflated);
    inflated
}

/// Cuts a chunk in two of the same kind; for IDAT that changes nothing in the picture.
fn split(chunks: &mut Vec<Chunk>, at: usize, choices: &mut Choices<'_>) {
    let middle = choices.below(chunks[at].data.len() + 1);
    let data = chunks[at].data.split_off(middle);
    chunks.insert(at + 1, Chunk { kind: chunks[at].kind, data });
}

const KINDS: [[u8; 4]; 12] = [
    *b"IDAT", *b"PLTE", *b"tRNS", *b"iCCP", *b"eXIf", *b"acTL", *b"fcTL", *b"fdAT", *b"tEXt",
    *b"sRGB", *b"IEND", *b"qqQQ",
];

fn change(chunks: &mut Vec<Chunk>, choices: &mut Choices<'_>) {
    let at = choices.below(chunks.len().max(1));
    match choices.below(8) {
        0 => change_header(chunks, choices),
        1 => change_inflated(chunks, choices),
        2 => change_order(chunks, choices),
        3 => {
            let donor = &seeds()[choices.below(seeds().len())];
            let chunk = donor[choices.below(donor.len())].clone();
            chunks.insert(at.min(chunks.len()), chunk);
        }
        4 if !chunks.is_empty() => split(chunks, at, choices),
        5 if !chunks.is_empty() => chunks[at].kind = choices.one_of(&KINDS),
        _ if !chunks.is_empty() => change_bytes(&mut chunks[at].data, choices),
        _ => {}
    }
}

/// A file whose lengths and CRCs are right, but for one length or CRC in sixteen files.
fn write(chunks: &[Chunk], choices: &mut Choices<'_>) -> Vec<u8> {
    let wrong = choices.once_in(16).then(|| choices.below(chunks.len().max(1)));
    let mut file = SIGNATURE.to_vec();
    for (index, chunk) in chunks.iter().enumerate() {
        let start = file.len();
        png::chunk(&mut file, &chunk.kind, &chunk.data);
        if wrong == Some(index) {
            let field = if choices.once_in(2) { start } else { file.len() - 4 };
            file[field + choices.below(4)] ^= 1 << (choices.byte() % 8);
        }
    }
    file
}

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut choices = Choices::at_end_of(bytes, 160);
    let parsed = parse(bytes);
    let mut chunks = parsed.unwrap_or_else(|| seeds()[choices.below(seeds().len())].clone());
    for _ in 0..choices.below(5) {
        change(&mut chunks, &mut choices);
    }
    let file = write(&chunks, &mut choices);
    made_file_keeps_the_promise(&file, &mut choices);
});
