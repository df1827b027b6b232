//! Pictures with wide or permuted primaries keep their colours, converted to sRGB.

use bombproof::Request;
use similarity::picture::Rgba;
use similarity::reference::{self, Reference};
use similarity::ssim;

use crate::image_folder::File;
use crate::job;
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let pictures = files.iter().filter(|file| file.is_in("icc/codelogic/") && file.is_picture());
    parallel::on_each(pictures, |file| {
        compare(file)
            .unwrap_or_else(|message| vec![Row::figure("profile", &file.path, false, message)])
    })
}

fn compare(file: &File) -> Result<Vec<Row>, String> {
    let ours = job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?.on_white();
    let reference = Reference::of(&file.bytes)?;
    if reference.profile.is_none() {
        return Err("no profile was found".into());
    }
    let against = |full: &Rgba| ssim::compare(&ours, &reference::cover(full, 256).on_white());
    let error = against(&reference.converted()?)?.mean_error;
    let unconverted = against(&reference.picture)?.mean_error;
    let text = format!(
        "error {error:.2}/255 mean against the converted picture, {unconverted:.2}/255 against the unconverted one"
    );
    let mut rows = vec![Row::figure("profile", &file.path, error <= MEAN_ERROR, text)];
    if file.path.contains("rgb-to-gbr") {
        let held = unconverted >= CLEARLY_CONVERTED;
        rows.push(Row::figure(
            "profile-is-used",
            &file.path,
            held,
            format!("{unconverted:.2}/255"),
        ));
    }
    Ok(rows)
}

const MEAN_ERROR: f64 = 3.0;
const CLEARLY_CONVERTED: f64 = 20.0;
