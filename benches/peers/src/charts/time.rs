//! The chart of times: a group for each format, a dot for each peer. Dots,
//! because the length of a bar means nothing on a logarithmic scale.

use crate::charts::svg::{Anchor, LogScale, Svg, color, label};
use crate::peer;
use crate::record::{FORMATS, Record};
use crate::statistics::Spread;

/// Milliseconds per megapixel of the upload, by format and peer.
pub(crate) fn time_by_format(record: &Record) -> String {
    let groups =
        FORMATS.map(|format| (format, peer::ALL.map(|peer| dot(record, format, peer.name))));
    let ends = groups.iter().flat_map(|(_, dots)| dots.iter().flatten());
    let ends = ends.flat_map(|dot| [dot.low, dot.high]);
    let scale = LogScale::of(ends, LEFT, WIDTH - RIGHT);
    let group = peer::ALL.len() as f64 * ROW + GAP;
    let bottom = TOP + FORMATS.len() as f64 * group;
    let mut svg = Svg::new(WIDTH, bottom + 64.0);
    svg.text((16.0, 26.0), Anchor::Start, "h", TITLE);
    for tick in scale.ticks() {
        let x = scale.at(tick);
        svg.line((x, TOP - 6.0), (x, bottom), "grid");
        svg.text((x, bottom + 16.0), Anchor::Middle, "s", &label(tick));
    }
    svg.line((LEFT, TOP - 6.0), (LEFT, bottom), "axis");
    for (line, text) in AXIS.iter().enumerate() {
        let y = bottom + 36.0 + line as f64 * 16.0;
        svg.text((LEFT, y), Anchor::Start, "s", text);
    }
    for (index, (format, dots)) in groups.iter().enumerate() {
        let top = TOP + index as f64 * group;
        svg.text((16.0, top + group / 2.0), Anchor::Start, "w", format);
        for (index, (peer, dot)) in peer::ALL.iter().zip(dots).enumerate() {
            let middle = top + (index as f64 + 0.5) * ROW;
            let class = if peer.name == peer::OURS { "w" } else { "" };
            svg.text((LEFT - 8.0, middle + 4.0), Anchor::End, class, peer.name);
            let Some(dot) = dot else {
                svg.text((LEFT + 6.0, middle + 4.0), Anchor::Start, "s", "refused");
                continue;
            };
            svg.line((LEFT, middle), (WIDTH - RIGHT, middle), "grid");
            svg.line((scale.at(dot.low), middle), (scale.at(dot.high), middle), "whisker");
            svg.dot((scale.at(dot.median), middle), 5.0, color(peer.name));
            let place = (scale.at(dot.high) + 10.0, middle + 4.0);
            svg.text(place, Anchor::Start, class, &label(dot.median));
        }
    }
    svg.finish(TITLE)
}

/// The median of the files' medians, with the fastest and the slowest file.
fn dot(record: &Record, format: &str, peer: &str) -> Option<Spread> {
    let files = record.files("photos");
    let files = files.iter().filter(|file| file.format == format);
    let medians: Vec<f64> = files
        .filter_map(|file| {
            let times = record.values("photos", &file.file, peer, "time_ns");
            let median = Spread::of(times.map(|(_, value)| value))?.median;
            Some(median / 1e6 / file.megapixels())
        })
        .collect();
    let median = Spread::of(medians.iter().copied())?.median;
    let low = medians.iter().copied().fold(f64::INFINITY, f64::min);
    let high = medians.iter().copied().fold(0.0, f64::max);
    Some(Spread { low, median, high })
}

const TITLE: &str = "Time for an avatar of 256×256, by format of the upload";
const AXIS: [&str; 2] = [
    "milliseconds per megapixel of the upload, on one core; left is better; logarithmic scale",
    "dot: median of the files of the format; line: from the fastest file to the slowest",
];
const WIDTH: f64 = 860.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 52.0;
const ROW: f64 = 17.0;
const GAP: f64 = 14.0;
