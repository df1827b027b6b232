//! Generated headers: what they declare, and which ones are refused.
#![allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]

use super::*;
use crate::probe::{ColorKind, IccKind, Orientation};
use crate::size::Size;

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = std::vec![0xFF, marker];
    bytes.extend((body.len() as u16 + 2).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A frame header of 100 × 50 pixels. Each component is its identifier and its sampling factors. That
/// of a progressive frame comes after the Huffman tables that it cannot do without.
fn sof(marker: u8, components: &[(u8, u8)]) -> Vec<u8> {
    let mut body = std::vec![8, 0, 50, 0, 100, components.len() as u8];
    body.extend(components.iter().flat_map(|&(id, factors)| [id, factors, 0]));
    let frame = segment(marker, &body);
    let table = |class| segment(0xC4, &[&[class, 1][..], &[0; 15], &[0]].concat());
    if marker == 0xC2 { [table(0x00), table(0x10), frame].concat() } else { frame }
}

fn sos(ids: &[u8], band: [u8; 3]) -> Vec<u8> {
    let mut body = std::vec![ids.len() as u8];
    body.extend(ids.iter().flat_map(|&id| [id, 0]));
    body.extend(band);
    [segment(0xDA, &body), b"entropy\xFF\x00\xFF\xD0data".to_vec()].concat()
}

fn file(segments: &[Vec<u8>]) -> Vec<u8> {
    [&[0xFF, 0xD8][..], &segments.concat(), &[0xFF, 0xD9]].concat()
}

fn frame(bytes: &[u8]) -> Frame {
    header(bytes).unwrap().1
}

fn kind(segments: &[Vec<u8>]) -> &'static str {
    header(&file(segments)).map_or_else(|error| error.kind(), |_| "ok")
}

const YCC: [(u8, u8); 3] = [(1, 0x22), (2, 0x11), (3, 0x11)];
const ALL: [u8; 3] = [0, 63, 0];

#[test]
fn a_sequential_frame_in_one_scan() {
    let exif = segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    let mut profile = b"ICC_PROFILE\0\x01\x02".to_vec();
    profile.extend([0; 16]);
    profile.extend(b"RGB ");
    let icc = [segment(0xE2, &profile), segment(0xE2, b"ICC_PROFILE\0\x02\x02rest")].concat();
    let bytes = file(&[exif, icc, segment(0xFE, b"text"), sof(0xC0, &YCC), sos(&[1, 2, 3], ALL)]);
    let (header, _) = header(&bytes).unwrap();
    assert_eq!((header.size, header.color), (Size::new(100, 50), ColorKind::YCbCr));
    assert_eq!((header.orientation, header.icc), (Orientation::Rotate90, Some(IccKind::Rgb)));
    assert_eq!((header.scans, header.segments), (Some(1), 6));
    let frame = frame(&bytes);
    assert!(frame.single_scan && !frame.progressive);
    assert_eq!((frame.icc_bytes, frame.entropy_bytes), (24, 17));
    assert_eq!((frame.mcus(), frame.component_size(1)), (Size::new(7, 4), Size::new(50, 25)));
    assert_eq!(frame.scan_samples, 100 * 50 + 2 * 50 * 25);
    assert_eq!(Scale::Quarter.plane_size(&frame, 1), Size::new(13, 7));
    // 17 bytes are 136 bits. 28 MCUs of six blocks take at least two bits per block.
    assert_eq!(frame.possible_pixels(), 5_000 * 136 / 336);
}

#[test]
fn scans_are_counted_to_the_end() {
    let bytes = file(&[sof(0xC1, &YCC), sos(&[1], ALL), sos(&[2, 3], ALL)]);
    let frame = frame(&bytes);
    assert_eq!((frame.single_scan, frame.scans, frame.entropy_bytes), (false, 2, 30));
    assert_eq!(frame.scan_samples, 100 * 50 + 2 * 50 * 25);
}

#[test]
fn a_refinement_that_starts_at_the_last_kept_coefficient_is_read_to_its_end() {
    let bytes = file(&[
        sof(0xC2, &[(1, 0x11)]),
        sos(&[1], [0, 0, 0]),
        sos(&[1], [1, 63, 1]),
        sos(&[1], [24, 40, 0x10]),
    ]);
    let component = frame(&bytes).components()[0];
    assert_eq!(component.last_coefficient(Scale::Quarter), 4);
    assert_eq!(component.last_coefficient(Scale::Half), 40);
}

