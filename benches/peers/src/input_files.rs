//! The files: generated photographs, those of any folder, and one photograph in many sizes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bombproof::{ColorKind, Format, Header};
use bombproof_testkit::pictures;
use similarity::folder;

use crate::cells::Filter;
use crate::record::FORMATS;
use crate::{cells, peer};

/// A file that is measured.
#[derive(Clone, Debug)]
pub(crate) struct InputFile {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// One of [`FORMATS`], or `-`.
    pub(crate) format: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: u64,
}

/// The landscape of the testkit, 4:3, in all five formats, written
/// only once. Nothing for 0 megapixels.
pub(crate) fn generated(megapixels: u32) -> Result<Vec<InputFile>, String> {
    if megapixels == 0 {
        return Ok(Vec::new());
    }
    written_once(&format!("landscape-{megapixels:03}mp"), |raw| {
        let width = (f64::from(megapixels) * 4e6 / 3.0).sqrt().round() as u32;
        let picture = pictures::landscape(width, width * 3 / 4);
        fs::write(raw, &picture.samples).ok()?;
        Some([picture.width.to_string(), picture.height.to_string()])
    })
}

/// A photograph in the sizes of the suite `sizes` that a filter allows, each in all five formats.
pub(crate) fn in_all_sizes(photo: &Path, filter: &Filter) -> Result<Vec<InputFile>, String> {
    let name = photo.file_stem().unwrap_or_default().to_string_lossy();
    let mut files = Vec::new();
    for megapixels in cells::MEGAPIXELS.into_iter().filter(|&size| filter.allows_size(size)) {
        let stem = format!("sizes-{name}-{megapixels}mp");
        files.extend(written_once(&stem, |raw| {
            let output = Command::new("node")
                .arg(peer::folder().join("workers/scale_photo.mjs"))
                .arg(photo)
                .arg(megapixels.to_string())
                .arg(raw)
                .output()
                .ok()?;
            let sides = String::from_utf8(output.stdout).ok()?;
            let (width, height) = sides.trim().split_once(' ')?;
            Some([width.to_owned(), height.to_owned()])
        })?);
    }
    Ok(files)
}

/// A picture in all five formats, written only once. `write_raw` writes
/// its pixels in RGB, and returns its width and height.
fn written_once(
    stem: &str,
    write_raw: impl FnOnce(&Path) -> Option<[String; 2]>,
) -> Result<Vec<InputFile>, String> {
    let folder = peer::folder().join("photos");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let files = NAMES.map(|name| folder.join(format!("{stem}-{name}")));
    if !files.iter().all(|file| file.exists()) {
        println!("writing {stem}");
        let raw = folder.join("raw");
        let status = write_raw(&raw).and_then(|sides| {
            let mut encoders = Command::new("node");
            encoders.arg(peer::folder().join("workers/write_photos.mjs"));
            encoders.arg(&raw).args(sides).arg(folder.join(stem)).status().ok()
        });
        let _ = fs::remove_file(&raw);
        if !status.is_some_and(|status| status.success()) {
            return Err(format!(
                "cannot write {stem}; `scripts/peers install` installs the encoders"
            ));
        }
    }
    files.iter().map(|file| InputFile::read(file)).collect()
}

/// The JPEGs, PNGs and WebPs of a folder, by name; or one file.
pub(crate) fn pictures_in(folder: &Path) -> Result<Vec<InputFile>, String> {
    let files = all_in(folder)?;
    Ok(files.into_iter().filter(|file| file.format != "-").collect())
}

/// All files of a folder, by name; or one file.
pub(crate) fn all_in(folder: &Path) -> Result<Vec<InputFile>, String> {
    if folder.is_file() {
        return Ok(vec![InputFile::read(folder)?]);
    }
    folder::files_in(folder)?.iter().map(|path| InputFile::read(path)).collect()
}

impl InputFile {
    pub(crate) fn megapixels(&self) -> f64 {
        f64::from(self.width) * f64::from(self.height) / 1e6
    }

    fn read(path: &Path) -> Result<Self, String> {
        let file = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let header = bombproof::probe(&file).ok();
        let (width, height) =
            header.as_ref().map_or((0, 0), |header| (header.size().width, header.size().height));
        Ok(Self {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            path: path.to_owned(),
            format: header.map_or("-", |header| format(&header)),
            width,
            height,
            bytes: file.len() as u64,
        })
    }
}

fn format(header: &Header) -> &'static str {
    match header.format() {
        Format::Jpeg => FORMATS[usize::from(header.progressive())],
        Format::Png => FORMATS[2],
        // VP8 stores YCbCr (RFC 6386), VP8L RGB (RFC 9649).
        Format::WebP => FORMATS[3 + usize::from(header.color() == ColorKind::Rgb)],
        other => unreachable!("{other} is not in the table"),
    }
}

/// What `workers/write_photos.mjs` writes, in the order of [`FORMATS`].
const NAMES: [&str; 5] =
    ["baseline.jpg", "progressive.jpg", "photo.png", "lossy.webp", "lossless.webp"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_comes_from_the_content() {
        let valid = peer::folder().join("../../corpus/valid");
        let format = |name: &str| InputFile::read(&valid.join(name)).unwrap().format;
        assert_eq!(format("photo.jpg"), "JPEG baseline");
        assert_eq!(format("photo-progressive.jpg"), "JPEG progressive");
        assert_eq!(format("photo.png"), "PNG");
        assert_eq!(format("photo.webp"), "WebP lossy");
        assert_eq!(format("lossless-alpha.webp"), "WebP lossless");
        assert_eq!(format("animated-lossless.webp"), "WebP lossless");
        assert_eq!(format("alpha-raw-none.webp"), "WebP lossy");
    }
}
