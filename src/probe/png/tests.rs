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
fn color_chunks_count_before_the_palette_and_the_image_data_only() {
    let (_, nothing) = read(&[chunk(b"IDAT", b"data")]);
    let later = |chunks: &[Vec<u8>]| {
        let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
        let indexed = [&SIGNATURE[..], &ihdr, &chunks.concat()].concat();
        header(&indexed).unwrap().1.color_chunks
    };
    let (palette, data) = (chunk(b"PLTE", &[1, 2, 3]), chunk(b"IDAT", b"data"));
    let numbers: Vec<u8> = (0..8u32).flat_map(|i| (30_000 + i).to_be_bytes()).collect();
    for color in [
        chunk(b"cICP", &[12, 13, 0, 1]),
        chunk(b"sRGB", &[0]),
        chunk(b"gAMA", &45_455u32.to_be_bytes()),
        chunk(b"cHRM", &numbers),
    ] {
        let (color, palette, data) = (color, palette.clone(), data.clone());
        let first = later(&[color.clone(), palette.clone(), data.clone()]);
        assert_ne!(first, nothing.color_chunks);
        for chunks in
            [[palette.clone(), color.clone(), data.clone()], [palette, data, color.clone()]]
        {
            assert_eq!(later(&chunks), nothing.color_chunks);
        }
        let (_, behind) = read(&[chunk(b"IDAT", b"data"), color]);
        assert_eq!(behind.color_chunks, nothing.color_chunks);
    }
}

/// A later one of the same type changes nothing, and one that is not intact does not count.
#[test]
fn the_first_intact_color_chunk_of_each_type_counts() {
    let chromaticities = |first: u32| {
        let numbers: Vec<u8> = (0..8).flat_map(|i| (first + i).to_be_bytes()).collect();
        chunk(b"cHRM", &numbers)
    };
    let of = |chunks: &[Vec<u8>]| read(&[chunks.concat(), chunk(b"IDAT", b"data")]).1.color_chunks;
    for (first, second) in [
        (chunk(b"cICP", &[12, 13, 0, 1]), chunk(b"cICP", &[9, 13, 0, 1])),
        (chunk(b"sRGB", &[0]), chunk(b"sRGB", &[1])),
        (chunk(b"gAMA", &45_455u32.to_be_bytes()), chunk(b"gAMA", &100_000u32.to_be_bytes())),
        (chromaticities(30_000), chromaticities(20_000)),
    ] {
        assert_eq!(of(&[first.clone(), second.clone()]), of(std::slice::from_ref(&first)));
        let mut broken = second;
        *broken.last_mut().unwrap() ^= 1;
        assert_eq!(of(&[broken, first.clone()]), of(&[first]));
    }
}

/// Only image data may end early, because the rest of the rows may be there.
#[test]
fn a_chunk_has_all_of_its_bytes_or_is_image_data() {
    let outcome = |bytes: &[u8]| {
        let file = [&SIGNATURE[..], bytes].concat();
        Chunks::of(&file).next().unwrap().map(|chunk| chunk.data.len()).map_err(|e| e.kind())
    };
    assert_eq!(outcome(b"\x7F\xFF\xFF\xFFIDATdata"), Ok(4));
    assert_eq!(outcome(b"\x80\0\0\0IDATdata"), Err("malformed"));
    assert_eq!(outcome(b"\0\0\0\x04IDATdata12"), Ok(4));
    assert_eq!(outcome(b"\0\0\0\x04tEXtdata1234"), Ok(4));
    for short in [&b"\0\0\0\x04tEXtdata123"[..], b"\0\0\0\x04tEXtdat", b"\0\0\0\x04IDA"] {
        assert_eq!(outcome(short), Err("truncated"));
    }
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
