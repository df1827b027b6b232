//! WebPs of every kind: pictures that an encoder wrote, with the planes that they hold, and streams whose
//! headers are chosen and whose data are noise, of which most are pictures as well.

use bombproof::instrument::Plane;
use bombproof_testkit::bits::{BoolWriter, LsbBits, mix};
use bombproof_testkit::pictures::{Picture, card, landscape, spotlight};
use bombproof_testkit::vp8l::{self, Argb};
use bombproof_testkit::vp8l_transforms::Transform;
use bombproof_testkit::{vp8, vp8_tables, webp};

use crate::choices::Choices;

pub struct ValidWebp {
    pub file: Vec<u8>,
    /// Red, green, blue and, unless opaque, alpha of a lossless picture that an encoder wrote.
    pub planes: Option<[Plane; 4]>,
}

impl ValidWebp {
    pub fn chosen(choices: &mut Choices<'_>) -> Self {
        match choices.below(4) {
            0 => lossless(choices),
            1 => {
                let size = size(choices);
                let alpha = choices.once_in(2);
                let mut payload = vp8l::header(size.0, size.1, alpha, 0);
                payload.extend(noise_stream(size, choices));
                alone(webp::chunk(b"VP8L", &payload))
            }
            2 => {
                let size = size(choices);
                let picture = picture(size, choices);
                let options = vp8::Options {
                    quantizer: choices.below(128),
                    log2_partitions: choices.below(4) as u32,
                    simple_filter: choices.once_in(4),
                    filter_level: choices.below(64) as u32,
                    sharpness: choices.below(8) as u32,
                    subblocks: !choices.once_in(4),
                    skip: !choices.once_in(4),
                    segments: choices.once_in(2),
                };
                with_alpha(vp8::encode(&picture, &options), size, choices)
            }
            _ => {
                let size = size(choices);
                let frame = noise_frame(size, choices);
                with_alpha(frame, size, choices)
            }
        }
    }
}

fn alone(chunk: Vec<u8>) -> ValidWebp {
    ValidWebp { file: webp::file(&[chunk]), planes: None }
}

/// Around one and two macroblocks; sometimes long and thin, for codes of long distances.
fn size(choices: &mut Choices<'_>) -> (u32, u32) {
    match choices.below(4) {
        0 => (1 + choices.below(600) as u32, 1 + choices.below(4) as u32),
        1 => (1 + choices.below(4) as u32, 1 + choices.below(600) as u32),
        _ => (1 + choices.below(70) as u32, 1 + choices.below(70) as u32),
    }
}

fn picture((width, height): (u32, u32), choices: &mut Choices<'_>) -> Picture {
    let seed = u64::from(choices.number());
    match choices.below(3) {
        0 => landscape(width, height),
        1 => card(width, height),
        _ => Picture::new(width, height, 3, |x, y, channel| {
            (mix(seed + (u64::from(y) << 32 | u64::from(x) << 8 | channel as u64)) >> 56) as u8
        }),
    }
}

/// A picture that the encoder of the test kit wrote.
fn lossless(choices: &mut Choices<'_>) -> ValidWebp {
    let size = size(choices);
    let has_alpha = choices.once_in(2);
    let mut picture = picture(size, choices);
    if choices.once_in(3) {
        // Few colours, for a palette.
        let bits = choices.below(3);
        picture = picture.map(3, |from, to| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = (from >> (7 - bits)) * 36);
        });
    }
    if has_alpha {
        picture = picture.with_alpha();
    }
    let argb = Argb::of(&picture);
    let mut colors = argb.pixels.clone();
    colors.sort_unstable();
    colors.dedup();
    let mut transforms = Vec::new();
    for kind in 0..3 {
        if choices.once_in(2) {
            let tile = 2 + choices.below(8) as u32;
            let at = choices.below(transforms.len() + 1);
            let transform = match kind {
                0 => Transform::Predictor(tile),
                1 => Transform::Color(tile),
                _ => Transform::SubtractGreen,
            };
            transforms.insert(at, transform);
        }
    }
    // First, since of what the others make nobody has counted the colours.
    if colors.len() <= 256 && choices.once_in(2) {
        transforms.insert(0, Transform::Palette);
    }
    let options = vp8l::Options {
        transforms,
        cache_bits: choices.below(12) as u32,
        group_bits: choices.once_in(2).then(|| 2 + choices.below(8) as u32),
    };
    let file = webp::file(&[webp::chunk(b"VP8L", &vp8l::encode(&argb, has_alpha, &options))]);
    let plane = |shift: u32| Plane {
        width: size.0 as usize,
        samples: argb.pixels.iter().map(|pixel| (pixel >> shift) as u8).collect(),
    };
    let alpha = if has_alpha { plane(24) } else { Plane::default() };
    ValidWebp { file, planes: Some([plane(16), plane(8), plane(0), alpha]) }
}