#[test]
fn a_scan_script_tracks_which_coefficients_were_sent() {
    let bytes = file(&[
        sof(0xC2, &[(1, 0x11), (2, 0x11), (3, 0x11)]),
        sos(&[1, 2], [0, 0, 0]),
        sos(&[3], [0, 0, 1]),
        sos(&[1], [1, 63, 0]),
        sos(&[2], [1, 63, 0]),
        sos(&[3], [1, 63, 0]),
        sos(&[3], [0, 0, 0x10]),
    ]);
    let frame = frame(&bytes);
    let mut script = ScanScript::new();
    let mut states = Vec::new();
    let mut segments = Segments::new(&bytes).unwrap();
    while let Some(segment) = segments.next().unwrap() {
        if let Segment::Scan { body, .. } = segment {
            script.add(&Scan::parse(body, &frame).unwrap(), &frame).unwrap();
            states.push((script.has_all_dc(&frame), script.is_complete(&frame)));
        }
    }
    let (none, dc, all) = ((false, false), (true, false), (true, true));
    assert_eq!(states, [none, dc, dc, dc, dc, all]);
}

#[test]
fn scans_may_repeat_where_their_data_can_be_read() {
    // The outcome for a grey frame with these scans.
    let outcome = |scans: &[[u8; 3]]| {
        let scans: Vec<_> = scans.iter().map(|&scan| sos(&[1], scan)).collect();
        kind(&[sof(0xC2, &[(1, 0x11)]), scans.concat()])
    };
    let (dc, dc_last, dc_middle) = ([0, 0, 2], [0, 0, 0x10], [0, 0, 0x21]);
    let (ac, ac_middle, ac_last) = ([1, 63, 2], [1, 63, 0x21], [1, 63, 0x10]);
    for scans in [
        &[dc, dc, ac, ac, dc_middle, ac_middle, dc_last, ac_last][..],
        &[dc, dc_middle, dc_middle, dc_last, dc_last, dc_middle],
        &[dc, dc_last],
        &[dc, ac, ac_last],
        &[dc, ac, ac_middle, ac_last, ac],
        &[dc, [1, 5, 2], [4, 9, 2], [1, 9, 0x21]],
        // After the last bit, nothing is read.
        &[[0, 0, 0], [1, 63, 0], dc, ac_middle],
    ] {
        assert_eq!(outcome(scans), "ok", "{scans:?}");
    }
    for scans in [
        &[dc_middle][..],
        &[ac, dc],
        &[dc, ac_middle],
        &[dc, ac, ac_middle, ac_middle],
        &[dc, ac, ac_middle, ac, ac_middle],
        &[dc, ac, ac_last, ac_middle],
        &[dc, [1, 5, 2], ac_middle],
    ] {
        assert_eq!(outcome(scans), "malformed", "{scans:?}");
    }
}

#[test]
fn every_scan_is_read_without_an_eoi_or_where_a_refinement_is_left_out() {
    let file = |scans: &[[u8; 3]], end: &[u8]| {
        let scans: Vec<_> = scans.iter().map(|&scan| sos(&[1], scan)).collect();
        [&[0xFF, 0xD8], &sof(0xC2, &[(1, 0x11)])[..], &scans.concat(), end].concat()
    };
    let reads = |bytes: &[u8]| {
        let component = frame(bytes).components()[0];
        [Scale::Eighth, Scale::Quarter, Scale::Half, Scale::Full]
            .map(|scale| (component.last_coefficient(scale), component.is_refined(scale)))
    };
    let scans = [[0, 0, 0], [1, 63, 2], [1, 63, 0x21], [1, 63, 0x10]];
    let eoi = &[0xFF, 0xD9][..];
    assert_eq!(reads(&file(&scans, eoi)), [(0, false), (63, true), (63, true), (63, true)]);
    assert_eq!(reads(&file(&scans, &[])), [(63, true); 4]);
    let gap = [scans[0], scans[1], scans[3]];
    assert_eq!(reads(&file(&gap, eoi)), [(63, true); 4]);
    // A gap in an even number of coefficients, and one of DC, whose bits are read in any case.
    let even = [scans[0], [1, 62, 2], [63, 63, 0], [1, 62, 0x10]];
    assert_eq!(reads(&file(&even, eoi)), [(63, true); 4]);
    let dc = [[0, 0, 2], [1, 63, 0], [0, 0, 0x10]];
    assert_eq!(reads(&file(&dc, eoi))[0], (0, false));
    let none_refined = [[0, 0, 0], [1, 63, 0]];
    assert_eq!(reads(&file(&none_refined, &[])), [(63, false); 4]);
}

