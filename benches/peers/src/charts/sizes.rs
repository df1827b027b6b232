//! The chart of ratios by size: of the target, and of the upload. A line for each format.

use crate::cell_times::{CellTimes, cell_times};
use crate::cells::{MEGAPIXELS, SIDES};
use crate::charts::svg::{Anchor, LogScale, Svg, label};
use crate::record::{FORMATS, Record};
use crate::statistics::geometric_mean;

/// The time of sharp divided by that of bombproof: geometric means.
pub(crate) fn ratios_by_size(record: &Record) -> String {
    let cells = cell_times(record);
    let sides = SIDES.map(f64::from);
    let panels = [
        Panel {
            title: "by side of the target",
            unit: "px",
            curves: curves(&cells, &sides, |cell| f64::from(cell.cell.side)),
            ticks: sides,
        },
        Panel {
            title: "by size of the upload",
            unit: "MP",
            curves: curves(&cells, &MEGAPIXELS, |cell| cell.megapixels),
            ticks: MEGAPIXELS,
        },
    ];
    let all = panels.iter().flat_map(|panel| panel.curves.iter().flatten());
    // Both panels share one scale, and 1 is on it.
    let up = LogScale::of(all.map(|point| point.1).chain([1.0]), PANEL.1, 0.0);
    let mut svg = Svg::new(WIDTH, TOP + PANEL.1 + 84.0);
    svg.text((16.0, 26.0), Anchor::Start, "h", TITLE);
    for (index, panel) in panels.iter().enumerate() {
        draw(&mut svg, panel, LEFT + index as f64 * (PANEL.0 + GAP), up);
    }
    for (index, (format, class)) in FORMATS.into_iter().zip(CLASSES).enumerate() {
        let (x, y) = (LEFT + index as f64 * 150.0, TOP + PANEL.1 + 44.0);
        svg.path(&[(x, y), (x + 24.0, y)], class);
        svg.dot((x + 12.0, y), 3.0, class);
        svg.text((x + 30.0, y + 4.0), Anchor::Start, "", format);
    }
    svg.text((LEFT, TOP + PANEL.1 + 70.0), Anchor::Start, "s", NOTE);
    svg.finish(TITLE)
}

struct Panel {
    title: &'static str,
    unit: &'static str,
    /// For each format, the places and their ratios.
    curves: [Vec<(f64, f64)>; FORMATS.len()],
    ticks: [f64; 6],
}

fn curves(
    cells: &[CellTimes],
    places: &[f64],
    place_of: impl Fn(&CellTimes) -> f64,
) -> [Vec<(f64, f64)>; FORMATS.len()] {
    FORMATS.map(|format| {
        let point = |&place: &f64| {
            let here = cells.iter().filter(|c| c.format == format && place_of(c) == place);
            let ratios: Vec<f64> = here.filter_map(|cell| Some(cell.ratio?.median)).collect();
            Some((place, geometric_mean(&ratios)?))
        };
        places.iter().filter_map(point).collect()
    })
}

fn draw(svg: &mut Svg, panel: &Panel, left: f64, up: LogScale) {
    let across = LogScale::within(panel.ticks[0], panel.ticks[5], left, left + PANEL.0);
    svg.text((left, TOP - 14.0), Anchor::Start, "w", panel.title);
    for tick in up.ticks() {
        let y = TOP + up.at(tick);
        let class = if tick == 1.0 { "axis" } else { "grid" };
        svg.line((left, y), (left + PANEL.0, y), class);
        svg.text((left - 6.0, y + 4.0), Anchor::End, "s", &format!("×{}", label(tick)));
    }
    for tick in panel.ticks {
        let x = across.at(tick);
        svg.line((x, TOP), (x, TOP + PANEL.1), "grid");
        svg.text((x, TOP + PANEL.1 + 16.0), Anchor::Middle, "s", &label(tick));
    }
    let unit = (left + PANEL.0 + 26.0, TOP + PANEL.1 + 16.0);
    svg.text(unit, Anchor::Start, "s", panel.unit);
    for (points, class) in panel.curves.iter().zip(CLASSES) {
        let points: Vec<(f64, f64)> =
            points.iter().map(|&(x, y)| (across.at(x), TOP + up.at(y))).collect();
        svg.path(&points, class);
        points.iter().for_each(|&point| svg.dot(point, 3.0, class));
    }
}

const TITLE: &str = "Time of sharp divided by that of bombproof, by size";
const NOTE: &str = "geometric means; above ×1, bombproof is faster; both scales are logarithmic";

/// The colours of the formats.
const CLASSES: [&str; FORMATS.len()] = ["a", "b", "c", "d", "e"];

const PANEL: (f64, f64) = (340.0, 240.0);
const LEFT: f64 = 60.0;
const TOP: f64 = 70.0;
const GAP: f64 = 84.0;
const WIDTH: f64 = LEFT + 2.0 * PANEL.0 + GAP + 52.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell_times::tests::record;
    use crate::peer::OURS;

    #[test]
    fn a_format_is_a_line_in_both_panels_and_1_is_marked() {
        let times = [(OURS, "cover_64", 10.0), ("sharp", "cover_64", 30.0)];
        let more = [(OURS, "cover_128", 10.0), ("sharp", "cover_128", 40.0)];
        let svg = ratios_by_size(&record(&[times, more].concat()));
        assert_eq!(svg.matches(r#"<circle"#).count(), 2 + 1 + FORMATS.len());
        assert_eq!(svg.matches(r#"class="axis""#).count(), 2);
    }
}
