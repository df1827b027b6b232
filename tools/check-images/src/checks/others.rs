//! Every other valid JPEG and WebP at 256×256 looks as the `image` crate decodes it.

use bombproof::{ColorKind, Request};

use crate::job;
use crate::oracle::{self, Reference};
use crate::report::Row;
use crate::ssim;
use crate::threads;
use crate::walk::File;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let others = files.iter().filter(|file| file.is_in("jpeg/") || file.is_in("webp/"));
    threads::on_each(others.filter(|file| file.is_picture()), |file| {
        vec![row(file).unwrap_or_else(|words| Row::figure("alike", &file.path, false, words))]
    })
}

fn row(file: &File) -> Result<Row, String> {
    let color = bombproof::probe(&file.bytes).map_err(|error| error.to_string())?.color;
    let ours = job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?.on_white();
    let reference = match Reference::of(&file.bytes).and_then(|full| full.converted()) {
        Ok(reference) => oracle::cover(&reference, 256).on_white(),
        Err(words) => {
            let words = format!("decoded here, not compared: the other decoder says {words}");
            return Ok(Row::figure("alike", &file.path, true, words));
        }
    };
    let found = ssim::compare(&ours, &reference)?;
    // The other decoder knows no profile of CMYK and takes the inversion of Adobe's files its own way.
    let held = found.luma >= SSIM || matches!(color, ColorKind::Cmyk | ColorKind::Ycck);
    let words = format!("{} ({color:?})", super::photos::words(&found));
    Ok(Row::figure("alike", &file.path, held, words))
}

const SSIM: f64 = 0.97;
