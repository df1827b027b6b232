//! Exif blocks and colour profiles, alone and inside each container.

use std::sync::OnceLock;

use bombproof::instrument::{exif_orientation, measure_work};
use bombproof::{Limits, Request};
use bombproof_testkit::{bombs, icc, jpeg, pictures, png};

use super::job::job_keeps_the_promise;
use super::plan::probe_allocates_nothing;
use crate::counting_allocator::measure;

/// P1 and P4 of an Exif block: its orientation is read without an allocation, in the time of one
/// directory, and is the same in a JPEG, a PNG and a WebP.
pub fn exif_is_read_the_same_in_every_format(tiff: &[u8]) {
    let ((orientation, work), measured) = measure(|| measure_work(|| exif_orientation(tiff)));
    assert_eq!(measured.allocations, 0, "reading an Exif block allocated");
    assert!(work.parsed_bytes <= ENTRY_BYTES * 65_535, "{} bytes parsed", work.parsed_bytes);
    // The entry that is truncated and the one after it are begun.
    let available = tiff.len() as u64 + 2 * ENTRY_BYTES;
    assert!(work.parsed_bytes <= available, "{} bytes parsed of {available}", work.parsed_bytes);
    // Some writers put the prefix of APP1 into PNG and WebP chunks too, and our readers accept
    // that.
    if tiff.len() > LONGEST_IN_APP1 || tiff.starts_with(b"Exif\0\0") {
        return;
    }
    for file in
        [bombs::jpeg::with_exif(tiff), bombs::png::with_exif(tiff), bombs::webp::with_exif(tiff)]
    {
        let header = probe_allocates_nothing(&file).expect("a picture with Exif");
        assert_eq!(header.orientation(), orientation, "in a {}", header.format());
    }
}

/// A picture with the profile keeps P1, P2 and P5 in every container and for every kind of colours.
pub fn any_profile_keeps_the_promise(profile: &[u8], limits: &Limits) {
    let request = Request::cover(8, 8).png();
    let deflated = png::zlib(profile);
    for file in [
        jpeg_with_profile(profile, 1),
        jpeg_with_profile(profile, 3),
        jpeg_with_profile(profile, 4),
        bombs::webp::with_icc(profile),
        bombs::png::with_profile(&deflated),
    ] {
        let made = job_keeps_the_promise(&file, &request, limits);
        assert!(made.is_some(), "a picture was refused for its profile");
    }
}

/// A JPEG with a profile and one, three or four components.
fn jpeg_with_profile(profile: &[u8], components: usize) -> Vec<u8> {
    static WITHOUT_PROFILE: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    let [gray, ycbcr, cmyk] = WITHOUT_PROFILE.get_or_init(|| {
        let card = pictures::test_card(8, 8);
        let planes = [card.gray(), card.map(3, pictures::ycbcr), card.map(4, pictures::cmyk)];
        planes.map(|planes| {
            let (channels, chroma) = (planes.channels, planes.channels == 3);
            let frame = jpeg::Frame::new(&planes, &vec![(1, 1); channels], 80, chroma);
            frame.file(&jpeg::Options { jfif: false, ..jpeg::Options::default() })
        })
    });
    let file = match components {
        1 => gray,
        3 => ycbcr,
        _ => cmyk,
    };
    let mut stream = jpeg::Stream::start(0);
    for part in icc::app2(profile, 65_000) {
        stream.segment(0xE2, &part);
    }
    [&stream.bytes, &file[2..]].concat()
}

const ENTRY_BYTES: u64 = 12;
/// A segment of 65,535 bytes without its length and `Exif\0\0`.
const LONGEST_IN_APP1: usize = 65_535 - 2 - 6;
