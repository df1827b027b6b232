//! The files: photographs that are generated, and those of any folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bombproof_testkit::pictures;

use crate::peer;

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

/// The kinds of files, as the tables and charts name them.
pub(crate) const FORMATS: [&str; 5] =
    ["JPEG baseline", "JPEG progressive", "PNG", "WebP lossy", "WebP lossless"];

/// The landscape of the testkit, 4:3, in all five formats; none of 0 megapixels. It is written once.
pub(crate) fn generated(megapixels: u32) -> Result<Vec<InputFile>, String> {
    if megapixels == 0 {
        return Ok(Vec::new());
    }
    let folder = peer::folder().join("photos");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let stem = format!("landscape-{megapixels:03}mp");
    let files = NAMES.map(|name| folder.join(format!("{stem}-{name}")));
    if !files.iter().all(|file| file.exists()) {
        println!("writing {stem}");
        let width = (f64::from(megapixels) * 4e6 / 3.0).sqrt().round() as u32;
        let picture = pictures::landscape(width, width * 3 / 4);
        let raw = folder.join("raw");
        fs::write(&raw, &picture.samples).map_err(|error| error.to_string())?;
        let status = Command::new("node")
            .arg(peer::folder().join("workers/write_photos.mjs"))
            .arg(&raw)
            .args([picture.width.to_string(), picture.height.to_string()])
            .arg(folder.join(&stem))
            .status();
        let _ = fs::remove_file(&raw);
        if !status.is_ok_and(|status| status.success()) {
            return Err(format!(
                "{stem} is not written; `scripts/peers install` installs the encoders"
            ));
        }
    }
    files.iter().map(|file| InputFile::read(file)).collect()
}

/// The pictures of a folder, by name, or one file; what is no JPEG, PNG or WebP is left out.
pub(crate) fn pictures_in(folder: &Path) -> Result<Vec<InputFile>, String> {
    let photos = all_in(folder)?;
    Ok(photos.into_iter().filter(|photo| photo.format != "-").collect())
}

/// All files of a folder, by name; or one file.
pub(crate) fn all_in(folder: &Path) -> Result<Vec<InputFile>, String> {
    if folder.is_file() {
        return Ok(vec![InputFile::read(folder)?]);
    }
    let words = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(words)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths.iter().map(|path| InputFile::read(path)).collect()
}

impl InputFile {
    fn read(path: &Path) -> Result<Self, String> {
        let file = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let header = bombproof::probe(&file).ok();
        let format = header.as_ref().map_or("-", |header| match header.format {
            bombproof::Format::Jpeg => FORMATS[usize::from(header.progressive)],
            bombproof::Format::Png => FORMATS[2],
            bombproof::Format::WebP => FORMATS[3 + usize::from(is_lossless(&file))],
        });
        let (width, height) =
            header.map_or((0, 0), |header| (header.size.width, header.size.height));
        Ok(Self {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            path: path.to_owned(),
            format,
            width,
            height,
            bytes: file.len() as u64,
        })
    }
}

/// True when the first image chunk of a WebP is VP8L (RFC 9649, 2.3).
fn is_lossless(webp: &[u8]) -> bool {
    let mut rest = webp.get(12..).unwrap_or_default();
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        match &head[..4] {
            b"VP8L" => return true,
            b"VP8 " => return false,
            _ => {}
        }
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        // An animation keeps its frames inside of chunks: behind 16 bytes lies the first one's image.
        let skipped = if &head[..4] == b"ANMF" { 16 } else { length.next_multiple_of(2) };
        rest = body.get(skipped..).unwrap_or_default();
    }
    false
}

/// What `workers/write_photos.mjs` writes, in the order of [`FORMATS`].
const NAMES: [&str; 5] =
    ["baseline.jpg", "progressive.jpg", "photo.png", "lossy.webp", "lossless.webp"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_what_is_inside() {
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
