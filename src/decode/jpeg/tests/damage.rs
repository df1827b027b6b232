//! Damaged files cause an error, never a panic and never grey areas.

use super::super::bit_reader::{EntropyData, WINDOW_BYTES};
use super::matrix::scan_script;
use super::writer::{Picture, Random};
use super::{SCALES, decode_planes};
use crate::budget::Budget;
use crate::error::Error;

fn files() -> Vec<Vec<u8>> {
    let color = Picture::random((17, 11), &[(2, 1), (1, 1), (1, 1)], 5);
    let gray = Picture::random((9, 7), &[(1, 1)], 6);
    std::vec![
        gray.sequential(&[&[0]], &[0]),
        color.sequential(&[&[0, 1, 2]], &[0]),
        color.sequential(&[&[0, 1, 2]], &[1]),
        color.sequential(&[&[0], &[1], &[2]], &[3]),
        color.write(0xC2, &scan_script(3, 0, &[0])),
        color.write(0xC2, &scan_script(3, 1, &[0])),
        color.write(0xC2, &scan_script(3, 2, &[2])),
    ]
}

#[test]
fn a_truncated_file_is_an_error_at_every_scale() {
    for (number, file) in files().iter().enumerate() {
        for scale in SCALES {
            for end in 0..file.len() - 2 {
                // To save time, two of the scales are tested at every byte, the others at every
                // fourth.
                if end % 4 != 0 && matches!(scale, super::Scale::Half | super::Scale::Quarter) {
                    continue;
                }
                match decode_planes(&file[..end], [scale; 4]) {
                    Ok(_) => panic!("file {number} truncated at {end}, {scale:?}"),
                    Err(Error::Truncated(_)) => {}
                    // Truncated inside SOI.
                    Err(Error::Malformed(_)) if end < 2 => {}
                    Err(error) => panic!("file {number} truncated at {end}: {error}"),
                }
            }
        }
    }
}

/// In a scan of one component, a row of blocks is as high as its sampling says.
#[test]
fn a_truncated_scan_names_the_row_of_its_last_block() {
    let picture = Picture::random((8, 64), &[(1, 2), (1, 1), (1, 1)], 3);
    let scans_of: [(&[&[usize]], &[usize]); 2] =
        [(&[&[0], &[1], &[2]], &[8, 16, 16]), (&[&[0, 1], &[2]], &[16, 16])];
    for (groups, row_heights) in scans_of {
        let file = picture.sequential(groups, &[0]);
        let scans = (0..file.len()).filter(|&at| file[at..].starts_with(&[0xFF, 0xDA]));
        for (sos, &row_height) in scans.zip(row_heights) {
            let data = sos + 2 + usize::from(file[sos + 3]);
            let is_marker = |two: &[u8]| two[0] == 0xFF && two[1] != 0;
            let end = data + file[data..].windows(2).position(is_marker).unwrap();
            let mut rows = std::collections::BTreeSet::new();
            for end in data..end {
                match decode_planes(&file[..end], [super::Scale::Eighth; 4]) {
                    Err(Error::Truncated(truncated)) => rows.extend(truncated.rows()),
                    other => panic!("{groups:?} truncated at {end}: {other:?}"),
                }
            }
            let expected = (0..64).step_by(row_height).map(|row| (row, 64)).collect();
            assert_eq!(rows, expected, "{groups:?} from {sos}");
        }
    }
}

#[test]
fn an_eoi_in_the_middle_of_a_scan_is_an_error() {
    let picture = Picture::random((17, 11), &[(2, 1), (1, 1), (1, 1)], 9);
    let file = picture.sequential(&[&[0, 1, 2]], &[0]);
    let entropy = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 14;
    for end in entropy..file.len() - 2 {
        let truncated = [&file[..end], &[0xFF, 0xD9]].concat();
        let outcome = decode_planes(&truncated, [super::Scale::Eighth; 4]);
        let stuffed = file[end - 1] == 0xFF;
        assert!(matches!(outcome, Err(Error::Truncated(_))) || stuffed && outcome.is_err());
    }
}

