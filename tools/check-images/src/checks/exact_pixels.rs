//! Full-size pixels, sample by sample: PngSuite against the `image` crate, WebP against its own
//! reference pictures, and the planes of every WebP, not converted, against those of libwebp.

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
    let mut rows =
        parallel::on_each(suite.clone(), |file| vec![row("exact-png", file, &file.bytes)]);
    let pairs: Vec<_> =
        files.iter().filter_map(|file| Some((file, reference(file, files)?))).collect();
    rows.extend(parallel::on_each(pairs.iter().map(|(file, _)| *file), |file| {
        let (_, reference) =
            pairs.iter().find(|(of, _)| of.path == file.path).expect("one of them");
        vec![row("exact-webp", file, &reference.bytes)]
    }));
    let webps = || files.iter().filter(|file| file.is_picture() && file.bytes.starts_with(b"RIFF"));
    rows.extend(parallel::on_each(webps(), |file| vec![same_planes(file)]));
    let counts = [
        ("exact-png", suite.count(), SUITE),
        ("exact-webp", pairs.len(), PAIRS),
        ("exact-libwebp", webps().count(), WEBPS),
    ];
    for (check, found, known) in counts {
        let words = format!("{found} pictures compared, {known} are known");
        rows.push(Row::figure("count", check, found == known, words));
    }
    rows
}

fn row(check: &'static str, file: &File, reference: &[u8]) -> Row {
    let error = job::pixels(&file.bytes, &Request::full_size().pixels()).and_then(|ours| {
        let theirs = Reference::of(reference)?.picture;
        ours.max_error(&theirs)
    });
    match error {
        Ok(error) => Row::quiet(check, &file.path, error <= 1, || format!("error {error}/255 max")),
        Err(words) => Row::figure(check, &file.path, false, words),
    }
}

fn same_planes(file: &File) -> Row {
    let other = other_planes(&file.bytes);
    Row::quiet("exact-libwebp", &file.path, other.is_none(), || other.unwrap_or_default())
}

/// What is other than with libwebp; of an animation, in its first frame.
fn other_planes(bytes: &[u8]) -> Option<String> {
    let ours = sanitised_view(bytes).and_then(|view| Ok((planes(&view)?, view)));
    let (ours, view) = match ours {
        Ok(decoded) => decoded,
        Err(error) => return Some(error.to_string()),
    };
    match libwebp::planes(&view) {
        Ok(theirs) => libwebp::difference(&ours, &theirs),
        Err(status) => Some(format!("libwebp says {status:?}")),
    }
}

/// The picture that a WebP file must look like; of an animation, the one of its first frame.
fn reference<'a>(file: &File, files: &'a [File]) -> Option<&'a File> {
    let inside = file.path.strip_prefix("webp/image-webp/images/")?.strip_suffix(".webp")?;
    let still = format!("webp/image-webp/reference/{inside}.png");
    let first = format!("webp/image-webp/reference/{inside}-1.png");
    files.iter().find(|file| file.path == still || file.path == first)
}

const SUITE: usize = 161;
const PAIRS: usize = 23;
const WEBPS: usize = 42;
