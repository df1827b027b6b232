//! Small ICC profiles: RGB by matrix and gamma or by a table, grey by gamma, CMYK by a table of 2⁴
//! points.

/// Colorants as XYZ under D50, in units of 10⁻⁷: red, green, blue.
pub type Colorants = [[i64; 3]; 3];

pub const SRGB: Colorants = [
    [4_360_747, 2_225_045, 139_322],
    [3_850_649, 7_168_786, 971_045],
    [1_430_804, 606_169, 7_141_733],
];

pub const DISPLAY_P3: Colorants = [
    [5_151_187, 2_411_892, -10_505],
    [2_919_778, 6_922_441, 418_791],
    [1_571_035, 665_668, 7_840_713],
];

/// sRGB with the channels in the order green, blue, red. A picture stored in that order looks right
/// only when the profile is applied.
pub const GBR: Colorants = [SRGB[1], SRGB[2], SRGB[0]];

/// A display profile with one gamma of 2.2 for all channels.
pub fn rgb(name: &str, colorants: &Colorants) -> Vec<u8> {
    let mut tags = text_tags(name);
    for (signature, colorant) in [b"rXYZ", b"gXYZ", b"bXYZ"].into_iter().zip(colorants) {
        tags.push((*signature, xyz(*colorant)));
    }
    for signature in [b"rTRC", b"gTRC", b"bTRC"] {
        tags.push((*signature, gamma()));
    }
    profile(b"mntr", b"RGB ", b"XYZ ", &tags)
}

pub fn gray() -> Vec<u8> {
    let mut tags = text_tags("Own grey");
    tags.push((*b"kTRC", gamma()));
    profile(b"mntr", b"GRAY", b"XYZ ", &tags)
}

/// A display profile with one curve of `points` points for all channels: a gamma of 2.
pub fn rgb_of_points(name: &str, colorants: &Colorants, points: u64) -> Vec<u8> {
    let last = points - 1;
    let mut curve = b"curv\0\0\0\0".to_vec();
    curve.extend((points as u32).to_be_bytes());
    for point in 0..points {
        curve.extend(rounded(point * point * 65_535, last * last));
    }
    let mut tags = text_tags(name);
    for (signature, colorant) in [b"rXYZ", b"gXYZ", b"bXYZ"].into_iter().zip(colorants) {
        tags.push((*signature, xyz(*colorant)));
    }
    for signature in [b"rTRC", b"gTRC", b"bTRC"] {
        tags.push((*signature, curve.clone()));
    }
    profile(b"mntr", b"RGB ", b"XYZ ", &tags)
}

/// A display profile with the colours of [`rgb_of_points`] in a table: lut16 with `grid` points per
/// channel.
pub fn rgb_table(name: &str, colorants: &Colorants, grid: u8) -> Vec<u8> {
    const ENTRIES: u64 = 256;
    let mut lut = b"mft2\0\0\0\0\x03\x03".to_vec();
    lut.extend([grid, 0]);
    for value in [1, 0, 0, 0, 1, 0, 0, 0, 1] {
        lut.extend(s15_fixed_16(value * 10_000_000));
    }
    lut.extend([1, 0, 0, 2]); // 256 entries before the grid, 2 behind it
    for _ in 0..3 {
        for entry in 0..ENTRIES {
            let last = ENTRIES - 1;
            lut.extend(rounded(entry * entry * 65_535, last * last));
        }
    }
    // The last channel varies fastest. 1.0 of X, Y or Z is 32,768.
    let grid = i64::from(grid);
    for node in 0..grid.pow(3) {
        let steps = [node / (grid * grid), node / grid % grid, node % grid];
        for axis in 0..3 {
            let sum: i64 = (0..3).map(|channel| colorants[channel][axis] * steps[channel]).sum();
            lut.extend(rounded(sum.max(0) as u64 * 32_768, (grid - 1) as u64 * 10_000_000));
        }
    }
    for _ in 0..3 {
        lut.extend([0, 0, 0xFF, 0xFF]);
    }
    let mut tags = text_tags(name);
    tags.push((*b"A2B0", lut));
    profile(b"mntr", b"RGB ", b"XYZ ", &tags)
}

