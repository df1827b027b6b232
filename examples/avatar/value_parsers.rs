//! Parses the values of options: sizes, rectangles, points, bytes, times, colours.

use std::time::Duration;

use bombproof::{Rect, Size};

/// `256` for a square, or `640x480`.
pub(crate) fn size(text: &str) -> Result<Size, String> {
    let (width, height) = text.split_once('x').unwrap_or((text, text));
    match (side(width), side(height)) {
        (Some(width), Some(height)) => Ok(Size::new(width, height)),
        _ => Err("expected a size in pixels, such as 256 or 640x480".to_owned()),
    }
}

/// `X,Y,W,H` in pixels, after the orientation is applied.
pub(crate) fn rect(text: &str) -> Result<Rect, String> {
    let wrong = || "expected a crop X,Y,W,H in pixels, such as 40,10,900,900".to_owned();
    let mut numbers = text.split(',').map(str::trim);
    let mut next = || numbers.next().ok_or_else(wrong);
    let (x, y, width, height) = (next()?, next()?, next()?, next()?);
    match (parse_digits(x), parse_digits(y), side(width), side(height), numbers.next()) {
        (Some(x), Some(y), Some(width), Some(height), None) => Ok(Rect { x, y, width, height }),
        _ => Err(wrong()),
    }
}

/// `X,Y` in parts of the width and height, from 0 to 1.
pub(crate) fn focus(text: &str) -> Result<(f64, f64), String> {
    let share = |text: &str| {
        let share = text.trim().parse::<f64>().ok();
        share.filter(|share| (0.0..=1.0).contains(share))
    };
    text.split_once(',')
        .and_then(|(x, y)| Some((share(x)?, share(y)?)))
        .ok_or_else(|| "expected a point X,Y in parts from 0 to 1, such as 0.5,0.3".to_owned())
}

/// `67108864`, `64KiB`, `64MiB` or `1GiB`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let (number, unit) = number_and_unit(text);
    let unit_bytes: u64 = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => 0,
    };
    let bytes = parse_digits::<u64>(number).and_then(|number| number.checked_mul(unit_bytes));
    bytes
        .filter(|_| unit_bytes > 0)
        .ok_or_else(|| "expected a number of bytes, such as 67108864, 64MiB or 1GiB".to_owned())
}

/// `500ms`, `5s` or `2m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = number_and_unit(text);
    let unit_ms: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => 0,
    };
    let ms = parse_digits::<u64>(number).and_then(|number| number.checked_mul(unit_ms));
    ms.filter(|_| unit_ms > 0)
        .map(Duration::from_millis)
        .ok_or_else(|| "expected a time, such as 500ms, 5s or 2m".to_owned())
}

/// `RRGGBB` in hexadecimal digits.
pub(crate) fn color(text: &str) -> Result<[u8; 3], String> {
    let is_color = text.len() == 6 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(text, 16)
        .ok()
        .filter(|_| is_color)
        .map(|rgb| {
            let [_, red, green, blue] = rgb.to_be_bytes();
            [red, green, blue]
        })
        .ok_or_else(|| "expected a colour RRGGBB, such as ffffff for white".to_owned())
}

/// `RRGGBB` or `RRGGBBAA` in hexadecimal digits. Without an opacity, the colour is opaque.
pub(crate) fn color_with_alpha(text: &str) -> Result<[u8; 4], String> {
    let message = "expected a colour RRGGBB or RRGGBBAA, such as ffffff80 for half of white";
    let (rgb, alpha) = text.split_at_checked(6).ok_or(message)?;
    let [red, green, blue] = color(rgb).map_err(|_| message)?;
    let is_byte = alpha.len() == 2 && alpha.bytes().all(|digit| digit.is_ascii_hexdigit());
    let alpha = match alpha {
        "" => 255,
        _ if is_byte => u8::from_str_radix(alpha, 16).map_err(|_| message)?,
        _ => return Err(message.to_owned()),
    };
    Ok([red, green, blue, alpha])
}

fn side(text: &str) -> Option<u32> {
    parse_digits(text).filter(|&side| side > 0)
}

/// Accepts digits only. `parse` alone would accept a plus sign.
fn parse_digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn number_and_unit(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_one_side_or_two() {
        assert_eq!(size("256"), Ok(Size::new(256, 256)));
        assert_eq!(size("640x480"), Ok(Size::new(640, 480)));
        for wrong in ["", "0", "10x0", "x10", "10x", "-1", "+1", "1x2x3", "4294967296", "1.5"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_crop_is_four_numbers_and_not_empty() {
        assert_eq!(rect("0,10,900,800"), Ok(Rect { x: 0, y: 10, width: 900, height: 800 }));
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1,2,3,0", "-1,2,3,4", "a,b,c,d"] {
            assert!(rect(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_focus_is_two_parts() {
        assert_eq!(focus("0.25,1"), Ok((0.25, 1.0)));
        assert_eq!(focus("0, .5"), Ok((0.0, 0.5)));
        for wrong in ["", "0.5", "0.5,", "0.5,1.1", "-0.1,0.5", "0.5,0.5,0.5", "nan,0", "x,y"] {
            assert!(focus(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bytes_have_binary_units() {
        assert_eq!(bytes("67108864"), Ok(64 << 20));
        assert_eq!(bytes("64MiB"), Ok(64 << 20));
        assert_eq!(bytes("3 KiB"), Ok(3 << 10));
        assert_eq!(bytes("1GiB"), Ok(1 << 30));
        for wrong in ["", "MiB", "64MB", "64M", "1.5MiB", "-1", "99999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_need_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "5", "s", "-5s", "5h", "99999999999999999999s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!(color("ff8000"), Ok([255, 128, 0]));
        for wrong in ["", "fff", "#ffffff", "+fffff", "gggggg", "ffffff00"] {
            assert!(color(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_colour_with_alpha_has_two_more_digits_or_is_opaque() {
        assert_eq!(color_with_alpha("ff8000"), Ok([255, 128, 0, 255]));
        assert_eq!(color_with_alpha("ff80007f"), Ok([255, 128, 0, 127]));
        for wrong in ["", "fffff", "ffffff0", "ffffff+0", "ffffff000", "gggggg00", "fffff\u{e9}0"] {
            assert!(color_with_alpha(wrong).is_err(), "{wrong}");
        }
    }
}
