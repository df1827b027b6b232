//! The ICC profile of Display P3 (ICC.1:2022, version 4.3): the only one that is ever written.
//!
//! Its bytes are constants of this file, so that no byte of an upload can be in them.

use crate::picture::Gamut;

/// The profile that the file of a picture has. sRGB, which is what a file without one means, has
/// none.
pub(super) const fn of(gamut: Gamut) -> Option<&'static [u8; BYTES]> {
    match gamut {
        Gamut::Srgb => None,
        Gamut::DisplayP3 => Some(&DISPLAY_P3),
    }
}

/// The length of the profile.
pub(super) const BYTES: usize = 492;

static DISPLAY_P3: [u8; BYTES] = display_p3();

/// The header, the tag table, and the data of the tags one after another. The three curves are one.
const fn display_p3() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    put_number(&mut bytes, 0, BYTES);
    put(&mut bytes, 8, &[4, 0x30, 0, 0]);
    put(&mut bytes, 12, b"mntrRGB XYZ ");
    // 2026-01-01 00:00:00
    put(&mut bytes, 24, &[0x07, 0xEA, 0, 1, 0, 1]);
    put(&mut bytes, 36, b"acsp");
    put(&mut bytes, 68, &numbers(WHITE));
    put_number(&mut bytes, 128, TAGS.len());
    let (mut data, mut index) = (132 + 12 * TAGS.len(), 0);
    while index < TAGS.len() {
        let (name, tag) = TAGS[index];
        // A tag that is the same as the one before it has no data of its own.
        let is_repeated = tag.is_empty();
        let (start, len) =
            if is_repeated { (data - CURVE.len(), CURVE.len()) } else { (data, tag.len()) };
        let entry = 132 + 12 * index;
        put(&mut bytes, entry, name);
        put_number(&mut bytes, entry + 4, start);
        put_number(&mut bytes, entry + 8, len);
        put(&mut bytes, data, tag);
        data += tag.len().next_multiple_of(4);
        index += 1;
    }
    assert!(data == BYTES, "the length of the profile");
    bytes
}

const TAGS: [(&[u8; 4], &[u8]); 10] = [
    (b"desc", &text::<20, 48>(b"\0D\0i\0s\0p\0l\0a\0y\0 \0P\x003")),
    (b"cprt", &text::<6, 34>(b"\0C\0C\x000")),
    (b"wtpt", &xyz(WHITE)),
    (b"chad", &chromatic_adaptation()),
    (b"rXYZ", &xyz([0x83DF, 0x3DBF, -0x45])),
    (b"gXYZ", &xyz([0x4ABF, 0xB137, 0x0AB9])),
    (b"bXYZ", &xyz([0x2838, 0x110B, 0xC8B9])),
    (b"rTRC", &CURVE),
    (b"gTRC", &[]),
    (b"bTRC", &[]),
];

/// D50, the white of the profile connection space.
const WHITE: [i32; 3] = [0xF6D6, 0x1_0000, 0xD32D];

/// The curve of sRGB, as function 3 of a parametricCurveType (10.18): ((X + 0.055) / 1.055)^2.4 from
/// 0.04045 on, and X / 12.92 below it.
const CURVE: [u8; 32] = {
    let mut bytes = [0; 32];
    put(&mut bytes, 0, b"para\0\0\0\0\0\x03");
    put(&mut bytes, 12, &numbers([0x2_6666, 0xF2A7, 0x0D59]));
    put(&mut bytes, 24, &0x13D0_i32.to_be_bytes());
    put(&mut bytes, 28, &0x0A5B_i32.to_be_bytes());
    bytes
};

/// From D65, the white of a display, to D50 (Bradford), as an s15Fixed16ArrayType (10.22).
const fn chromatic_adaptation() -> [u8; 44] {
    let mut bytes = [0; 44];
    put(&mut bytes, 0, b"sf32");
    put(&mut bytes, 8, &numbers([0x1_0C42, 0x05DE, -0x0CDB]));
    put(&mut bytes, 20, &numbers([0x0793, 0xFD90, -0x045F]));
    put(&mut bytes, 32, &numbers([-0x025E, 0x03DC, 0xC06E]));
    bytes
}

