//! First bytes of other formats.

use crate::case::{Case, invalid};
use crate::outcome::unsupported;

pub fn cases() -> Vec<Case> {
    let heads: [(&'static str, &str, &[u8]); 19] = [
        ("gif", "A GIF.", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"),
        ("tiff", "A little-endian TIFF.", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        ("tif", "A big-endian TIFF.", b"MM\0*\0\0\0\x08\0\0\0\0\0\0"),
        ("bmp", "A Windows bitmap.", b"BM\x3A\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0"),
        ("heic", "A HEIC.", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("avif", "An AVIF.", b"\0\0\0\x1Cftypavif\0\0\0\0avifmif1miaf"),
        ("mp4", "An MP4 video.", b"\0\0\0\x18ftypisom\0\0\x02\0isommp41"),
        ("jxl", "A JPEG XL codestream without a container.", b"\xFF\x0A\x10\x10\x08\x00"),
        ("jxl-container", "A JPEG XL container.", b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "),
        ("jp2", "A JPEG 2000.", b"\0\0\0\x0CjP  \r\n\x87\n"),
        ("svg", "An SVG with a script.", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("pdf", "A PDF.", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"),
        ("zip", "A ZIP.", b"PK\x03\x04\x14\0\0\0\0\0"),
        ("html", "An HTML page.", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("psd", "A Photoshop file.", b"8BPS\0\x01\0\0\0\0\0\0\0\x03"),
        ("wav", "A RIFF file that is not a WebP.", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"),
        ("mvg", "A drawing script of ImageMagick.", b"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'https://example.com/x.jpg'\npop graphic-context"),
        ("empty", "An empty file.", b""),
        ("one-byte", "One byte.", b"\xFF"),
    ];
    let icon = b"\0\0\x01\0\x01\0\0\0\0\0\x01\0\x20\0\xFF\xFF\xFF\xFF\x16\0\0\0\0";
    let icon =
        invalid("other", "other-icon", "An icon of four gigabytes.", unsupported(), icon.to_vec());
    heads
        .into_iter()
        .map(|(name, what, bytes)| {
            let name = format!("other-{name}");
            invalid("other", &name, what, unsupported(), bytes.to_vec()).for_threat(29)
        })
        .chain([icon.for_threat(52)])
        .collect()
}
