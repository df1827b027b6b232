//! Every other valid JPEG and WebP at 256×256 looks as the `image` crate decodes it.

use bombproof::{ColorKind, Request};
use similarity::reference::{self, Reference};
use similarity::ssim;

use crate::image_folder::File;
use crate::job;
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let others = files.iter().filter(|file| file.is_in("jpeg/") || file.is_in("webp/"));
    parallel::on_each(others.filter(|file| file.is_picture()), |file| {
        vec![row(file).unwrap_or_else(|words| Row::figure("alike", &file.path, false, words))]
    })
}

fn row(file: &File) -> Result<Row, String> {
    let color = bombproof::probe(&file.bytes).map_err(|error| error.to_string())?.color;
    let ours = job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?.on_white();
    let reference = match Reference::of(&file.bytes).and_then(|full| full.converted()) {
        Ok(reference) => reference::cover(&reference, 256).on_white(),
        Err(words) => {
            let words = format!("decoded here, not compared: the other decoder says {words}");
            return Ok(Row::figure("alike", &file.path, true, words));
        }
    };
    let found = ssim::compare(&ours, &reference)?;
    // The other decoder knows no profile of CMYK and takes the inversion of Adobe's files its own way.
    let other_is_wrong = OTHER_IS_WRONG.contains(&file.path.as_str());
    let held = (found.luma >= SSIM && found.mean_error <= MEAN_ERROR)
        || other_is_wrong
        || matches!(color, ColorKind::Cmyk | ColorKind::Ycck);
    let note = if other_is_wrong { "; the other decoder is wrong, see samplings" } else { "" };
    let words = format!("{} ({color:?}{note})", super::photo_similarity::words(&found));
    Ok(Row::figure("alike", &file.path, held, words))
}

/// Scans of one component with subsampled chroma, and luma coarser than chroma: the `image` crate
/// gives other colours than libjpeg does. The check of samplings holds these to their siblings.
pub(super) const OTHER_IS_WRONG: &[&str] = &[
    "jpeg/libjxl/flower/flower.png.im_q85_luma_subsample.jpg",
    "jpeg/libjxl/flower/flower_small.q85_420_non_interleaved.jpg",
    "jpeg/libjxl/flower/flower_small.q85_420_partially_interleaved.jpg",
    "jpeg/zune/non_interleaved_420_64x64.jpg",
    "jpeg/zune/non_interleaved_440_64x64.jpg",
];
const SSIM: f64 = 0.995;
const MEAN_ERROR: f64 = 3.0;
