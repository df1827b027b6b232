//! Full-size pixels, sample by sample: PngSuite without its gAMA chunks against the `image`
//! crate, which does not convert, WebP against the reference pictures of its test suite, and the
//! unconverted planes of every WebP against those of libwebp.

use bombproof::Request;
use bombproof::instrument::{planes, sanitised_view};
use similarity::reference::Reference;

use crate::image_folder::File;
use crate::job;
use crate::parallel;
use crate::report::Row;

#[path = "../../../../tests/support/libwebp.rs"]
mod libwebp;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let suite = files.iter().filter(|file| file.is_in("png/pngsuite/") && file.is_picture());
    let mut rows = parallel::on_each(suite.clone(), |file| {
        let bytes = without_gamma(&file.bytes);
        vec![pixels_row("exact-png", &file.path, &bytes, &bytes)]
    });
    let pairs: Vec<_> =
        files.iter().filter_map(|file| Some((file, reference(file, files)?))).collect();
    rows.extend(parallel::on_each(pairs.iter().map(|(file, _)| *file), |file| {
        let (_, reference) =
            pairs.iter().find(|(of, _)| of.path == file.path).expect("one of them");
        vec![pixels_row("exact-webp", &file.path, &file.bytes, &reference.bytes)]
    }));
    let webps = || files.iter().filter(|file| file.is_picture() && file.bytes.starts_with(b"RIFF"));
    rows.extend(parallel::on_each(webps(), |file| vec![planes_row(file)]));
    let counts = [
        ("exact-png", suite.count(), PNG_SUITE),
        ("exact-webp", pairs.len(), WEBP_PAIRS),
        ("exact-libwebp", webps().count(), WEBPS),
    ];
    rows.extend(counts.map(|(check, found, known)| Row::count(check, found, known)));
    rows
}

/// A PNG without its gAMA chunks.
fn without_gamma(png: &[u8]) -> Vec<u8> {
    let (signature, mut chunks) = png.split_at(8);
    let mut kept = signature.to_vec();
    while let Some(length) = chunks.first_chunk() {
        let whole = (u32::from_be_bytes(*length) as usize + 12).min(chunks.len());
        let (chunk, rest) = chunks.split_at(whole);
        if chunk.get(4..8) != Some(b"gAMA") {
            kept.extend_from_slice(chunk);
        }
        chunks = rest;
    }
    kept
}

fn pixels_row(check: &'static str, path: &str, bytes: &[u8], reference: &[u8]) -> Row {
    let error = job::pixels(bytes, &Request::full_size().pixels()).and_then(|ours| {
        let theirs = Reference::of(reference)?.picture;
        ours.max_error(&theirs)
    });
    match error {
        Ok(error) => Row::quiet(check, path, error <= 1, || format!("error {error}/255 max")),
        Err(message) => Row::figure(check, path, false, message),
    }
}

fn planes_row(file: &File) -> Row {
    let difference = planes_difference(&file.bytes);
    Row::quiet("exact-libwebp", &file.path, difference.is_none(), || difference.unwrap_or_default())
}

/// How the planes differ from those of libwebp, in words. Of an
/// animation, the first frame is compared.
fn planes_difference(bytes: &[u8]) -> Option<String> {
    let ours = sanitised_view(bytes).and_then(|view| Ok((planes(&view)?, view)));
    let (ours, view) = match ours {
        Ok(decoded) => decoded,
        Err(error) => return Some(error.to_string()),
    };
    match libwebp::planes(&view) {
        Ok(theirs) => libwebp::difference(&ours, &theirs),
        Err(status) => Some(format!("libwebp refuses it: {status:?}")),
    }
}

/// The picture that a WebP file must equal. Of an animation, the one of its first frame.
fn reference<'a>(file: &File, files: &'a [File]) -> Option<&'a File> {
    let inside = file.path.strip_prefix("webp/image-webp/images/")?.strip_suffix(".webp")?;
    let still = format!("webp/image-webp/reference/{inside}.png");
    let first = format!("webp/image-webp/reference/{inside}-1.png");
    files.iter().find(|file| file.path == still || file.path == first)
}

/// The known numbers of pictures.
const PNG_SUITE: usize = 161;
const WEBP_PAIRS: usize = 23;
const WEBPS: usize = 42;