#[test]
fn only_a_huffman_table_that_a_scan_uses_must_be_valid() {
    let table = |class_and_id, category| {
        let mut counts = [0; 16];
        counts[15] = 1;
        segment(0xC4, &[&[class_and_id][..], &counts, &[category]].concat())
    };
    let oversubscribed = |class_and_id| {
        let mut counts = [0; 16];
        counts[0] = 3;
        segment(0xC4, &[&[class_and_id][..], &counts, &[1, 2, 3]].concat())
    };
    let file = |tables: &[Vec<u8>]| {
        kind(&[sof(0xC2, &[(1, 0x11)]), tables.concat(), sos(&[1], [0, 0, 0])])
    };
    for unused in [oversubscribed(0x10), oversubscribed(0x01), table(1, 16), table(0x10, 16)] {
        assert_eq!(file(&[unused]), "ok");
    }
    let full = segment(0xC4, &[&[0, 2][..], &[0; 15], &[1, 2]].concat());
    assert_eq!(file(&[full]), "ok");
    for used in [oversubscribed(0), table(0, 16)] {
        assert_eq!(file(std::slice::from_ref(&used)), "malformed");
        assert_eq!(file(&[used, table(0, 15)]), "ok", "defined again");
    }
    let ac = kind(&[
        sof(0xC2, &[(1, 0x11)]),
        oversubscribed(0x10),
        sos(&[1], [0, 0, 0]),
        sos(&[1], [1, 63, 0]),
    ]);
    assert_eq!(ac, "malformed", "whether the scale needs the scan or not");
    let missing = |tables: [u8; 2]| {
        let mut scan = sos(&[1], [0, 0, 0]);
        scan[6] = tables[0];
        let mut ac = sos(&[1], [1, 63, 0]);
        ac[6] = tables[1];
        kind(&[sof(0xC2, &[(1, 0x11)]), scan, ac])
    };
    assert_eq!(missing([0, 0]), "ok");
    assert_eq!([missing([0x10, 0]), missing([0, 1])], ["malformed"; 2]);
    // A sequential frame has those of T.81, K.3: two of each class.
    let sequential = |tables| {
        let mut scan = sos(&[1], ALL);
        scan[6] = tables;
        kind(&[sof(0xC0, &[(1, 0x11)]), scan])
    };
    assert_eq!(
        [sequential(0x11), sequential(0x20), sequential(0x02)],
        ["ok", "malformed", "malformed"]
    );
}

#[test]
fn only_metadata_before_the_first_scan_counts() {
    let exif = |value| {
        let mut tiff = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        tiff.extend([value, 0, 0, 0]);
        segment(0xE1, &tiff)
    };
    let orientation = |segments: &[Vec<u8>]| header(&file(segments)).unwrap().0.orientation;
    let scans = || (sos(&[1], ALL), sos(&[2, 3], ALL));
    let (first, second) = scans();
    assert_eq!(
        orientation(&[sof(0xC0, &YCC), exif(6), first, second]),
        Orientation::Rotate90,
        "after the frame header"
    );
    let (first, second) = scans();
    assert_eq!(
        orientation(&[sof(0xC0, &YCC), first, exif(6), second]),
        Orientation::Upright,
        "between two scans"
    );
    let (first, second) = scans();
    assert_eq!(
        orientation(&[exif(6), exif(3), sof(0xC0, &YCC), first, second]),
        Orientation::Rotate90,
        "the first of two"
    );
}

