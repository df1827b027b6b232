//! The formats in which each size of an avatar is stored, which of them a client gets, and what memory
//! their files take.

use axum::http::{HeaderMap, header};
use bombproof::Size;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFormat {
    /// What every client can show.
    Jpeg,
    /// Fewer bytes, for clients that accept it.
    WebP,
}

impl FileFormat {
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The side and the format in the name of an object or of an address: `256.webp`.
    pub(crate) fn parse_name(name: &str) -> Option<(u32, Self)> {
        let (side, extension) = name.split_once('.')?;
        let format = [Self::Jpeg, Self::WebP].into_iter().find(|f| f.extension() == extension)?;
        Some((side.parse().ok()?, format))
    }

    /// WebP if `Accept` lists it (RFC 9110, section 12.5.1). A wildcard does not count: programs
    /// that send it may know nothing of WebP.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let lists = headers.get_all(header::ACCEPT).iter().filter_map(|list| list.to_str().ok());
        let accepts_webp = lists.flat_map(|list| list.split(',')).any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let is_webp =
                parts.next().is_some_and(|range| range.eq_ignore_ascii_case("image/webp"));
            is_webp && parts.filter_map(weight).all(|weight| weight > 0.0)
        });
        if accepts_webp { Self::WebP } else { Self::Jpeg }
    }
}

/// What is reserved for the files of some sizes: as much as their pixels in RGB. Files that are
/// longer, as those of noise can be, reserve the rest.
pub(crate) fn bytes_to_reserve(sizes: impl Iterator<Item = Size>) -> u64 {
    sizes.map(|size| 3 * size.pixels()).sum()
}

/// The weight in a parameter of a media range: `q=0.8`. One that is no number counts as 0. `None`:
/// another parameter.
fn weight(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webp_is_for_those_who_list_it() {
        let accepted = |lists: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::ACCEPT, list.parse().unwrap());
            }
            FileFormat::accepted(&headers)
        };
        for webp in [
            &["image/webp"][..],
            &["image/avif,image/webp,image/apng,image/*,*/*;q=0.8"],
            &["image/jpeg", "IMAGE/WebP ; Q=0.001"],
            &["image/webp;v=1"],
        ] {
            assert_eq!(accepted(webp), FileFormat::WebP, "{webp:?}");
        }
        for jpeg in [
            &[][..],
            &["*/*"],
            &["image/*;q=0.9"],
            &["image/webp;q=0, image/*"],
            &["image/webp; q=0.000"],
            &["image/webp;q=much"],
            &["image/webpx, text/html"],
        ] {
            assert_eq!(accepted(jpeg), FileFormat::Jpeg, "{jpeg:?}");
        }
    }

    #[test]
    fn a_name_has_a_side_and_a_known_extension() {
        assert_eq!(FileFormat::parse_name("64.jpg"), Some((64, FileFormat::Jpeg)));
        assert_eq!(FileFormat::parse_name("512.webp"), Some((512, FileFormat::WebP)));
        for other in ["64", "64.png", "x.jpg", "original", "original-1,2,3,4", "64.jpg.webp"] {
            assert_eq!(FileFormat::parse_name(other), None, "{other}");
        }
    }
}
