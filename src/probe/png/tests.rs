//! Chunks that are out of order or repeated, and what each chunk declares.

use super::*;
use crate::probe::crc::crc32;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let covered = [kind.as_slice(), data].concat();
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &covered, &crc32(&covered).to_be_bytes()].concat()
}

/// An 8-bit grey picture with these chunks between IHDR and IEND.
fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let iend = chunk(b"IEND", &[]);
    [&SIGNATURE[..], &ihdr, &chunks.concat(), &iend].concat()
}

fn read(chunks: &[Vec<u8>]) -> (Summary, Image) {
    header(&file(chunks)).unwrap()
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
    assert_eq!((header.icc, image.color_chunks.has_icc), (Some(IccKind::Compressed), true));
    let (header, image) = read(&[data, ancillary.concat()]);
    assert!(!header.alpha && !header.animated);
    assert_eq!((header.icc, image.color_chunks.has_icc, header.segments), (None, false, 5));
}

#[test]
fn only_the_first_profile_and_the_first_orientation_count() {
    let data = chunk(b"IDAT", b"data");
    let profiles = [chunk(b"iCCP", b"n\0\0zlib"), chunk(b"iCCP", b"n\0\0longer")];
    let file = file(&[exif(6), exif(3), profiles.concat(), data.clone()]);
    assert_eq!(header(&file).unwrap().0.orientation, Orientation::Rotate90);
    assert_eq!(compressed_icc(&file), Ok(&b"zlib"[..]));
    for broken in [b"n\0\x01zlib".as_slice(), b"n\0", b"n", &[b'n'; 90], b""] {
        let file = self::file(&[chunk(b"iCCP", broken), profiles.concat(), data.clone()]);
        assert_eq!(header(&file).unwrap().0.icc, Some(IccKind::Compressed));
        assert_eq!(compressed_icc(&file), Err(ProfileProblem::Malformed));
    }
}

/// Reads an 8-bit grey picture that ends with `end` in the place of IEND.
fn read_end(end: &[u8]) -> Result<(Summary, Image), Error> {
    let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    header(&[&SIGNATURE[..], &ihdr, &chunk(b"IDAT", b"data"), end].concat())
}

#[test]
fn an_unknown_critical_chunk_after_the_image_data_is_refused_unless_it_is_damage() {
    let unknown = chunk(b"OWNX", b"own");
    assert!(matches!(read_end(&unknown), Err(Error::Unsupported(_))));
    let mut damaged = unknown;
    damaged[10] ^= 1;
    let (_, image) = read_end(&damaged).unwrap();
    assert!(image.has_image_data);
    // Chunks may be lost, so there may have been as many image data as the file has bytes.
    assert_eq!(image.idat_bytes, 8 + 25 + 16 + 15);
    assert!(read_end(&[0; 12]).is_ok());
    assert!(read_end(&[255; 12]).is_ok());
    // Before the image data nothing proves that the rest is complete.
    let (unnamed, data) = (chunk(b"\0\0\0\0", b""), chunk(b"IDAT", b"data"));
    let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let refused = header(&[&SIGNATURE[..], &ihdr, &unnamed, &data].concat());
    assert!(matches!(refused, Err(Error::Malformed(_))));
}

#[test]
fn a_file_that_ends_before_its_image_data_has_none() {
    let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let file = [&SIGNATURE[..], &ihdr, &chunk(b"IDAT", b"data")].concat();
    let start = SIGNATURE.len() + ihdr.len() + 8;
    for end in SIGNATURE.len() + ihdr.len()..=file.len() {
        let (_, image) = header(&file[..end]).unwrap();
        assert_eq!(image.has_image_data, end > start, "{end}");
    }
}

#[test]
fn frames_do_not_count_as_segments() {
    let data = chunk(b"IDAT", b"data");
    let frames = [chunk(b"fcTL", &[0; 26]), chunk(b"fdAT", &[0; 5])].concat().repeat(9);
    let (header, _) = read(&[chunk(b"acTL", &[0; 8]), chunk(b"fcTL", &[0; 26]), data, frames]);
    assert_eq!(header.segments, 3);
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