#[test]
fn refinement_scans_extend_the_band_that_must_be_read() {
    let bytes = file(&[
        sof(0xC2, &[(1, 0x11)]),
        sos(&[1], [0, 0, 0x01]),
        sos(&[1], [1, 8, 0x01]),
        sos(&[1], [9, 63, 0x01]),
        sos(&[1], [3, 20, 0x10]),
    ]);
    let component = frame(&bytes).components()[0];
    assert_eq!(component.last_coefficient(Scale::Eighth), 0);
    assert_eq!(component.last_coefficient(Scale::Quarter), 20);
    assert_eq!(component.last_coefficient(Scale::Half), 24);
    assert_eq!(component.last_coefficient(Scale::Full), 63);
}

#[test]
fn markers_and_component_identifiers_determine_the_color_model() {
    let adobe =
        |transform| segment(0xEE, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat());
    let jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let color = |ids: &[u8], marker: &[Vec<u8>]| {
        let components: Vec<_> = ids.iter().map(|&id| (id, 0x11)).collect();
        frame(&file(&[marker.concat(), sof(0xC0, &components), sos(ids, ALL)])).color
    };
    assert_eq!(color(b"R", &[adobe(0)]), Color::Gray);
    assert_eq!(color(&[1, 2, 3], &[]), Color::YCbCr);
    assert_eq!(color(b"RGB", &[]), Color::Rgb);
    assert_eq!(color(b"RGB", std::slice::from_ref(&jfif)), Color::YCbCr);
    assert_eq!(color(b"RGB", &[segment(0xE0, b"JFXX\0\x10")]), Color::Rgb);
    assert_eq!(color(b"RGB", &[adobe(1)]), Color::YCbCr);
    assert_eq!(color(&[1, 2, 3], &[adobe(0)]), Color::Rgb);
    assert_eq!(color(&[1, 2, 3], &[jfif, adobe(0)]), Color::YCbCr);
    assert_eq!(color(&[1, 2, 3, 4], &[]), Color::Cmyk);
    assert_eq!(color(&[1, 2, 3, 4], &[adobe(0)]), Color::Cmyk);
    assert_eq!(color(&[1, 2, 3, 4], &[adobe(2)]), Color::Ycck);
    assert_eq!(color(&[1, 2, 3, 4], &[adobe(1)]), Color::Ycck);
    assert_eq!(color(b"CMYK", &[]), Color::Cmyk);
    assert_eq!(color(&[1, 1, 1], &[]), Color::YCbCr);
    let short_jfif = segment(0xE0, b"JFIF\0\x01\x01");
    assert_eq!(color(b"RGB", &[short_jfif]), Color::Rgb);
}

