//! The charts of growth: the cost of larger pictures, a panel for each format.

use crate::charts::svg::{Anchor, LogScale, Svg, color, label};
use crate::peer;
use crate::record::{FORMATS, Record};
use crate::statistics::Spread;

/// Peak memory from 1 to 100 megapixels.
pub(crate) fn memory(record: &Record) -> String {
    let title = "Memory of one job, by size of the picture";
    panels(record, title, "MB", |file, peer| {
        let grown = record.values("growth", file, peer, "grown_bytes");
        // A job that fits into memory that the process already has is drawn at the lower edge.
        Some(Spread::of(grown.map(|(_, value)| value / 1e6))?.median.max(0.1))
    })
}

/// Time from 1 to 100 megapixels.
pub(crate) fn time(record: &Record) -> String {
    panels(record, "Time of one job, by size of the picture", "ms", |file, peer| {
        let times = record.values("growth", file, peer, "time_ns");
        Some(Spread::of(times.map(|(_, value)| value / 1e6))?.median)
    })
}

/// The cost of a peer, by megapixels.
struct Curve {
    peer: &'static str,
    points: Vec<(f64, f64)>,
}

fn panels(
    record: &Record,
    title: &str,
    unit: &str,
    value: impl Fn(&str, &str) -> Option<f64>,
) -> String {
    let files = record.files("growth");
    let points = |format: &str, peer: &str| -> Vec<(f64, f64)> {
        let files = files.iter().filter(|file| file.format == format);
        files.filter_map(|file| Some((file.megapixels(), value(&file.file, peer)?))).collect()
    };
    let curves = FORMATS.map(|format| {
        peer::GROWTH.map(|peer| Curve { peer: peer.name, points: points(format, peer.name) })
    });
    let all = || curves.iter().flatten().flat_map(|curve| &curve.points);
    // All panels share one scale, so that they can be compared.
    let across = LogScale::of(all().map(|point| point.0), 0.0, PANEL.0);
    let up = LogScale::of(all().map(|point| point.1), PANEL.1, 0.0);
    let mut svg = Svg::new(3.0 * (PANEL.0 + GAP.0) + 40.0, 2.0 * (PANEL.1 + GAP.1) + 44.0);
    svg.text((16.0, 26.0), Anchor::Start, "h", title);
    for (index, format) in FORMATS.iter().enumerate() {
        let (left, top) = place(index);
        svg.text((left, top - 10.0), Anchor::Start, "w", format);
        svg.text((left - 6.0, top - 10.0), Anchor::End, "s", unit);
        svg.text((left + PANEL.0 + 30.0, top + PANEL.1 + 15.0), Anchor::End, "s", "MP");
        for tick in up.ticks() {
            let y = top + up.at(tick);
            svg.line((left, y), (left + PANEL.0, y), "grid");
            svg.text((left - 6.0, y + 4.0), Anchor::End, "s", &label(tick));
        }
        for tick in across.ticks() {
            let x = left + across.at(tick);
            svg.line((x, top), (x, top + PANEL.1), "grid");
            svg.text((x, top + PANEL.1 + 15.0), Anchor::Middle, "s", &label(tick));
        }
        for Curve { peer, points } in &curves[index] {
            let place = |&(x, y): &(f64, f64)| (left + across.at(x), top + up.at(y));
            let points: Vec<_> = points.iter().map(place).collect();
            svg.path(&points, color(peer));
            points.iter().for_each(|&point| svg.dot(point, 3.0, color(peer)));
        }
    }
    let (left, top) = place(FORMATS.len());
    for (index, peer) in peer::GROWTH.iter().enumerate() {
        let y = top + 20.0 + index as f64 * 24.0;
        svg.path(&[(left, y), (left + 30.0, y)], color(peer.name));
        svg.dot((left + 15.0, y), 3.0, color(peer.name));
        svg.text((left + 40.0, y + 4.0), Anchor::Start, "w", peer.name);
    }
    let notes = [
        format!("vertical: {unit}; horizontal: megapixels (MP)"),
        "both scales are logarithmic".to_owned(),
        "lower is better".to_owned(),
        "a line ends where larger files are refused".to_owned(),
    ];
    for (index, note) in notes.iter().enumerate() {
        svg.text((left, top + 84.0 + index as f64 * 18.0), Anchor::Start, "s", note);
    }
    svg.finish(title)
}

fn place(index: usize) -> (f64, f64) {
    let (column, row) = ((index % 3) as f64, (index / 3) as f64);
    (56.0 + column * (PANEL.0 + GAP.0), 70.0 + row * (PANEL.1 + GAP.1))
}

/// Width and height of a panel, and the gaps between panels.
const PANEL: (f64, f64) = (222.0, 170.0);
const GAP: (f64, f64) = (54.0, 62.0);
