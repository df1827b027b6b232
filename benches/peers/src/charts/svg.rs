//! Plain SVG: a card with text, lines and dots, for light and dark pages, and logarithmic axes.

use std::fmt::Write as _;

/// A drawing under construction.
#[derive(Debug)]
pub(crate) struct Svg {
    width: f64,
    height: f64,
    body: String,
}

/// Which point of a text is at its coordinates.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    pub(crate) const fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// Writes text. `class` is one of [`STYLE`].
    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{text}</text>"#
        );
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        self.path(&[from, to], class);
    }

    pub(crate) fn path(&mut self, points: &[(f64, f64)], class: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        let _ = writeln!(self.body, r#"<polyline points="{points}" class="{class}"/>"#);
    }

    pub(crate) fn dot(&mut self, (x, y): (f64, f64), radius: f64, class: &str) {
        let _ = writeln!(
            self.body,
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" class="{class}"/>"#
        );
    }

    /// The file. Screen readers read `title` instead of the drawing.
    pub(crate) fn finish(self, title: &str) -> String {
        let Self { width, height, body } = self;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{title}</title>
<style>
{STYLE}</style>
<rect x="0.5" y="0.5" width="{:.1}" height="{:.1}" rx="6" class="card"/>
{body}</svg>
"#,
            width - 1.0,
            height - 1.0
        )
    }
}

/// A logarithmic axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogScale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl LogScale {
    /// An axis from `start` to `end` in the drawing that has room for
    /// all values, which are positive.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>, start: f64, end: f64) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (1.0, 10.0);
        }
        // Extended to the next step of 1, 2, 5, so that the axis ends at a label.
        let low = steps().take_while(|&step| step <= low * 1.001).last().unwrap_or(low);
        let high = steps().find(|&step| step >= high * 0.999).unwrap_or(high);
        Self { low, high: high.max(low * 2.0), start, end }
    }

    /// An axis from `low` to `high`, wherever its steps are.
    pub(crate) const fn within(low: f64, high: f64, start: f64, end: f64) -> Self {
        Self { low, high, start, end }
    }

    pub(crate) fn at(self, value: f64) -> f64 {
        let part = (value.max(self.low) / self.low).ln() / (self.high / self.low).ln();
        self.start + part * (self.end - self.start)
    }

    /// The values of the grid lines: powers of ten, with 2 and 5 between them on a short axis.
    pub(crate) fn ticks(self) -> Vec<f64> {
        let inside = |step: &f64| (self.low * 0.999..=self.high * 1.001).contains(step);
        let all: Vec<f64> = steps().filter(inside).collect();
        if all.len() <= 8 {
            return all;
        }
        let is_power = |step: &f64| (step.log10() - step.log10().round()).abs() < 1e-6;
        all.into_iter().filter(is_power).collect()
    }
}

/// 1, 2, 5, 10, 20 … from a thousandth to a billion.
fn steps() -> impl Iterator<Item = f64> {
    (-3..9).flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * 10_f64.powi(power)))
}

/// A number as a label: at most three digits, or a separator after the thousands.
pub(crate) fn label(value: f64) -> String {
    if value >= 999.5 {
        let rounded = value.round() as u64;
        return format!("{},{:03}", rounded / 1_000, rounded % 1_000);
    }
    let text = match value {
        ..0.0095 => format!("{value:.3}"),
        ..0.995 => format!("{value:.2}"),
        ..9.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The class of a peer's colour.
pub(crate) fn color(peer: &str) -> &'static str {
    match peer {
        "bombproof" => "a",
        "sharp" => "b",
        "pyvips" => "c",
        "Pillow" => "d",
        _ => "e",
    }
}

/// `a` to `f` are the peers, the formats or the encoders. The card has a background of its own:
/// the text colours are chosen for it.
const STYLE: &str = "\
text { font: 12px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
.h { font-size: 14px; font-weight: 600 }
.s { font-size: 11px; fill: #59636e }
.w { font-weight: 600 }
.card { fill: #ffffff; stroke: #d1d9e0 }
.grid { stroke: #e3e7eb }
.axis { stroke: #8c959f }
.whisker { stroke: #59636e; stroke-width: 1.5 }
polyline { fill: none }
circle.a { fill: #0b7a55 }
circle.b { fill: #2563c9 }
circle.c { fill: #7a4fc0 }
circle.d { fill: #b8640c }
circle.e { fill: #6e7781 }
circle.f { fill: #b3325f }
polyline.a { stroke: #0b7a55; stroke-width: 2.5 }
polyline.b { stroke: #2563c9; stroke-width: 1.8 }
polyline.c { stroke: #7a4fc0; stroke-width: 1.8 }
polyline.d { stroke: #b8640c; stroke-width: 1.8 }
polyline.e { stroke: #6e7781; stroke-width: 1.8 }
polyline.f { stroke: #b3325f; stroke-width: 1.8 }
.dashed { stroke-dasharray: 6 4 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.s { fill: #9198a1 }
.card { fill: #0d1117; stroke: #3d444d }
.grid { stroke: #2a313a }
.axis { stroke: #656c76 }
.whisker { stroke: #9198a1 }
circle.a { fill: #2fbf8a }
circle.b { fill: #5b95f5 }
circle.c { fill: #a98bea }
circle.d { fill: #e08a2e }
circle.e { fill: #8b949e }
circle.f { fill: #f07ba0 }
polyline.a { stroke: #2fbf8a }
polyline.b { stroke: #5b95f5 }
polyline.c { stroke: #a98bea }
polyline.d { stroke: #e08a2e }
polyline.e { stroke: #8b949e }
polyline.f { stroke: #f07ba0 }
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_scale_ends_at_steps_and_keeps_the_order() {
        let scale = LogScale::of([0.7, 450.0], 100.0, 200.0);
        assert_eq!((scale.at(0.5), scale.at(500.0)), (100.0, 200.0));
        assert!(scale.at(1.0) < scale.at(10.0));
        assert_eq!(scale.ticks(), [1.0, 10.0, 100.0]);
        assert_eq!(LogScale::of([], 0.0, 1.0).at(1.0), 0.0);
    }

    #[test]
    fn labels_are_short() {
        let labels = [0.004, 0.25, 1.0, 3.08, 30.8, 999.0, 1_234.0].map(label);
        assert_eq!(labels, ["0.004", "0.25", "1", "3.1", "31", "999", "1,234"]);
    }
}
