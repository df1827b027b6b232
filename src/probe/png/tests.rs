//! Chunks that are out of order or repeated, and what each chunk declares.

use super::*;
use crate::probe::crc::crc32;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let covered = [kind.as_slice(), data].concat();
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &covered, &crc32(&covered).to_be_bytes()].concat()
}

/// Reads an 8-bit grey picture with these chunks between IHDR and IEND.
fn read(chunks: &[Vec<u8>]) -> (Summary, Image) {
    let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let iend = chunk(b"IEND", &[]);
    header(&[&SIGNATURE[..], &ihdr, &chunks.concat(), &iend].concat()).unwrap()
}

fn exif(value: u8) -> Vec<u8> {
    let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";
    chunk(b"eXIf", &[&tiff[..], &[value, 0, 0, 0]].concat())
}

#[test]
fn ancillary_chunks_after_the_image_data_are_ignored() {
    let data = chunk(b"IDAT", b"data");
    let ancillary =
        [chunk(b"tRNS", &[0, 1]), chunk(b"acTL", &[0; 8]), chunk(b"iCCP", b"n\0\0zlib")];
    let (header, image) = read(&[ancillary.concat(), data.clone()]);
    assert!(header.alpha && header.animated);
    assert_eq!((header.icc, image.icc_compressed_bytes), (Some(IccKind::Compressed), 4));
    let (header, image) = read(&[data, ancillary.concat()]);
    assert!(!header.alpha && !header.animated);
    assert_eq!((header.icc, image.icc_compressed_bytes, header.segments), (None, 0, 5));
}

#[test]
fn only_the_first_profile_and_the_first_orientation_count() {
    let data = chunk(b"IDAT", b"data");
    let profiles = [chunk(b"iCCP", b"n\0\0zlib"), chunk(b"iCCP", b"n\0\0longer")];
    let (header, image) = read(&[exif(6), exif(3), profiles.concat(), data]);
    assert_eq!(header.orientation, Orientation::Rotate90);
    assert_eq!(image.icc_compressed_bytes, 4);
}

#[test]
fn the_decoder_receives_five_types_of_chunks() {
    let (_, image) = read(&[chunk(b"IDAT", b"data")]);
    assert!(image.complete);
    for (kind, approved) in [
        (*b"IHDR", true),
        (*b"PLTE", true),
        (*b"tRNS", true),
        (*b"IDAT", true),
        (*b"IEND", true),
        (*b"iCCP", false),
        (*b"eXIf", false),
        (*b"fdAT", false),
        (*b"tEXt", false),
    ] {
        assert_eq!(Chunk { kind, data: &[], bytes: &[] }.is_approved(), approved);
    }
}

#[test]
fn only_pixels_of_whole_bytes_have_a_byte_length() {
    let (_, gray) = read(&[chunk(b"IDAT", b"data")]);
    for (color, bit_depth, bytes) in [
        (Color::Gray, 1, None),
        (Color::Indexed, 4, None),
        (Color::Indexed, 8, Some(1)),
        (Color::Gray, 16, Some(2)),
        (Color::GrayAlpha, 8, Some(2)),
        (Color::Rgb, 8, Some(3)),
        (Color::Rgb, 16, Some(6)),
        (Color::Rgba, 16, Some(8)),
    ] {
        let image = Image { color, bit_depth, ..gray };
        assert_eq!(image.pixel_bytes(), bytes, "{color:?} of {bit_depth} bits");
    }
}
