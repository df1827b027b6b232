//! The files of the folder, and what is expected of each.

use std::fs;
use std::path::Path;

/// A file of the folder, with its path inside it.
#[derive(Debug)]
pub(crate) struct File {
    /// The path inside the folder, with `/` between its parts.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A picture.
    Picture,
    /// `Error::Unsupported`: not an image, or a variant that is not decoded by intent.
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
        if is_no_image(name) || NOT_DECODED_BY_INTENT.contains(&path) {
            Expected::Unsupported
        } else if CUT_SHORT.contains(&path) {
            Expected::Truncated
        } else if path.starts_with("bad/") {
            Expected::Either
        } else if path.starts_with("png/pngsuite/x") {
            Expected::Refused
        } else {
            Expected::Picture
        }
    }

    /// The folder that the counts are printed for.
    pub(crate) fn folder(&self) -> String {
        let parts: Vec<_> = self.path.split('/').collect();
        parts[..parts.len().saturating_sub(1).min(2)].join("/")
    }

    pub(crate) fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// True for a file outside `bad/` that must decode.
    pub(crate) fn is_picture(&self) -> bool {
        self.expected() == Expected::Picture
    }
}

/// All files below `root`, in the order of their paths.
///
/// A folder that is missing or holds fewer files than are known is an error in words: a check must
/// not pass on nothing.
pub(crate) fn read(root: &Path) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    collect(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for (folder, at_least) in KNOWN {
        let found = files.iter().filter(|file| file.is_in(folder)).count();
        if found < *at_least {
            return Err(format!("{folder} holds {found} files, {at_least} are known"));
        }
    }
    Ok(files)
}

fn collect(folder: &Path, inside: &str, files: &mut Vec<File>) -> Result<(), String> {
    let words = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(words)? {
        let entry = entry.map_err(words)?;
        let name = entry.file_name().into_string().map_err(|name| format!("{name:?}"))?;
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.file_type().map_err(words)?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            files.push(File { path, bytes: fs::read(entry.path()).map_err(words)? });
        }
    }
    Ok(())
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

/// Arithmetic coding and 12 bits a sample.
const NOT_DECODED_BY_INTENT: &[&str] =
    &["jpeg/libjpeg-turbo/testimgari.jpg", "jpeg/libjpeg-turbo/monkey12.jpg"];

const CUT_SHORT: &[&str] = &[
    "jpeg/wuffs/peacock.default.truncated.jpeg",
    "jpeg/wuffs/peacock.progressive.truncated.jpeg",
    "jpeg/zune/incomplete_image.jpg",
];

/// Files that are known to be below each folder.
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
    fn each_kind_of_file_is_told_by_its_path() {
        assert_eq!(expected("photos/a.jpg"), Expected::Picture);
        assert_eq!(expected("png/pngsuite/xs1n0g01.png"), Expected::Refused);
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