fn rounded(dividend: u64, divisor: u64) -> [u8; 2] {
    (((dividend + divisor / 2) / divisor) as u16).to_be_bytes()
}

/// A printer profile: lut8 with two grid points per channel.
pub fn cmyk() -> Vec<u8> {
    let mut lut = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for value in [1, 0, 0, 0, 1, 0, 0, 0, 1] {
        lut.extend(s15_fixed_16(value * 10_000_000));
    }
    for _ in 0..4 {
        lut.extend(0..=255_u8);
    }
    // The last channel varies fastest. L*, a*, b* of the corners of CMY, without and with black.
    for corner in LAB_CORNERS {
        lut.extend(corner);
        lut.extend([corner[0] / 8, 128, 128]);
    }
    for _ in 0..3 {
        lut.extend(0..=255_u8);
    }
    let mut tags = text_tags("Own CMYK");
    tags.push((*b"A2B0", lut));
    profile(b"prtr", b"CMYK", b"Lab ", &tags)
}

/// The payloads of APP2 segments with `profile` in parts of `part_bytes`.
pub fn app2(profile: &[u8], part_bytes: usize) -> Vec<Vec<u8>> {
    let count = profile.len().div_ceil(part_bytes) as u8;
    let parts = profile.chunks(part_bytes).zip(1..);
    parts
        .map(|(part, number)| [b"ICC_PROFILE\0".as_slice(), &[number, count], part].concat())
        .collect()
}

/// A profile of version 2.1 from its class, colour space, connection space and tags.
pub fn profile(
    class: &[u8; 4],
    space: &[u8; 4],
    connection: &[u8; 4],
    tags: &[([u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let start = 128 + 4 + 12 * tags.len();
    for (signature, tag) in tags {
        table.extend(signature);
        table.extend(((start + data.len()) as u32).to_be_bytes());
        table.extend((tag.len() as u32).to_be_bytes());
        data.extend(tag);
        while !data.len().is_multiple_of(4) {
            data.push(0);
        }
    }
    let mut bytes = ((start + data.len()) as u32).to_be_bytes().to_vec();
    bytes.extend([0, 0, 0, 0, 2, 0x10, 0, 0]);
    bytes.extend([class.as_slice(), space, connection].concat());
    // 2026-01-01 00:00:00
    bytes.extend([0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    bytes.extend(b"acsp");
    bytes.resize(68, 0);
    bytes.extend(D50.map(s15_fixed_16).concat());
    bytes.resize(128, 0);
    [bytes, table, data].concat()
}

fn text_tags(name: &str) -> Vec<([u8; 4], Vec<u8>)> {
    let mut description = b"desc\0\0\0\0".to_vec();
    description.extend((name.len() as u32 + 1).to_be_bytes());
    description.extend(name.as_bytes());
    description.resize(description.len() + 1 + 78, 0);
    let copyright = b"text\0\0\0\0No rights reserved\0".to_vec();
    vec![(*b"desc", description), (*b"cprt", copyright), (*b"wtpt", xyz(D50))]
}

fn xyz(values: [i64; 3]) -> Vec<u8> {
    [b"XYZ \0\0\0\0".as_slice(), &values.map(s15_fixed_16).concat()].concat()
}

/// 2.2 as u8Fixed8.
fn gamma() -> Vec<u8> {
    b"curv\0\0\0\0\0\0\0\x01\x02\x33".to_vec()
}

fn s15_fixed_16(value: i64) -> [u8; 4] {
    let scaled = (value * 65_536 + 5_000_000).div_euclid(10_000_000);
    (scaled as i32).to_be_bytes()
}

const D50: [i64; 3] = [9_642_000, 10_000_000, 8_249_000];

/// White, Y, M, M+Y, C, C+Y, C+M, C+M+Y as L*·2.55, a*+128, b*+128.
const LAB_CORNERS: [[u8; 3]; 8] = [
    [242, 128, 126],
    [226, 123, 221],
    [122, 202, 125],
    [120, 196, 176],
    [140, 91, 78],
    [127, 60, 155],
    [61, 150, 82],
    [58, 128, 128],
];