/// An encoder writes nothing but padding there.
#[test]
fn bytes_after_the_last_block_of_a_scan_are_malformed() {
    for file in files() {
        let is_marker = |two: &[u8]| two[0] == 0xFF && !matches!(two[1], 0 | 0xD0..=0xD7);
        let scans = (0..file.len()).filter(|&at| file[at..].starts_with(&[0xFF, 0xDA]));
        for sos in scans {
            let end = sos + 2 + file[sos + 2..].windows(2).position(is_marker).unwrap();
            let insert = |bytes: &[u8]| {
                let file = [&file[..end], bytes, &file[end..]].concat();
                decode_planes(&file, [super::Scale::Full; 4])
            };
            for bytes in [&[1][..], &[0xFE], &[0, 0xFF, 0, 0x7F], &[0xFF, 0xD0, 0x80]] {
                let outcome = insert(bytes);
                assert!(matches!(outcome, Err(Error::Malformed(_))), "{bytes:?}: {outcome:?}");
            }
            for bytes in [&[0][..], &[0xFF, 0], &[0; 20_000], &[0xFF, 0xFF, 0xD0, 0]] {
                assert!(insert(bytes).is_ok());
            }
        }
    }
}

/// However many windows of the reader they fill.
#[test]
fn any_number_of_bytes_after_the_last_block_is_malformed() {
    let file = &files()[0];
    let (scan, eoi) = file.split_at(file.len() - 2);
    for windows in 1..=4 {
        let surplus = std::vec![0x55; windows * WINDOW_BYTES];
        let outcome = decode_planes(&[scan, &surplus, eoi].concat(), [super::Scale::Full; 4]);
        assert!(matches!(outcome, Err(Error::Malformed(_))), "{windows}: {outcome:?}");
    }
}

/// They may precede a stuffed zero as they may precede a marker.
#[test]
fn any_number_of_ff_before_a_stuffed_zero_is_one_byte() {
    let picture = Picture::random((117, 111), &[(2, 1), (1, 1), (1, 1)], 9);
    let file = picture.sequential(&[&[0, 1, 2]], &[0]);
    let mut repeated = Vec::new();
    for (&byte, next) in file.iter().zip(file.iter().skip(1).chain([&0xD9])) {
        let count = if byte == 0xFF && *next == 0 { 70 } else { 1 };
        repeated.extend(core::iter::repeat_n(byte, count));
    }
    assert!(repeated.len() > file.len() + 1_000);
    for scale in SCALES {
        let planes = decode_planes(&repeated, [scale; 4]).unwrap();
        assert!(planes == decode_planes(&file, [scale; 4]).unwrap(), "{scale:?}");
    }
    // At the start of a scan, where whole blocks of bytes are copied.
    let data = [&[0xFF; 40][..], &[0, 0x12]].concat();
    let budget = Budget::new(WINDOW_BYTES as u64);
    let mut entropy = EntropyData::new(&budget).unwrap();
    entropy.start(&data);
    let mut bits = entropy.reader();
    bits.refill();
    assert_eq!(bits.read(16), 0xFF12);
}

#[test]
fn a_component_without_a_scan_is_truncated() {
    let picture = Picture::random((29, 21), &[(1, 1), (1, 1), (1, 1)], 9);
    for file in
        [picture.sequential(&[&[0], &[2]], &[0]), picture.write(0xC2, &scan_script(2, 1, &[0]))]
    {
        assert!(matches!(decode_planes(&file, [super::Scale::Full; 4]), Err(Error::Truncated(_))));
    }
}

#[test]
fn missing_refinement_scans_are_accepted_only_with_an_eoi() {
    let picture = Picture::random((29, 21), &[(1, 1), (1, 1), (1, 1)], 9);
    let scans = scan_script(3, 1, &[0]);
    for count in 1..scans.len() {
        let mut file = picture.write(0xC2, &scans[..count]);
        assert!(decode_planes(&file, [super::Scale::Full; 4]).is_ok());
        file.truncate(file.len() - 2);
        let outcome = decode_planes(&file, [super::Scale::Full; 4]);
        assert!(matches!(outcome, Err(Error::Truncated(_))), "{count} scans");
    }
}

#[test]
fn changed_bytes_never_cause_a_panic_or_exceed_the_budget() {
    let mut random = Random(77);
    for file in files() {
        for _ in 0..400 {
            let mut file = file.clone();
            for _ in 0..=random.below(3) {
                let index = random.below(file.len() as u32) as usize;
                file[index] = match random.below(4) {
                    0 => 0xFF,
                    1 => 0x00,
                    2 => file[index] ^ 1 << random.below(8),
                    _ => random.below(256) as u8,
                };
            }
            let scale = SCALES[random.below(4) as usize];
            // A changed size must not make the test slow.
            if super::frame_of(&file).is_ok_and(|frame| frame.size.pixels() > 1 << 20) {
                continue;
            }
            if let Err(error) = decode_planes(&file, [scale; 4]) {
                assert!(!matches!(error, Error::Bug(_)), "{error}");
            }
        }
    }
}
