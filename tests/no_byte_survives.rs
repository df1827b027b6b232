//! P6: nothing of an upload except its pixels reaches the output.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Format, Gamut, Layout, Limits, Picture, Request, Size, probe, thumbnail};
use bombproof_testkit::{icc, jpeg, webp};

#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/payload.rs"]
mod payload;

use payload::surviving_part;

const PAYLOAD: &[u8] = b"<script>stolen(position, name, serial)</script>";

/// The file with the payload in every place where its container accepts data that no picture needs.
fn with_payload(format: Format, bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    match format {
        Format::Jpeg => {
            let mut stream = jpeg::Stream::start(0);
            for marker in [0xFE, 0xE1, 0xE2, 0xED] {
                stream.segment(marker, PAYLOAD);
            }
            file.extend(stream.bytes);
            file.extend(&bytes[2..]);
        }
        Format::Png => {
            // After IHDR: the signature has 8 bytes and the chunk 25.
            file.extend(&bytes[..33]);
            for kind in [b"tEXt", b"zTXt", b"prVw"] {
                file.extend((PAYLOAD.len() as u32).to_be_bytes());
                file.extend(kind);
                file.extend(PAYLOAD);
                file.extend([0; 4]);
            }
            file.extend(&bytes[33..]);
        }
        Format::WebP => {
            file.extend(bytes);
            for kind in [b"XMP ", b"JUNK"] {
                file.extend(webp::chunk(kind, PAYLOAD));
            }
            let riff_bytes = (file.len() as u32 - 8).to_le_bytes();
            file[4..8].copy_from_slice(&riff_bytes);
        }
        other => panic!("nothing is known of {other}"),
    }
    file.extend(PAYLOAD);
    file
}

#[test]
fn no_part_of_a_payload_is_in_the_output() {
    let mut outputs = 0;
    for entry in manifest::valid_entries() {
        let bytes = entry.read();
        if bytes.len() > 40_000 {
            continue;
        }
        let file = with_payload(probe(&bytes).unwrap().format(), &bytes);
        let request = Request::cover(24, 24);
        for request in [request.jpeg(80), request.png(), request.webp(80), request.webp_lossless()]
        {
            let made = thumbnail(&file, &request, &Limits::default());
            let made = made.unwrap_or_else(|error| panic!("{}: {error}", entry.path));
            let clean = thumbnail(&bytes, &request, &Limits::default()).unwrap();
            assert_eq!(
                made.bytes(),
                clean.bytes(),
                "{}: the payload changes the output",
                entry.path
            );
            let survivor = surviving_part(PAYLOAD, made.bytes());
            assert_eq!(survivor, None, "{}", entry.path);
            outputs += 1;
        }
    }
    assert!(outputs > 450, "only {outputs} outputs");
}

/// The header of the output says that it is upright and has no profile.
#[test]
fn the_output_has_no_orientation_and_no_profile() {
    for entry in manifest::valid_entries() {
        for request in [Request::cover(24, 24).jpeg(80), Request::cover(24, 24).png()] {
            let made = thumbnail(&entry.read(), &request, &Limits::default()).unwrap();
            let header = probe(made.bytes()).unwrap();
            assert_eq!(header.orientation().exif_value(), 1, "{}", entry.path);
            assert!(header.icc().is_none() && !header.animated() && !header.progressive());
        }
    }
}

/// Where wide colours are kept, the profile of the output is our own, whatever that of the upload says.
#[test]
fn the_profile_of_a_wide_output_is_our_own() {
    let red = Picture::new(Size::new(1, 1), Layout::Rgb, vec![255, 0, 0]).unwrap();
    let own = red.with_gamut(Gamut::DisplayP3).to_jpeg(80).unwrap();
    let start = own.windows(12).position(|bytes| bytes == b"ICC_PROFILE\0").unwrap() + 14;
    let len = u16::from_be_bytes([own[start - 16], own[start - 15]]);
    let own = &own[start..start + usize::from(len) - 16];
    let name = std::str::from_utf8(PAYLOAD).unwrap();
    let mut wide = 0;
    for entry in manifest::valid_entries() {
        let bytes = entry.read();
        let mut files = vec![with_payload(probe(&bytes).unwrap().format(), &bytes)];
        if entry.path.ends_with("icc-display-p3.jpg") {
            // The first profile of a file counts.
            let mut stream = jpeg::Stream::start(0);
            for part in icc::app2(&icc::rgb(name, &icc::DISPLAY_P3), 65_000) {
                stream.segment(0xE2, &part);
            }
            files.push([stream.bytes, photo_without_profile()[2..].to_vec()].concat());
        }
        for file in files {
            let request = Request::cover(24, 24).keep_wide_gamut(true);
            for request in [request, request.webp(80), request.webp_lossless(), request.png()] {
                let made = thumbnail(&file, &request, &Limits::default()).unwrap();
                assert_eq!(surviving_part(PAYLOAD, made.bytes()), None, "{}", entry.path);
                let is_wide = made.gamut() == Gamut::DisplayP3;
                assert_eq!(probe(made.bytes()).unwrap().icc().is_some(), is_wide, "{}", entry.path);
                let found = made.bytes().windows(own.len()).filter(|bytes| *bytes == own).count();
                assert_eq!(found, usize::from(is_wide), "{}", entry.path);
                wide += found;
            }
        }
    }
    assert!(wide >= 20, "{wide} outputs");
}

fn photo_without_profile() -> Vec<u8> {
    manifest::read("valid/sampling-420.jpg")
}