/// Transforms, a cache, groups and codes that are chosen, and noise for the pixels.
fn noise_stream(size: (u32, u32), choices: &mut Choices<'_>) -> Vec<u8> {
    let mut bits = LsbBits::default();
    let (mut width, height) = size;
    let mut kinds = vec![0, 1, 2, 3];
    while !kinds.is_empty() && choices.once_in(2) {
        let kind = kinds.remove(choices.below(kinds.len()));
        bits.put(1, 1);
        bits.put(kind, 2);
        match kind {
            0 | 1 => {
                let tile = 2 + choices.below(8) as u32;
                bits.put(tile - 2, 3);
                let (across, down) = (width.div_ceil(1 << tile), height.div_ceil(1 << tile));
                noise_image(&mut bits, (across, down), None, choices);
            }
            2 => {}
            _ => {
                let colors = 1 + choices.byte() as u32 % choices.one_of(&[2, 4, 16, 256]);
                bits.put(colors - 1, 8);
                noise_image(&mut bits, (colors, 1), None, choices);
                let pixels_log2 = match colors {
                    1..=2 => 3,
                    3..=4 => 2,
                    5..=16 => 1,
                    _ => 0,
                };
                width = width.div_ceil(1 << pixels_log2);
            }
        }
    }
    bits.put(0, 1);
    let tile = choices.once_in(2).then(|| 2 + choices.below(8) as u32);
    noise_image(&mut bits, (width, height), Some(tile), choices);
    bits.finish()
}

/// `groups` is None for the images inside the headers, which have no choice.
fn noise_image(
    bits: &mut LsbBits,
    (width, height): (u32, u32),
    groups: Option<Option<u32>>,
    choices: &mut Choices<'_>,
) {
    let cache_bits = if choices.once_in(2) { 1 + choices.below(11) as u32 } else { 0 };
    bits.put(u32::from(cache_bits > 0), 1);
    if cache_bits > 0 {
        bits.put(cache_bits, 4);
    }
    let mut count = 1;
    if let Some(tile) = groups {
        bits.put(u32::from(tile.is_some()), 1);
        if let Some(tile) = tile {
            bits.put(tile - 2, 3);
            let (width, height) = (width.div_ceil(1 << tile), height.div_ceil(1 << tile));
            let (step, most) = (1 + choices.below(3) as u32, 1 + choices.below(5) as u32);
            let seed = u64::from(choices.byte());
            let number = |at: u32| (mix(seed + u64::from(at)) as u32 % most) * step;
            let pixels: Vec<u32> = (0..width * height).map(|at| number(at) << 8).collect();
            count = pixels.iter().max().map_or(1, |most| 1 + (most >> 8));
            vp8l::image(bits, &Argb { width, height, pixels }, 0, None);
        }
    }
    let cache = if cache_bits > 0 { 1 << cache_bits } else { 0 };
    for _ in 0..count {
        for alphabet in [256 + 24 + cache, 256, 256, 256, 40] {
            code(bits, alphabet, choices);
        }
    }
    let mut seed = u64::from(choices.number());
    for _ in 0..width * height {
        for _ in 0..choices.one_of(&[1, 2, 2, 3]) {
            seed = mix(seed + 1);
            bits.put(seed as u32, 32);
        }
    }
}

/// A complete code of some symbols of the alphabet.
fn code(bits: &mut LsbBits, alphabet: usize, choices: &mut Choices<'_>) {
    let most = choices.one_of(&[1, 2, 5, 40, 300]).min(alphabet);
    let count = 1 + choices.below(most);
    let first = choices.below(alphabet);
    let symbol = |nth: usize| (first + nth * 7) % alphabet;
    if count <= 2 && (0..count).all(|nth| symbol(nth) < 256) {
        let symbols: Vec<usize> = (0..count).map(symbol).collect();
        return vp8l::simple_code(bits, &symbols);
    }
    // Leaves are split until there are enough of them.
    let mut leaves = vec![0_u8];
    let mut seed = u64::from(choices.number());
    while leaves.len() < count {
        seed = mix(seed + 1);
        let at = seed as usize % leaves.len();
        if leaves[at] < 15 {
            leaves[at] += 1;
            leaves.push(leaves[at]);
        }
    }
    let mut lengths = vec![0; alphabet];
    for (nth, &length) in leaves.iter().enumerate() {
        // A symbol that comes round again would leave the code incomplete: it is put where there is room.
        let free = (symbol(nth)..alphabet).chain(0..alphabet).find(|&at| lengths[at] == 0);
        lengths[free.unwrap_or(0)] = length.max(1);
    }
    vp8l::write_lengths(bits, &lengths);
}

