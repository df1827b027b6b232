//! One picture stored in all eight orientations comes out upright, and 0 is read as upright.

use bombproof::Request;

use crate::job;
use crate::picture::Rgb;
use crate::report::Row;
use crate::ssim;
use crate::walk::File;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (start, end) in KINDS {
        let upright = |number: usize| {
            let path = format!("{start}{number}{end}");
            let file = files.iter().find(|file| file.path == path).ok_or("missing")?;
            upright(file).map(|picture| (path, picture))
        };
        let first = upright(1);
        for number in (0..=8).filter(|&number| number != 1) {
            let subject = format!("{start}{number}{end}");
            let likeness = match (&first, upright(number)) {
                (Ok((_, first)), Ok((_, other))) => ssim::compare(first, &other),
                (Err(words), _) => Err(format!("number 1: {words}")),
                (_, Err(words)) => Err(words),
            };
            rows.push(match likeness {
                Ok(found) => {
                    let words = format!("SSIM {:.4} against number 1", found.luma);
                    Row::figure("orientation", subject, found.luma >= SSIM, words)
                }
                Err(words) => Row::figure("orientation", subject, false, words),
            });
        }
    }
    rows
}

fn upright(file: &File) -> Result<Rgb, String> {
    let mut picture = job::pixels(&file.bytes, &Request::contain(256, 256).pixels())?.on_white();
    if file.is_in("exif/recurser/") {
        // Each of these pictures bears its own number in the middle.
        picture.hide(0.42..0.58, 0.40..0.60);
    }
    Ok(picture)
}

const KINDS: &[(&str, &str)] = &[
    ("exif/recurser/Landscape_", ".jpg"),
    ("exif/recurser/Portrait_", ".jpg"),
    ("exif/imgproxy/orientation-", ".png"),
];
const SSIM: f64 = 0.98;
