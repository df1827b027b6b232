//! Draws the sampled memory as SVG.

use std::fmt::Write;

/// The memory of the process at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) resident_bytes: u64,
    pub(crate) reserved_bytes: u64,
    /// Uploads that were answered so far.
    pub(crate) answered: u32,
}

pub(crate) struct Chart {
    pub(crate) uploads: u32,
    pub(crate) concurrent_uploads: usize,
    pub(crate) pool_mib: u64,
    pub(crate) address_space_mib: u64,
    pub(crate) busy_answers: u32,
    pub(crate) samples: Vec<Sample>,
}

impl Chart {
    pub(crate) fn to_svg(&self) -> String {
        let mut svg = self.title();
        for (mib, name, color) in [
            (self.address_space_mib, "limit of mapped memory", "#b3261e"),
            (self.pool_mib, "memory pool", "#1662c4"),
        ] {
            let _ = writeln!(
                svg,
                r#"<line x1="{LEFT}" x2="{0}" y1="{1:.1}" y2="{1:.1}" stroke="{color}" stroke-dasharray="6 4"/><text x="{2}" y="{3:.1}" fill="{color}">{mib} MiB: {name}</text>"#,
                LEFT + WIDTH,
                self.y(mib as f64),
                LEFT + 8.0,
                self.y(mib as f64) - 5.0,
            );
        }
        self.write_axes(&mut svg);
        self.write_lines(&mut svg);
        svg
    }

    fn title(&self) -> String {
        let peak = self.samples.iter().map(|sample| sample.resident_bytes).max().unwrap_or(0);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" font-family="sans-serif" font-size="13" role="img">
<title>Memory of the service during {uploads} uploads</title>
<rect width="{w}" height="{h}" fill="#fff"/>
<text x="{LEFT}" y="22">{uploads} uploads, 30 % bombs, {concurrent} at a time: peak of {peak:.1} MiB resident, {busy} answers 503</text>
"##,
            w = LEFT + WIDTH + 20.0,
            h = TOP + HEIGHT + 60.0,
            uploads = self.uploads,
            concurrent = self.concurrent_uploads,
            peak = peak as f64 / MIB,
            busy = self.busy_answers,
        )
    }

    fn write_axes(&self, svg: &mut String) {
        for step in 0..=4 {
            let mib = self.address_space_mib as f64 / 4.0 * f64::from(step);
            let seconds = self.end_seconds() / 4.0 * f64::from(step);
            let _ = writeln!(
                svg,
                r##"<text x="{:.1}" y="{:.1}" text-anchor="end" fill="#555">{mib:.0} MiB</text><text x="{:.1}" y="{:.1}" text-anchor="middle" fill="#555">{seconds:.0} s</text>"##,
                LEFT - 6.0,
                self.y(mib) + 4.0,
                self.x(seconds),
                TOP + HEIGHT + 20.0,
            );
        }
    }

    fn write_lines(&self, svg: &mut String) {
        let line = |y: &dyn Fn(&Sample) -> f64| {
            self.samples.iter().fold(String::new(), |mut line, sample| {
                let _ = write!(line, "{:.1},{:.1} ", self.x(sample.seconds), y(sample));
                line
            })
        };
        let answered = |sample: &Sample| f64::from(sample.answered) / f64::from(self.uploads);
        let _ = writeln!(
            svg,
            r##"<polyline points="{}" fill="none" stroke="#999" stroke-width="1.5"/>
<polyline points="{}" fill="none" stroke="#1662c4" stroke-width="1.5"/>
<polyline points="{}" fill="none" stroke="#222" stroke-width="2"/>
<text x="{LEFT}" y="{legend}" fill="#222">black: resident memory of the process</text>
<text x="{half}" y="{legend}" fill="#1662c4">blue: reserved from the pool</text>
<text x="{last}" y="{legend}" fill="#777">grey: answered, of {uploads}</text>
</svg>"##,
            line(&|sample| TOP + HEIGHT * (1.0 - answered(sample))),
            line(&|sample| self.y(sample.reserved_bytes as f64 / MIB)),
            line(&|sample| self.y(sample.resident_bytes as f64 / MIB)),
            legend = TOP + HEIGHT + 45.0,
            half = LEFT + WIDTH * 0.4,
            last = LEFT + WIDTH * 0.74,
            uploads = self.uploads,
        );
    }

    fn end_seconds(&self) -> f64 {
        self.samples.last().map_or(1.0, |sample| sample.seconds)
    }

    fn x(&self, seconds: f64) -> f64 {
        LEFT + WIDTH * seconds / self.end_seconds()
    }

    fn y(&self, mib: f64) -> f64 {
        TOP + HEIGHT * (1.0 - mib / (self.address_space_mib as f64 * 1.1))
    }
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const MIB: f64 = 1_048_576.0;
