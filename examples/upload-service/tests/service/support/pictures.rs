//! Pictures whose pixels say whose they are.

use bombproof::{Layout, Limits, Picture, Size};

/// The picture number `number`, of 1,000,000: two halves, each of one colour.
pub(crate) fn numbered(number: u32) -> Vec<u8> {
    let size = Size::new(240, 160);
    let (left, right) = colors(number);
    let row = |_| (0..size.width).flat_map(|x| if x < size.width / 2 { left } else { right });
    let picture =
        Picture::new(size, Layout::Rgb, (0..size.height).flat_map(row).collect()).unwrap();
    match number % 3 {
        0 => picture.to_jpeg(95),
        1 => picture.to_png(),
        _ => picture.to_webp(),
    }
    .unwrap()
}

/// Which picture an avatar was made of, by its pixels.
pub(crate) fn number_of(avatar: &[u8]) -> u32 {
    let picture = decoded(avatar);
    let Size { width, height } = picture.size();
    let at = |x: u32| {
        let start = ((height / 2 * width + x) * 3) as usize;
        [0, 1, 2].map(|channel| digit_of(picture.pixels()[start + channel]))
    };
    [at(width / 4), at(width * 3 / 4)]
        .as_flattened()
        .iter()
        .rev()
        .fold(0, |sum, digit| sum * 10 + digit)
}

pub(crate) fn decoded(avatar: &[u8]) -> Picture {
    bombproof::decode(avatar, &Limits::default()).unwrap()
}

/// Six digits, one a channel.
fn colors(number: u32) -> ([u8; 3], [u8; 3]) {
    let digit = |place: u32| level(number / 10_u32.pow(place) % 10);
    ([digit(0), digit(1), digit(2)], [digit(3), digit(4), digit(5)])
}

fn level(digit: u32) -> u8 {
    (digit * 25 + 15) as u8
}

fn digit_of(level: u8) -> u32 {
    (u32::from(level).saturating_sub(3)) / 25
}

#[test]
fn a_picture_is_told_from_every_other_one() {
    for number in [0, 1, 2, 99, 12_345, 999_999, 505_050, 909_090, 90_909] {
        let request = bombproof::Request::cover(64, 64);
        let avatar = bombproof::thumbnail(&numbered(number), &request, &Limits::default()).unwrap();
        assert_eq!(number_of(avatar.bytes()), number);
    }
}
