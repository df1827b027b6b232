//! Every other valid JPEG and WebP at 256×256 looks like the decode of the `image` crate.

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
        vec![row(file).unwrap_or_else(|message| Row::figure("similar", &file.path, false, message))]
    })
}

fn row(file: &File) -> Result<Row, String> {
    let color = bombproof::probe(&file.bytes).map_err(|error| error.to_string())?.color();
    let ours = job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?.on_white();
    let reference = match Reference::of(&file.bytes).and_then(|full| full.converted()) {
        Ok(reference) => reference::cover(&reference, 256).on_white(),
        Err(message) => {
            let text =
                format!("decoded here, not compared: the other decoder refuses it: {message}");
            return Ok(Row::figure("similar", &file.path, true, text));
        }
    };
    let found = ssim::compare(&ours, &reference)?;
    // The other decoder ignores CMYK profiles and treats the inverted
    // samples of Adobe's files differently.
    let other_is_wrong = WRONG_IN_OTHER_DECODERS.contains(&file.path.as_str());
    let held = (found.luma >= SSIM && found.mean_error <= MEAN_ERROR)
        || other_is_wrong
        || matches!(color, ColorKind::Cmyk | ColorKind::Ycck);
    let note =
        if other_is_wrong { "; the other decoder is wrong, see component-sampling" } else { "" };
    let text = format!("{} ({color:?}{note})", super::photo_similarity::figures(&found));
    Ok(Row::figure("similar", &file.path, held, text))
}

/// Scans of one component with subsampled chroma, and luma with fewer samples
/// than chroma: the colours of the `image` crate differ from those of libjpeg.
/// component-sampling compares these files with their siblings.
pub(super) const WRONG_IN_OTHER_DECODERS: &[&str] = &[
    "jpeg/libjxl/flower/flower.png.im_q85_luma_subsample.jpg",
    "jpeg/libjxl/flower/flower_small.q85_420_non_interleaved.jpg",
    "jpeg/libjxl/flower/flower_small.q85_420_partially_interleaved.jpg",
    "jpeg/zune/non_interleaved_420_64x64.jpg",
    "jpeg/zune/non_interleaved_440_64x64.jpg",
];
const SSIM: f64 = 0.995;
const MEAN_ERROR: f64 = 3.0;
