//! A picture that is stored in all eight orientations comes out upright,
//! orientation 0 means upright, and the eXIf chunk of a PNG is applied exactly.

use bombproof::Request;
use similarity::picture::Rgb;
use similarity::reference;
use similarity::ssim;

use crate::image_folder::File;
use crate::job;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let find = |path: &str| {
        files.iter().find(|file| file.path == path).ok_or_else(|| format!("{path} is missing"))
    };
    let mut rows = Vec::new();
    for start in JPEGS {
        let path = |number: usize| format!("{start}{number}.jpg");
        let first = find(&path(1)).and_then(upright);
        for number in (0..=8).filter(|&number| number != 1) {
            let other = find(&path(number)).and_then(upright);
            let similarity = first
                .as_ref()
                .map_err(|message| format!("number 1: {message}"))
                .and_then(|first| ssim::compare(first, &other?));
            rows.push(match similarity {
                Ok(found) => {
                    let text = format!("SSIM {:.4} against number 1", found.luma);
                    Row::figure("orientation", path(number), found.luma >= SSIM, text)
                }
                Err(message) => Row::figure("orientation", path(number), false, message),
            });
        }
    }
    for (number, tag) in PNG_TAGS.into_iter().enumerate() {
        let path = format!("exif/imgproxy/orientation-{number}.png");
        let error = find(&path).and_then(|file| {
            let ours = job::pixels(&file.bytes, &Request::full_size().pixels())?;
            ours.max_error(&reference::oriented(&file.bytes, tag)?)
        });
        rows.push(match error {
            Ok(error) => {
                let text = format!(
                    "error {error}/255 max against the picture with orientation {tag} applied"
                );
                Row::figure("orientation", path, error == 0, text)
            }
            Err(message) => Row::figure("orientation", path, false, message),
        });
    }
    rows
}

/// Each of these pictures shows its number in the middle, which is painted over.
fn upright(file: &File) -> Result<Rgb, String> {
    let mut picture = job::pixels(&file.bytes, &Request::contain(256, 256).pixels())?.on_white();
    picture.paint_grey(0.42..0.58, 0.40..0.60);
    Ok(picture)
}

const JPEGS: [&str; 2] = ["exif/recurser/Landscape_", "exif/recurser/Portrait_"];
/// The orientation tag of each PNG by its number. All store the
/// same pixels; number 0 has no tag, and number 1 has tag 3.
const PNG_TAGS: [u8; 9] = [1, 3, 2, 3, 4, 5, 6, 7, 8];
const SSIM: f64 = 0.98;
