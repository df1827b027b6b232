//! The chart of encoders: bytes against similarity. A line for each encoder, a dot for each quality.

use crate::charts::svg::{Anchor, LogScale, Svg, label};
use crate::outputs::encoders::{ENCODERS, QUALITIES};
use crate::outputs::points::{Point, Points};
use crate::record::AVATAR_SIDE;

/// The means of all photographs.
pub(crate) fn bytes_by_similarity(points: &Points) -> String {
    let curves = ENCODERS.map(|encoder| (encoder, curve(points, encoder.name)));
    let all = || curves.iter().flat_map(|(_, points)| points);
    let across = LogScale::of(all().map(|point| point.0), LEFT, LEFT + PANEL.0);
    // What is missing to 1, so that the axis is longer where pictures are more similar.
    let up = LogScale::of(all().map(|point| 1.0 - point.1), TOP, TOP + PANEL.1);
    let bottom = TOP + PANEL.1;
    let mut svg = Svg::new(WIDTH, bottom + 60.0);
    svg.text((16.0, 26.0), Anchor::Start, "h", TITLE);
    svg.text((LEFT - 6.0, TOP - 10.0), Anchor::End, "s", "SSIM");
    for tick in up.ticks() {
        let y = up.at(tick);
        svg.line((LEFT, y), (LEFT + PANEL.0, y), "grid");
        svg.text((LEFT - 6.0, y + 4.0), Anchor::End, "s", &similarity_label(tick));
    }
    for tick in across.ticks() {
        let x = across.at(tick);
        svg.line((x, TOP), (x, bottom), "grid");
        svg.text((x, bottom + 16.0), Anchor::Middle, "s", &label(tick));
    }
    svg.text((LEFT + PANEL.0 + 22.0, bottom + 16.0), Anchor::Start, "s", "kB");
    for (index, (encoder, points)) in curves.iter().enumerate() {
        let points: Vec<(f64, f64)> = points
            .iter()
            .map(|&(kilobytes, ssim)| (across.at(kilobytes), up.at(1.0 - ssim)))
            .collect();
        svg.path(&points, encoder.class);
        points.iter().for_each(|&point| svg.dot(point, 3.0, encoder.class));
        let (x, y) = (LEFT + PANEL.0 + 40.0, TOP + 8.0 + index as f64 * 22.0);
        svg.path(&[(x, y), (x + 30.0, y)], encoder.class);
        svg.dot((x + 15.0, y), 3.0, encoder.class);
        svg.text((x + 38.0, y + 4.0), Anchor::Start, "", encoder.name);
    }
    svg.text((LEFT, bottom + 42.0), Anchor::Start, "s", NOTE);
    svg.finish(TITLE)
}

/// Kilobytes and SSIM of each quality: the means of the photographs.
fn curve(points: &Points, encoder: &str) -> Vec<(f64, f64)> {
    let of_encoder: Vec<&Point> = points
        .all
        .iter()
        .filter(|point| point.side == AVATAR_SIDE && point.encoder == encoder)
        .collect();
    let mean = |quality| {
        let of_quality = || of_encoder.iter().filter(|point| point.quality == quality);
        let count = of_quality().count() as f64;
        let bytes: f64 = of_quality().map(|point| point.bytes as f64).sum();
        let ssim: f64 = of_quality().map(|point| point.ssim).sum();
        (count > 0.0).then(|| (bytes / count / 1e3, ssim / count))
    };
    QUALITIES.into_iter().filter_map(mean).collect()
}

/// The SSIM from what is missing to 1.
fn similarity_label(missing: f64) -> String {
    let text = format!("{:.3}", 1.0 - missing);
    text.trim_end_matches('0').to_owned()
}

const TITLE: &str = "Bytes of an avatar of 256×256 by similarity";
const NOTE: &str = "SSIM of the luma; means of the photographs; a dot for each quality; up and left is better; both scales are logarithmic";

const PANEL: (f64, f64) = (540.0, 330.0);
const LEFT: f64 = 60.0;
const TOP: f64 = 62.0;
const WIDTH: f64 = LEFT + PANEL.0 + 260.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::encoders::BASELINE;
    use crate::outputs::points::tests::points;

    #[test]
    fn a_quality_is_the_mean_of_the_photographs() {
        let points = points(
            AVATAR_SIDE,
            &[
                ("a", BASELINE, 80, 1_000, 0.98, 0.0),
                ("a", BASELINE, 90, 4_000, 0.99, 0.0),
                ("b", BASELINE, 80, 3_000, 0.96, 0.0),
            ],
        );
        assert_eq!(curve(&points, BASELINE), [(2.0, 0.97), (4.0, 0.99)]);
        let svg = bytes_by_similarity(&points);
        assert_eq!(svg.matches("<circle").count(), 2 + ENCODERS.len());
        assert!(svg.contains(">0.99<"));
    }
}
