//! Bombs of every kind, each of another size. The library decides which status the service must
//! answer.

use bombproof::{Limits, Request};
use bombproof_testkit::bombs::{jpeg, png, truncated, webp};

pub(crate) fn bomb(number: u32) -> Vec<u8> {
    let n = number / KINDS;
    let many = 1_100 + n as usize * 7;
    match number % KINDS {
        0 => png::flood((65_535 - n, 65_535), 8, 6),
        1 => png::flood((0x7FFF_FFFF, 1 + n), 16, 6),
        2 => png::absent_pixels((9_000 + n, 10_000), 2, 0, 5_000),
        3 => png::absent_pixels((10_000, 9_000 + n), 6, 1, 5_000),
        4 => png::chunks(many, false),
        5 => jpeg::flood(0xC0, 65_000 - n as u16, 2_000),
        6 => jpeg::flood(0xC2, 10_000 - n as u16, 2_000),
        7 => jpeg::markers(0xE2, many, b"again"),
        8 => jpeg::baseline_scans(1_000 + n as u16, 70 + n as usize),
        9 => jpeg::height_in_dnl(100 + n as u16),
        10 => webp::absent_pixels(16_000 - n, 16_000),
        11 => webp::one_color(16_000 - n, 16_000),
        12 => webp::zero_entropy_alpha(4_000 + n, 4_000),
        13 => webp::chunks(many, false),
        _ => truncated(
            &super::pictures::photograph(400 + 16 * (n % 20), 300),
            200 + n as usize % 700,
        ),
    }
}

/// What the service must answer.
pub(crate) fn status_of(bomb: &[u8]) -> u16 {
    let sizes = Request::cover(512, 512).and_size(256, 256).and_size(128, 128).and_size(64, 64);
    let refusal = bombproof::thumbnails(bomb, &sizes, &Limits::default()).unwrap_err();
    refusal.http_status()
}

pub(crate) const KINDS: u32 = 15;

#[test]
fn every_bomb_is_refused_by_the_library_with_a_client_error() {
    for number in 0..20 * KINDS {
        let status = status_of(&bomb(number));
        assert!((400..500).contains(&status), "{number}: {status}");
    }
}
