//! A picture looks the same in every subsampling and interleaving of its components.

use bombproof::Request;
use similarity::picture::Rgb;
use similarity::ssim;

use crate::image_folder::File;
use crate::job;
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (start, first, known) in GROUPS {
        let group = || {
            let all = files.iter().filter(|file| file.path.starts_with(start));
            all.filter(|file| !file.path.contains("gray") && file.is_picture())
        };
        let first =
            files.iter().find(|file| file.path == *first).ok_or_else(|| "missing".to_owned());
        let first = first.and_then(pixels);
        rows.extend(parallel::on_each(group(), |file| {
            let similarity = match &first {
                Ok(first) => pixels(file).and_then(|other| ssim::compare(first, &other)),
                Err(message) => Err(message.clone()),
            };
            vec![match similarity {
                Ok(found) => {
                    let held = found.luma >= SSIM && found.channels >= SSIM_CHANNELS;
                    Row::figure(
                        "sampling",
                        &file.path,
                        held,
                        super::photo_similarity::figures(&found),
                    )
                }
                Err(message) => Row::figure("sampling", &file.path, false, message),
            }]
        }));
        rows.push(Row::count(*start, group().count(), *known));
    }
    rows
}

fn pixels(file: &File) -> Result<Rgb, String> {
    Ok(job::pixels(&file.bytes, &Request::cover(256, 256).pixels())?.on_white())
}

/// The prefix of the paths of a group, the picture that the others are compared with, and the known
/// number of pictures.
const GROUPS: &[(&str, &str, usize)] = &[
    ("jpeg/libjxl/flower/flower.png.im_q85_", "jpeg/libjxl/flower/flower.png.im_q85_444.jpg", 11),
    (
        "jpeg/libjxl/flower/flower_small.q85_",
        "jpeg/libjxl/flower/flower_small.q85_444_non_interleaved.jpg",
        4,
    ),
    ("jpeg/zune/non_interleaved_", "jpeg/zune/non_interleaved_444_64x64.jpg", 4),
];
const SSIM: f64 = 0.98;
const SSIM_CHANNELS: f64 = 0.95;