/// A key frame whose header is chosen, and whose modes and tokens are noise: every sequence of bits is a
/// picture.
fn noise_frame((width, height): (u32, u32), choices: &mut Choices<'_>) -> Vec<u8> {
    let mut out = BoolWriter::default();
    out.flag(false);
    out.flag(choices.once_in(2)); // clamping, which decoders do in any case
    let has_segments = choices.once_in(2);
    out.flag(has_segments);
    if has_segments {
        segments(&mut out, choices);
    }
    out.flag(choices.once_in(4)); // the simple filter
    out.literal(choices.below(64) as u32, 6);
    out.literal(choices.below(8) as u32, 3);
    let has_deltas = choices.once_in(2);
    out.flag(has_deltas);
    if has_deltas {
        let updates = choices.once_in(2);
        out.flag(updates);
        for _ in 0..if updates { 8 } else { 0 } {
            optional(&mut out, 6, choices);
        }
    }
    let log2_partitions = choices.below(4) as u32;
    out.literal(log2_partitions, 2);
    out.literal(choices.below(128) as u32, 7);
    for _ in 0..5 {
        optional(&mut out, 4, choices);
    }
    out.flag(choices.once_in(2)); // whether probabilities are kept, which one frame does not ask
    let mut seed = u64::from(choices.number());
    let mut noise = move || {
        seed = mix(seed + 1);
        seed as u32
    };
    let changes = choices.once_in(2);
    for prob in vp8_tables::COEFFICIENT_UPDATE_PROBS.as_flattened().as_flattened().as_flattened() {
        let change = changes && noise() % 256 >= u32::from(*prob);
        out.put(change, *prob);
        if change {
            out.literal(noise() & 0xFF, 8);
        }
    }
    let skips = choices.once_in(2);
    out.flag(skips);
    if skips {
        out.literal(u32::from(choices.byte()), 8);
    }
    let macroblocks = width.div_ceil(16) * height.div_ceil(16);
    for _ in 0..macroblocks * 5 {
        out.literal(noise(), 32);
    }
    let first = out.finish();
    let mut frame = vp8::frame_header(true, first.len(), (width, height));
    frame.extend(first);
    let rows_of_partition = height.div_ceil(16).div_ceil(1 << log2_partitions);
    let partition_bytes = width.div_ceil(16) * rows_of_partition * 800;
    let partitions: Vec<Vec<u8>> = (0..1 << log2_partitions)
        .map(|_| {
            // Bits that are often 0 are tokens that end a block early.
            let sparse = choices.once_in(2);
            let bytes = (0..partition_bytes).map(|_| {
                let byte = noise() as u8;
                if sparse { byte & noise() as u8 } else { byte }
            });
            let mut bytes: Vec<u8> = bytes.collect();
            bytes[0] &= 0x7F;
            bytes
        })
        .collect();
    for partition in &partitions[1..] {
        frame.extend(&(partition.len() as u32).to_le_bytes()[..3]);
    }
    frame.extend(partitions.concat());
    frame
}

fn segments(out: &mut BoolWriter, choices: &mut Choices<'_>) {
    let (map, values) = (choices.once_in(2), choices.once_in(2));
    out.flag(map);
    out.flag(values);
    if values {
        out.flag(choices.once_in(2)); // absolute
        for bits in [7, 7, 7, 7, 6, 6, 6, 6] {
            optional(out, bits, choices);
        }
    }
    if map {
        for _ in 0..3 {
            let prob = choices.once_in(2).then(|| choices.byte());
            out.flag(prob.is_some());
            if let Some(prob) = prob {
                out.literal(u32::from(prob), 8);
            }
        }
    }
}

/// A number with a sign, or none.
fn optional(out: &mut BoolWriter, bits: u32, choices: &mut Choices<'_>) {
    let there = choices.once_in(2);
    out.flag(there);
    if there {
        out.literal(u32::from(choices.byte()), bits);
        out.flag(choices.once_in(2));
    }
}

/// The frame, with alpha or without.
fn with_alpha(frame: Vec<u8>, size: (u32, u32), choices: &mut Choices<'_>) -> ValidWebp {
    let frame = webp::chunk(b"VP8 ", &frame);
    if !choices.once_in(2) {
        return alone(frame);
    }
    let (width, height) = size;
    let filter = choices.below(4) as u8;
    let samples = match choices.below(2) {
        0 => spotlight(width, height).samples,
        _ => picture(size, choices).gray().samples,
    };
    let filtered = webp::filter_alpha(&samples, width as usize, filter);
    let alph = match choices.below(3) {
        0 => webp::alph(filter, false, &filtered),
        1 => {
            let argb = Argb::of_alpha(&filtered, width, height);
            webp::alph(filter, true, &vp8l::stream(&argb, &vp8l::Options::default()))
        }
        _ => webp::alph(filter, true, &noise_stream(size, choices)),
    };
    let file = webp::file(&[webp::vp8x(webp::ALPHA, width, height), alph, frame]);
    ValidWebp { file, planes: None }
}
