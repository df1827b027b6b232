//! Photographs at 256×256 against a full decode and one step of Lanczos3.

use bombproof::Request;
use likeness::oracle::{self, Reference};
use likeness::ssim::{self, Likeness};

use crate::job;
use crate::report::Row;
use crate::threads;
use crate::walk::File;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let photos = files.iter().filter(|file| file.is_in("photos/") || file.is_in("exif/recurser/"));
    threads::on_each(photos.filter(|file| file.is_picture()), |file| {
        let check = if file.is_in("photos/") { "photo" } else { "photo-turned" };
        vec![match compare(file) {
            Ok((likeness, has_profile)) => {
                let held = likeness.luma >= SSIM && likeness.mean_error <= MEAN_ERROR;
                let profile = if has_profile { "ICC profile, converted" } else { "no profile" };
                Row::figure(check, &file.path, held, format!("{} ({profile})", words(&likeness)))
            }
            Err(words) => Row::figure(check, &file.path, false, words),
        }]
    })
}

fn compare(file: &File) -> Result<(Likeness, bool), String> {
    let ours = job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?;
    let reference = Reference::of(&file.bytes)?;
    let theirs = oracle::cover(&reference.converted()?, 256);
    let likeness = ssim::compare(&ours.on_white(), &theirs.on_white())?;
    Ok((likeness, reference.profile.is_some()))
}

/// The figures of a comparison.
pub(crate) fn words(likeness: &Likeness) -> String {
    format!(
        "SSIM {:.4} luma, {:.4} channels; error {:.2}/255 mean, {:.0}/255 max",
        likeness.luma, likeness.channels, likeness.mean_error, likeness.max_error
    )
}

const SSIM: f64 = 0.985;
const MEAN_ERROR: f64 = 2.0;
