//! Photographs at 256×256 against a full decode that is resized in one step of Lanczos3.

use bombproof::Request;
use similarity::reference::{self, Reference};
use similarity::ssim::{self, Similarity};

use crate::image_folder::File;
use crate::job;
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let photos = files.iter().filter(|file| file.is_in("photos/") || file.is_in("exif/recurser/"));
    parallel::on_each(photos.filter(|file| file.is_picture()), |file| {
        let check = if file.is_in("photos/") { "photo" } else { "photo-oriented" };
        vec![match compare(file) {
            Ok((similarity, has_profile)) => {
                let held = similarity.luma >= SSIM && similarity.mean_error <= MEAN_ERROR;
                let profile = if has_profile { "ICC profile, converted" } else { "no profile" };
                Row::figure(
                    check,
                    &file.path,
                    held,
                    format!("{} ({profile})", figures(&similarity)),
                )
            }
            Err(message) => Row::figure(check, &file.path, false, message),
        }]
    })
}

fn compare(file: &File) -> Result<(Similarity, bool), String> {
    let ours = job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?;
    let reference = Reference::of(&file.bytes)?;
    let theirs = reference::cover(&reference.converted()?, 256);
    let similarity = ssim::compare(&ours.on_white(), &theirs.on_white())?;
    Ok((similarity, reference.profile.is_some()))
}

/// The figures of a comparison.
pub(crate) fn figures(similarity: &Similarity) -> String {
    format!(
        "SSIM {:.4} luma, {:.4} channels; error {:.2}/255 mean, {:.0}/255 max",
        similarity.luma, similarity.channels, similarity.mean_error, similarity.max_error
    )
}

const SSIM: f64 = 0.985;
const MEAN_ERROR: f64 = 2.0;
