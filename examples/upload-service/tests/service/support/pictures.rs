//! Test pictures. Their colours encode a number, so that a test knows which picture an avatar
//! shows.

use bombproof::{Layout, Limits, Picture, Size};
use bombproof_testkit::{jpeg, pictures};

/// The picture with a number below 1,000,000. Each half has one colour, which encodes three digits.
pub(crate) fn numbered(number: u32) -> Vec<u8> {
    numbered_in(Size::new(240, 160), number)
}

pub(crate) fn numbered_in(size: Size, number: u32) -> Vec<u8> {
    let picture = Picture::new(size, Layout::Rgb, pixels(size, number)).unwrap();
    match number % 3 {
        0 => picture.to_jpeg(95),
        1 => picture.to_png(),
        _ => picture.to_webp(),
    }
    .unwrap()
}

/// The same picture with noise, which makes the PNG large.
pub(crate) fn noisy(size: Size, number: u32) -> Vec<u8> {
    let mut state = number;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8 % 11
    };
    let pixels = pixels(size, number).into_iter().map(|level| level + noise() - 5).collect();
    Picture::new(size, Layout::Rgb, pixels).unwrap().to_png().unwrap()
}

fn pixels(size: Size, number: u32) -> Vec<u8> {
    let (left, right) = colors(number);
    let row: Vec<u8> =
        (0..size.width).flat_map(|x| if x < size.width / 2 { left } else { right }).collect();
    row.repeat(size.height as usize)
}

/// The number of the picture that an avatar was made from, decoded from its pixels.
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

/// The colours of both halves: six digits, one per channel.
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

/// A progressive JPEG of a landscape.
pub(crate) fn photograph(width: u32, height: u32) -> Vec<u8> {
    let picture = pictures::landscape(width, height).map(3, pictures::ycbcr);
    let frame = jpeg::Frame::new(&picture, &[(2, 2), (1, 1), (1, 1)], 85, true);
    frame.file(&jpeg::Options { sof: 0xC2, ..jpeg::Options::default() })
}

#[test]
fn the_number_of_a_picture_is_read_from_its_avatar() {
    for number in [0, 1, 2, 99, 12_345, 999_999, 505_050, 909_090, 90_909] {
        let request = bombproof::Request::cover(64, 64);
        let avatar = bombproof::thumbnail(&numbered(number), &request, &Limits::default()).unwrap();
        assert_eq!(number_of(avatar.bytes()), number);
    }
}
