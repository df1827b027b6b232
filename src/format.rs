//! The supported formats, and the container of a file by its first bytes.

use core::fmt;

/// A format that this crate decodes. A later version may decode more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Format {
    /// JPEG, ITU-T T.81.
    Jpeg,
    /// PNG, W3C Portable Network Graphics.
    Png,
    /// WebP, RFC 9649, with VP8 (RFC 6386) or VP8L inside.
    WebP,
}

impl Format {
    /// The name in lower case: `"jpeg"`, `"png"` or `"webp"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}

/// A container recognised by its first bytes.
///
/// Only three of them are decoded. The others exist so that a refusal can name the file's real
/// kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Container {
    /// JPEG (supported).
    Jpeg,
    /// PNG (supported).
    Png,
    /// WebP (supported).
    WebP,
    /// HEIC or HEIF: an ISO base media file with a HEVC picture.
    Heic,
    /// AVIF: an ISO base media file with an AV1 picture.
    Avif,
    /// GIF.
    Gif,
    /// TIFF, and the raw camera formats built on it.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// JPEG XL, as a raw codestream or in a container.
    JpegXl,
    /// SVG or another XML document.
    Svg,
    /// PDF.
    Pdf,
    /// ZIP, and the office formats built on it.
    Zip,
    /// HTML.
    Html,
    /// No known signature.
    Unknown,
}

impl Container {
    /// The container of a file that starts with `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] | [0xFF, 0xD8] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Self::Png,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::WebP,
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Self::of_brand(brand),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Self::Tiff,
            [0xFF, 0x0A, ..] => Self::JpegXl,
            [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Self::JpegXl,
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Self::Bmp,
            _ => Self::of_text(bytes),
        }
    }

    /// The major brand of an ISO base media file (ISO/IEC 14496-12, 4.3).
    fn of_brand(brand: &[u8]) -> Self {
        match brand.get(..4) {
            Some(b"avif" | b"avis") => Self::Avif,
            Some(b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1") => {
                Self::Heic
            }
            _ => Self::Unknown,
        }
    }

    /// XML and HTML start with a tag, after an optional byte order mark and whitespace.
    fn of_text(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
        let text = text.get(..256).unwrap_or(text).trim_ascii_start();
        let starts_with =
            |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        if starts_with(b"<!doctype html") || starts_with(b"<html") || starts_with(b"<script") {
            Self::Html
        } else if starts_with(b"<svg") || starts_with(b"<?xml") || starts_with(b"<!doctype svg") {
            Self::Svg
        } else {
            Self::Unknown
        }
    }

    /// The format of a supported container, `None` for all others.
    #[must_use]
    pub const fn format(self) -> Option<Format> {
        match self {
            Self::Jpeg => Some(Format::Jpeg),
            Self::Png => Some(Format::Png),
            Self::WebP => Some(Format::WebP),
            _ => None,
        }
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::JpegXl => "JPEG XL",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
            Self::Zip => "ZIP",
            Self::Html => "HTML",
            Self::Unknown => "a file of unknown kind",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_container_is_recognised_by_its_first_bytes() {
        let samples: [(&[u8], Container); 21] = [
            (b"\xFF\xD8\xFF\xE0", Container::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Container::Png),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Container::WebP),
            (b"\0\0\0\x18ftypheic", Container::Heic),
            (b"\0\0\0\x18ftypmif1", Container::Heic),
            (b"\0\0\0\x1cftypavif", Container::Avif),
            (b"GIF89a", Container::Gif),
            (b"II*\0", Container::Tiff),
            (b"MM\0*", Container::Tiff),
            (b"BM\x36\0\0\0\0\0\0\0", Container::Bmp),
            (b"\xFF\x0A", Container::JpegXl),
            (b"\0\0\0\x0cJXL \r\n\x87\n", Container::JpegXl),
            (b"<svg xmlns=", Container::Svg),
            (b"\xEF\xBB\xBF <?xml version", Container::Svg),
            (b"%PDF-1.7", Container::Pdf),
            (b"PK\x03\x04", Container::Zip),
            (b"<!DOCTYPE html>", Container::Html),
            (b"  <HTML>", Container::Html),
            (b"", Container::Unknown),
            (b"RIFF\x10\0\0\0WAVE", Container::Unknown),
            (b"\x89PNG\n", Container::Unknown),
        ];
        for (bytes, container) in samples {
            assert_eq!(Container::of(bytes), container, "{bytes:?}");
        }
    }
}
