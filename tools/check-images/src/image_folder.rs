//! The files of the folder, and the expected outcome of each.

use std::fs;
use std::path::Path;

use similarity::folder;

/// A file of the folder.
#[derive(Debug)]
pub(crate) struct File {
    /// The path inside the folder, with `/` as the separator.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// The outcome that a file must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A picture.
    Picture,
    /// `Error::Unsupported`: not an image, or a variant that is deliberately not decoded.
    Unsupported,
    /// `Error::Truncated`.
    Truncated,
    /// Any error that blames the file.
    Refused,
    /// A picture, or any error that blames the file.
    Either,
}

impl File {
    pub(crate) fn expected(&self) -> Expected {
        let path = self.path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path);
        if is_no_image(name) || NOT_DECODED.contains(&path) {
            Expected::Unsupported
        } else if TRUNCATED.contains(&path) {
            Expected::Truncated
        } else if path.starts_with("bad/") || path == WRONG_CRC_OF_IMAGE_DATA {
            Expected::Either
        } else if path.starts_with("png/pngsuite/x") {
            Expected::Refused
        } else {
            Expected::Picture
        }
    }

    /// The folder that the file is counted in.
    pub(crate) fn folder(&self) -> String {
        let parts: Vec<_> = self.path.split('/').collect();
        parts[..parts.len().saturating_sub(1).min(2)].join("/")
    }

    pub(crate) fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// True for a file that must decode.
    pub(crate) fn is_picture(&self) -> bool {
        self.expected() == Expected::Picture
    }
}

/// All files below `root`, in the order of their paths.
///
/// A folder that is missing or has fewer files than are known is an error: a check must not pass on
/// nothing.
pub(crate) fn read(root: &Path) -> Result<Vec<File>, String> {
    let paths = folder::files_below(root)?;
    let mut files = paths.iter().map(|path| file(root, path)).collect::<Result<Vec<_>, _>>()?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for (folder, at_least) in KNOWN {
        let found = files.iter().filter(|file| file.is_in(folder)).count();
        if found < *at_least {
            return Err(format!("{folder} has {found} files, {at_least} are known"));
        }
    }
    Ok(files)
}

fn file(root: &Path, path: &Path) -> Result<File, String> {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let parts = inside.iter().map(|part| part.to_str().ok_or_else(|| format!("{inside:?}")));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(File { path: parts.join("/"), bytes })
}

fn is_no_image(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let prefixes = ["license", "readme", "index"];
    let suffixes = [
        ".md",
        ".markdown",
        ".txt",
        ".license",
        ".readme",
        ".ppm",
        ".pgm",
        ".bmp",
        ".scan",
        ".icc",
        ".gif",
        ".ico",
        ".tif",
        ".tiff",
    ];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || suffixes.iter().any(|suffix| name.ends_with(suffix))
}

/// Arithmetic coding, and 12 bits per sample.
const NOT_DECODED: &[&str] =
    &["jpeg/libjpeg-turbo/testimgari.jpg", "jpeg/libjpeg-turbo/monkey12.jpg"];

const TRUNCATED: &[&str] = &[
    "jpeg/wuffs/peacock.default.truncated.jpeg",
    "jpeg/wuffs/peacock.progressive.truncated.jpeg",
    "jpeg/zune/incomplete_image.jpg",
];

/// We decode it, since its Adler-32 is right. The references do not, so they cannot judge it.
const WRONG_CRC_OF_IMAGE_DATA: &str = "png/pngsuite/xcsn0g01.png";

/// The least number of files in each folder.
const KNOWN: &[(&str, usize)] = &[
    ("photos/", 8),
    ("png/pngsuite/", 177),
    ("jpeg/libjpeg-turbo/", 16),
    ("jpeg/libjxl/", 25),
    ("jpeg/wuffs/", 40),
    ("jpeg/zune/", 23),
    ("exif/recurser/", 20),
    ("exif/imgproxy/", 10),
    ("icc/codelogic/", 14),
    ("webp/image-webp/images/", 23),
    ("webp/image-webp/reference/", 33),
    ("webp/wuffs/", 21),
    ("bad/fuzzdb/", 7),
    ("bad/go-fuzz-corpus/", 868),
    ("bad/image-png/", 1_236),
    ("bad/image-rs/", 191),
    ("bad/image-webp/", 6),
    ("bad/zune-image/", 2_689),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(path: &str) -> Expected {
        File { path: path.into(), bytes: Vec::new() }.expected()
    }

    #[test]
    fn the_path_decides_the_expected_outcome() {
        assert_eq!(expected("photos/a.jpg"), Expected::Picture);
        assert_eq!(expected("png/pngsuite/xs1n0g01.png"), Expected::Refused);
        assert_eq!(expected("png/pngsuite/xcsn0g01.png"), Expected::Either);
        assert_eq!(expected("png/pngsuite/PngSuite.LICENSE"), Expected::Unsupported);
        assert_eq!(expected("jpeg/wuffs/LICENSE-APACHE"), Expected::Unsupported);
        assert_eq!(expected("bad/x/0a1b"), Expected::Either);
        assert_eq!(expected("bad/x/LICENSE"), Expected::Unsupported);
        assert_eq!(expected("jpeg/zune/incomplete_image.jpg"), Expected::Truncated);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        assert!(read(Path::new("/nowhere-at-all")).is_err());
    }
}