#[test]
fn invalid_and_unsupported_headers_are_refused() {
    let all = || sos(&[1, 2, 3], ALL);
    assert_eq!(kind(&[sof(0xC0, &YCC), all()]), "ok");
    for marker in [0xC3, 0xC5, 0xC8, 0xC9, 0xCA, 0xCF, 0xDE, 0xDF] {
        assert_eq!(kind(&[sof(marker, &YCC), all()]), "unsupported", "{marker:x}");
    }
    assert_eq!(kind(&[sof(0xC0, &YCC[..2]), sos(&[1, 2], ALL)]), "unsupported");
    // DAC, the conditioning of arithmetic coding, is ignored.
    assert_eq!(kind(&[segment(0xCC, &[0, 0x11]), sof(0xC0, &YCC), all()]), "ok");
    let table = |number| segment(0xC0, &[8, 0, 9, 0, 9, 1, 1, 0x11, number]);
    assert_eq!(kind(&[table(3), sos(&[1], ALL)]), "ok");
    assert_eq!(kind(&[table(4), sos(&[1], ALL)]), "malformed");
    let sized =
        |precision, height, width| segment(0xC0, &[precision, 0, height, 0, width, 1, 1, 0x11, 0]);
    assert_eq!(kind(&[sized(8, 1, 1), sos(&[1], ALL)]), "ok");
    assert_eq!(kind(&[sized(12, 1, 1), sos(&[1], ALL)]), "unsupported");
    assert_eq!(kind(&[sized(8, 0, 1), sos(&[1], ALL)]), "unsupported");
    assert_eq!(kind(&[sized(8, 1, 0), sos(&[1], ALL)]), "malformed");
    assert_eq!(kind(&[sof(0xC0, &YCC), sof(0xC0, &YCC), all()]), "malformed");
    assert_eq!(kind(&[all(), sof(0xC0, &YCC)]), "malformed");
    assert_eq!(kind(&[sof(0xC0, &[(1, 0x11), (1, 0x11), (2, 0x11)]), all()]), "malformed");
    let shared = || sof(0xC0, &[(1, 0x11), (2, 0x11), (2, 0x11)]);
    assert_eq!(kind(&[shared(), sos(&[1, 2, 2], ALL)]), "ok");
    for ids in [&[1, 2, 2, 2][..], &[1, 1, 2], &[2, 1, 2]] {
        assert_eq!(kind(&[shared(), sos(ids, ALL)]), "malformed", "{ids:?}");
    }
    for factors in [0x10, 0x01, 0x51, 0x15] {
        assert_eq!(kind(&[sof(0xC0, &[(1, factors), (2, 0x11), (3, 0x11)]), all()]), "malformed");
    }
    // Eleven blocks per MCU, which is an error only in an interleaved scan.
    let many = sof(0xC0, &[(1, 0x33), (2, 0x11), (3, 0x11)]);
    assert_eq!(kind(&[many.clone(), all()]), "malformed");
    assert_eq!(kind(&[many, sos(&[1], ALL), sos(&[2, 3], ALL)]), "ok");
    let alone = sof(0xC0, &[(1, 0x44), (2, 0x11), (3, 0x11)]);
    assert_eq!(kind(&[alone, sos(&[1], ALL), sos(&[2, 3], ALL)]), "ok");
    let ten = sof(0xC0, &[(1, 0x22), (2, 0x22), (3, 0x21)]);
    assert_eq!(kind(&[ten, all()]), "ok");
    for ids in [&[1, 1][..], &[2, 1], &[9], &[], &[1, 2, 3, 3]] {
        assert_eq!(kind(&[sof(0xC0, &YCC), sos(ids, ALL)]), "malformed", "{ids:?}");
    }
    // T.81 fixes the band and the bits of a sequential scan.
    for band in [[0, 0, 0], [0, 62, 0], [1, 63, 0], [0, 63, 1], [0, 63, 0x10], [255; 3]] {
        assert_eq!(kind(&[sof(0xC0, &YCC), sos(&[1, 2, 3], band)]), "ok", "{band:?}");
    }
    assert_eq!(kind(&[sof(0xC2, &YCC), sos(&[1, 2, 3], [0, 0, 13])]), "ok");
    let dc = || sos(&[1, 2, 3], [0, 0, 1]);
    for band in [[0, 1, 1], [5, 4, 1], [1, 64, 1], [1, 5, 0x20], [1, 5, 14], [1, 5, 0x10]] {
        assert_eq!(kind(&[sof(0xC2, &YCC), dc(), sos(&[1], band)]), "malformed", "{band:?}");
    }
    assert_eq!(kind(&[sof(0xC2, &YCC), dc(), sos(&[1, 2], [1, 5, 0])]), "malformed");
    // A refinement by two bits.
    let ac = sos(&[1], [1, 5, 2]);
    assert_eq!(kind(&[sof(0xC2, &YCC), dc(), ac, sos(&[1], [1, 5, 0x20])]), "malformed");
    for tables in [0x40, 0x04] {
        let mut scan = sos(&[1], ALL);
        scan[6] = tables;
        let error = header(&file(&[sof(0xC0, &[(1, 0x11)]), scan])).unwrap_err().to_string();
        assert!(error.contains("destination over 3"), "{error}");
    }
    assert_eq!(kind(&[sof(0xC2, &YCC), sos(&[1], [1, 5, 0])]), "malformed");
    assert_eq!(kind(&[sof(0xC0, &YCC), sos(&[1], ALL), sos(&[1], ALL)]), "malformed");
    assert_eq!(kind(&[sof(0xC0, &YCC)]), "truncated");
    assert_eq!(kind(&[]), "truncated");
    assert_eq!(kind(&[segment(0xC4, &[0; 16]), sof(0xC0, &YCC), all()]), "malformed");
    assert_eq!(kind(&[segment(0xDB, &[0; 64]), sof(0xC0, &YCC), all()]), "malformed");
}
