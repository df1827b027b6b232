//! The storm as a picture, drawn from its samples.

use std::fmt::Write;

use super::{AT_A_TIME, CEILING_MIB, POOL_MIB, Sample, UPLOADS};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;

pub(super) fn draw(samples: &[Sample], peak: u64, busy: u32) -> String {
    let end = samples.last().map_or(1.0, |sample| sample.seconds);
    let top_mib = CEILING_MIB as f64 * 1.1;
    let x = |seconds: f64| LEFT + WIDTH * seconds / end;
    let y = |mib: f64| TOP + HEIGHT * (1.0 - mib / top_mib);
    let line = |height: &dyn Fn(&Sample) -> f64| {
        samples.iter().fold(String::new(), |mut line, sample| {
            let _ = write!(line, "{:.1},{:.1} ", x(sample.seconds), height(sample));
            line
        })
    };
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" font-family="sans-serif" font-size="13" role="img">
<title>Memory of the service in a storm of {UPLOADS} uploads</title>
<rect width="{w}" height="{h}" fill="#fff"/>
<text x="{LEFT}" y="22">{UPLOADS} uploads, 30 % bombs, {AT_A_TIME} at a time: {peak:.1} MiB resident at the most, told {busy} times to come back</text>
"##,
        w = LEFT + WIDTH + 20.0,
        h = TOP + HEIGHT + 60.0,
        peak = peak as f64 / MIB,
    );
    for (mib, name, color) in
        [(CEILING_MIB, "all that may be mapped", "#b3261e"), (POOL_MIB, "the pool", "#1662c4")]
    {
        let _ = writeln!(
            svg,
            r#"<line x1="{LEFT}" x2="{0}" y1="{1:.1}" y2="{1:.1}" stroke="{color}" stroke-dasharray="6 4"/><text x="{2}" y="{3:.1}" fill="{color}">{mib} MiB: {name}</text>"#,
            LEFT + WIDTH,
            y(mib as f64),
            LEFT + 8.0,
            y(mib as f64) - 5.0,
        );
    }
    for step in 0..=4 {
        let mib = CEILING_MIB as f64 / 4.0 * f64::from(step);
        let seconds = end / 4.0 * f64::from(step);
        let _ = writeln!(
            svg,
            r##"<text x="{:.1}" y="{:.1}" text-anchor="end" fill="#555">{mib:.0} MiB</text><text x="{:.1}" y="{:.1}" text-anchor="middle" fill="#555">{seconds:.0} s</text>"##,
            LEFT - 6.0,
            y(mib) + 4.0,
            x(seconds),
            TOP + HEIGHT + 20.0,
        );
    }
    let _ = writeln!(
        svg,
        r##"<polyline points="{}" fill="none" stroke="#999" stroke-width="1.5"/>
<polyline points="{}" fill="none" stroke="#1662c4" stroke-width="1.5"/>
<polyline points="{}" fill="none" stroke="#222" stroke-width="2"/>
<text x="{LEFT}" y="{legend}" fill="#222">black: resident memory of the process</text>
<text x="{half}" y="{legend}" fill="#1662c4">blue: reserved from the pool</text>
<text x="{last}" y="{legend}" fill="#777">grey: answered, of {UPLOADS}</text>
</svg>"##,
        line(&|sample| TOP + HEIGHT * (1.0 - f64::from(sample.answered) / f64::from(UPLOADS))),
        line(&|sample| y(sample.reserved as f64 / MIB)),
        line(&|sample| y(sample.resident as f64 / MIB)),
        legend = TOP + HEIGHT + 45.0,
        half = LEFT + WIDTH * 0.4,
        last = LEFT + WIDTH * 0.74,
    );
    svg
}

const MIB: f64 = 1_048_576.0;
