//! Damaged files: an error, never a panic and never grey.

use super::matrix::script;
use super::writer::{Picture, Random};
use super::{SCALES, planes_of};
use crate::error::Error;

fn files() -> Vec<Vec<u8>> {
    let color = Picture::random((17, 11), &[(2, 1), (1, 1), (1, 1)], 5);
    let gray = Picture::random((9, 7), &[(1, 1)], 6);
    std::vec![
        gray.sequential(&[&[0]], &[0]),
        color.sequential(&[&[0, 1, 2]], &[0]),
        color.sequential(&[&[0, 1, 2]], &[1]),
        color.sequential(&[&[0], &[1], &[2]], &[3]),
        color.write(0xC2, &script(3, 0, &[0])),
        color.write(0xC2, &script(3, 1, &[0])),
        color.write(0xC2, &script(3, 2, &[2])),
    ]
}

#[test]
fn a_cut_is_never_a_success_unless_the_rest_is_not_needed() {
    for (number, file) in files().iter().enumerate() {
        for scale in SCALES {
            let whole = planes_of(file, [scale; 4]).unwrap();
            for end in 0..file.len() - 2 {
                // Two of the scales at every byte, the others at every fourth, to save time.
                if end % 4 != 0 && matches!(scale, super::Scale::Half | super::Scale::Quarter) {
                    continue;
                }
                match planes_of(&file[..end], [scale; 4]) {
                    // The last scan was complete for this scale: the very same picture.
                    Ok(planes) => {
                        assert!(
                            scale != super::Scale::Full && number > 3,
                            "file {number} at {end}"
                        );
                        assert_eq!(planes, whole);
                    }
                    Err(Error::Truncated(_)) => {}
                    // Cut inside SOI.
                    Err(Error::Malformed(_)) if end < 2 => {}
                    Err(error) => panic!("file {number} cut at {end}: {error}"),
                }
            }
        }
    }
}

#[test]
fn a_cut_file_that_gets_an_eoi_is_not_accepted_in_the_middle_of_a_scan() {
    let picture = Picture::random((17, 11), &[(2, 1), (1, 1), (1, 1)], 9);
    let file = picture.sequential(&[&[0, 1, 2]], &[0]);
    let entropy = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 14;
    for end in entropy..file.len() - 2 {
        let cut = [&file[..end], &[0xFF, 0xD9]].concat();
        let outcome = planes_of(&cut, [super::Scale::Eighth; 4]);
        let stuffed = file[end - 1] == 0xFF;
        assert!(matches!(outcome, Err(Error::Truncated(_))) || stuffed && outcome.is_err());
    }
}

#[test]
fn a_component_without_a_scan_is_truncated() {
    let picture = Picture::random((29, 21), &[(1, 1), (1, 1), (1, 1)], 9);
    for file in [picture.sequential(&[&[0], &[2]], &[0]), picture.write(0xC2, &script(2, 1, &[0]))]
    {
        assert!(matches!(planes_of(&file, [super::Scale::Full; 4]), Err(Error::Truncated(_))));
    }
}

#[test]
fn refinement_that_never_comes_is_accepted_with_eoi_only() {
    let picture = Picture::random((29, 21), &[(1, 1), (1, 1), (1, 1)], 9);
    let scans = script(3, 1, &[0]);
    for count in 1..scans.len() {
        let mut file = picture.write(0xC2, &scans[..count]);
        assert!(planes_of(&file, [super::Scale::Full; 4]).is_ok());
        file.truncate(file.len() - 2);
        let outcome = planes_of(&file, [super::Scale::Full; 4]);
        assert!(matches!(outcome, Err(Error::Truncated(_))), "{count} scans");
    }
}

#[test]
fn changed_bytes_never_panic_and_never_pass_the_budget() {
    let mut random = Random(77);
    for file in files() {
        for _ in 0..400 {
            let mut file = file.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(file.len() as u32) as usize;
                file[at] = match random.below(4) {
                    0 => 0xFF,
                    1 => 0x00,
                    2 => file[at] ^ 1 << random.below(8),
                    _ => random.below(256) as u8,
                };
            }
            let scale = SCALES[random.below(4) as usize];
            // A size that was changed must not make the test slow.
            if super::frame_of(&file).is_ok_and(|frame| frame.size.pixels() > 1 << 20) {
                continue;
            }
            if let Err(error) = planes_of(&file, [scale; 4]) {
                assert!(!matches!(error, Error::Bug(_)), "{error}");
            }
        }
    }
}