/// A multiLocalizedUnicodeType (10.15) of one text in American English, in UTF-16.
const fn text<const TEXT: usize, const BYTES: usize>(utf16: &[u8; TEXT]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    put(&mut bytes, 0, b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0CenUS");
    put_number(&mut bytes, 20, TEXT);
    put_number(&mut bytes, 24, 28);
    put(&mut bytes, 28, utf16);
    bytes
}

/// An XYZType (10.31) of one colour.
const fn xyz(color: [i32; 3]) -> [u8; 20] {
    let mut bytes = [0; 20];
    put(&mut bytes, 0, b"XYZ ");
    put(&mut bytes, 8, &numbers(color));
    bytes
}

/// Three numbers in units of 1/65,536.
const fn numbers([a, b, c]: [i32; 3]) -> [u8; 12] {
    let mut bytes = [0; 12];
    put(&mut bytes, 0, &a.to_be_bytes());
    put(&mut bytes, 4, &b.to_be_bytes());
    put(&mut bytes, 8, &c.to_be_bytes());
    bytes
}

#[allow(clippy::cast_possible_truncation, reason = "at most the length of the profile")]
const fn put_number(bytes: &mut [u8], at: usize, number: usize) {
    put(bytes, at, &(number as u32).to_be_bytes());
}

const fn put(bytes: &mut [u8], at: usize, part: &[u8]) {
    let mut index = 0;
    while index < part.len() {
        bytes[at + index] = part[index];
        index += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Chromaticities;
    use crate::probe::icc::{Model, Profile, ProfileBytes};

    /// As our own reader reads it; `tests/colors.rs` has what it looks like.
    #[test]
    fn the_profile_is_that_of_display_p3() {
        assert_eq!(of(Gamut::Srgb), None);
        let bytes = ProfileBytes::contiguous(of(Gamut::DisplayP3).unwrap());
        let profile = Profile::of(&bytes).unwrap();
        assert!(profile.is_wide() && !profile.is_srgb());
        let Model::Matrix { to_srgb, colorants, curves } = profile.model else { panic!("a table") };
        assert!(curves.iter().all(|curve| curve.is_srgb(&bytes)));
        let defined = Chromaticities::DISPLAY_P3.matrix_to_srgb().unwrap();
        for (found, defined) in to_srgb.as_flattened().iter().zip(defined.as_flattened()) {
            assert!((found - defined).abs() <= 4, "{to_srgb:?}, not {defined:?}");
        }
        // White is the sum of the colorants, and black and white are adapted to it.
        for axis in 0..3 {
            let sum: f64 = colorants.iter().map(|colorant| colorant[axis]).sum();
            assert!((sum * 65_536.0 - f64::from(WHITE[axis])).abs() <= 1.0);
        }
    }

    #[test]
    fn every_tag_lies_in_the_profile_on_four_bytes() {
        let number = |at: usize| {
            let bytes = DISPLAY_P3[at..].first_chunk().unwrap();
            u32::from_be_bytes(*bytes) as usize
        };
        assert_eq!((number(0), number(128)), (BYTES, TAGS.len()));
        let mut end = 132 + 12 * TAGS.len();
        for index in 0..TAGS.len() {
            let entry = 132 + 12 * index;
            let (start, len) = (number(entry + 4), number(entry + 8));
            let is_shared = matches!(&DISPLAY_P3[entry..entry + 4], b"gTRC" | b"bTRC");
            let expected = if is_shared { end - CURVE.len() } else { end };
            assert_eq!(start, expected, "tag {index}");
            end = (start + len).next_multiple_of(4);
        }
        assert_eq!(end, BYTES);
    }
}
