//! The bytes of avatars by encoder, at equal similarity and at the same setting.

use std::fmt::Write as _;

use crate::outputs::encoders::{BASELINE, DEFAULT_QUALITY, ENCODERS, OUR_JPEG, OUR_WEBP};
use crate::outputs::equal_similarity::{Metric, bytes_at};
use crate::outputs::points::{Point, Points};
use crate::record::{AVATAR_SIDE, SIMILARITY_SIDES};
use crate::statistics::geometric_mean;

/// All tables and how to read them.
pub(crate) fn outputs(points: &Points) -> String {
    let files = points.files();
    let names: Vec<String> = files.iter().map(|file| format!("`{file}`")).collect();
    let mut text = format!("{} {METHOD}\n", counted(files.len(), "photograph"));
    for metric in Metric::ALL {
        let name = metric.name();
        let _ = write!(text, "\n## At equal {name}\n\n{EQUAL}\n\n{}", equal_table(points, metric));
    }
    let _ = write!(text, "\n## Lossy WebP beside our JPEG\n\n{WEBP}\n\n{}", webp_table(points));
    let _ = write!(
        text,
        "\n## At the same setting\n\n{}\n\n{}",
        setting_summary(points),
        setting_table(points)
    );
    let _ = write!(text, "\n## Files\n\n{}.\n", names.join(", "));
    text
}

/// A row for each encoder: its bytes divided by those of the baseline, by side.
fn equal_table(points: &Points, metric: Metric) -> String {
    table(|side| {
        let ratios = move |encoder: &str| Ratios::at_equal(points, metric, side, encoder, BASELINE);
        ENCODERS.iter().filter(|encoder| encoder.name != BASELINE).map(move |encoder| {
            (encoder.name.to_owned(), ratios(encoder.name).text(|mean| format!("×{mean:.3}")))
        })
    })
}

/// A row for each metric: how much shorter our lossy WebP is than our JPEG, by side.
fn webp_table(points: &Points) -> String {
    table(|side| {
        Metric::ALL.into_iter().map(move |metric| {
            let ratios = Ratios::at_equal(points, metric, side, OUR_WEBP, OUR_JPEG);
            let percent = |ratio: f64| format!("{:+.1} %", (ratio - 1.0) * 100.0).replace('-', "−");
            (format!("equal {}", metric.name()), ratios.text(percent))
        })
    })
}

/// A table with a column for each side. `column` has the names and the cells of the rows.
fn table<Rows: Iterator<Item = (String, String)>>(column: impl Fn(u32) -> Rows) -> String {
    let sides = SIMILARITY_SIDES.map(|side| format!("{side}×{side}"));
    let mut text = format!("| | {} |\n|---|{}\n", sides.join(" | "), "---|".repeat(sides.len()));
    let columns = SIMILARITY_SIDES.map(|side| column(side).collect::<Vec<_>>());
    for (row, (name, _)) in columns[0].iter().enumerate() {
        let cells: Vec<&str> = columns.iter().map(|column| column[row].1.as_str()).collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
    text
}

/// The bytes of an encoder divided by those of another one, for each photograph.
struct Ratios<'a> {
    by_file: Vec<(&'a str, f64)>,
    /// Photographs without a file of the encoder on both sides of the similarity.
    missing: usize,
}

impl<'a> Ratios<'a> {
    /// At the similarity that `other` has with its default.
    fn at_equal(points: &'a Points, metric: Metric, side: u32, encoder: &str, other: &str) -> Self {
        let mut ratios = Self { by_file: Vec::new(), missing: 0 };
        for file in points.files() {
            let Some(reference) = at_default(points, file, side, other) else { continue };
            let ladder = points.ladder(file, side, encoder);
            match bytes_at(&ladder, metric, metric.height(reference)) {
                Some(bytes) => ratios.by_file.push((file, bytes / reference.bytes as f64)),
                None => ratios.missing += 1,
            }
        }
        ratios
    }

    /// The mean, and the file with the largest ratio.
    fn text(&self, number: impl Fn(f64) -> String) -> String {
        let values: Vec<f64> = self.by_file.iter().map(|(_, ratio)| *ratio).collect();
        let worst = self.by_file.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(mean), Some((file, ratio))) = (geometric_mean(&values), worst) else {
            return "–".to_owned();
        };
        let mut text = format!("**{}**<br>{} `{file}`", number(mean), number(*ratio));
        if self.missing > 0 {
            let _ = write!(text, "<br>{}", counted(values.len(), "file"));
        }
        text
    }
}

/// Our JPEG and that of sharp, with the default of both.
struct Pair<'a> {
    file: &'a str,
    ours: &'a Point,
    theirs: &'a Point,
}

fn pairs(points: &Points) -> Vec<Pair<'_>> {
    let pair = |file| {
        let at = |encoder| at_default(points, file, AVATAR_SIDE, encoder);
        Some(Pair { file, ours: at(OUR_JPEG)?, theirs: at(BASELINE)? })
    };
    points.files().into_iter().filter_map(pair).collect()
}

fn setting_summary(points: &Points) -> String {
    let pairs = pairs(points);
    let count = |holds: fn(&Pair<'_>) -> bool| pairs.iter().filter(|pair| holds(pair)).count();
    let ratios: Vec<f64> =
        pairs.iter().map(|pair| pair.ours.bytes as f64 / pair.theirs.bytes as f64).collect();
    let mean = geometric_mean(&ratios).map_or_else(|| "–".to_owned(), |mean| format!("×{mean:.3}"));
    format!(
        "JPEG of quality {DEFAULT_QUALITY} at {AVATAR_SIDE}×{AVATAR_SIDE}: that of sharp, and ours. \
         Of {}, ours is not longer on\n{}, its SSIM is not lower on {} ({} if a difference of 0.0005 counts as none), and its \
         SSIMULACRA2 on {}\n({} within 0.5). The geometric mean of the bytes is {mean}. **Bold** where ours is longer, or lower \
         by more than\n0.0005 or 0.5.",
        counted(pairs.len(), "photograph"),
        count(|pair| pair.ours.bytes <= pair.theirs.bytes),
        count(|pair| pair.ours.ssim >= pair.theirs.ssim),
        count(|pair| !is_less_similar(pair)),
        count(|pair| pair.ours.ssimulacra2 >= pair.theirs.ssimulacra2),
        count(|pair| !has_lower_score(pair)),
    )
}

fn setting_table(points: &Points) -> String {
    let mut text = format!("{SETTING_COLUMNS}\n");
    for pair in pairs(points) {
        let Pair { file, ours, theirs } = pair;
        let marked = |text: String, is_marked| if is_marked { format!("**{text}**") } else { text };
        let ratio = format!("×{:.3}", ours.bytes as f64 / theirs.bytes as f64);
        let ssim = format!("{:.4} / {:.4}", theirs.ssim, ours.ssim);
        let score = format!("{:.1} / {:.1}", theirs.ssimulacra2, ours.ssimulacra2);
        let _ = writeln!(
            text,
            "| `{file}` | {} / {} | {} | {} | {} |",
            theirs.bytes,
            ours.bytes,
            marked(ratio, ours.bytes > theirs.bytes),
            marked(ssim, is_less_similar(&pair)),
            marked(score, has_lower_score(&pair)),
        );
    }
    text
}

fn is_less_similar(pair: &Pair<'_>) -> bool {
    pair.ours.ssim < pair.theirs.ssim - 0.0005
}

fn has_lower_score(pair: &Pair<'_>) -> bool {
    pair.ours.ssimulacra2 < pair.theirs.ssimulacra2 - 0.5
}

fn at_default<'a>(points: &'a Points, file: &str, side: u32, encoder: &str) -> Option<&'a Point> {
    let ladder = points.ladder(file, side, encoder);
    ladder.into_iter().find(|point| point.quality == DEFAULT_QUALITY)
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

const METHOD: &str = "\
in four sizes. bombproof makes each small picture, and every encoder gets exactly its
pixels, as a PNG. Pillow decodes all files. They are compared with the small picture by the SSIM of the luma and by
SSIMULACRA2. [BENCHMARKING.md](../../BENCHMARKING.md) defines both.";

const EQUAL: &str = "\
The bytes of an encoder, divided by those of sharp's JPEG with its defaults (quality 80), at the similarity that sharp's
file has: the geometric mean of the photographs, and the photograph with the largest ratio. Less is better.";

const WEBP: &str = "\
The bytes of our lossy WebP beside those of our JPEG of quality 80, at the similarity of the latter: the mean, and the
photograph that gains least.";

const SETTING_COLUMNS: &str = "\
| | bytes: sharp / ours | ratio | SSIM: sharp / ours | SSIMULACRA2: sharp / ours |
|---|---|---|---|---|";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::points::tests::points;

    fn record() -> Points {
        points(
            AVATAR_SIDE,
            &[
                ("a.png", BASELINE, 80, 2_000, 0.99, 80.0),
                ("a.png", OUR_JPEG, 80, 2_000, 0.99, 79.0),
                ("a.png", OUR_WEBP, 70, 1_000, 0.98, 80.0),
                ("a.png", OUR_WEBP, 80, 1_500, 0.99, 85.0),
                ("b.png", BASELINE, 80, 1_000, 0.98, 80.0),
                ("b.png", OUR_JPEG, 80, 1_010, 0.98, 80.0),
                ("b.png", OUR_WEBP, 80, 900, 0.99, 85.0),
            ],
        )
    }

    #[test]
    fn bytes_are_divided_at_equal_similarity_and_files_outside_the_ladder_are_counted() {
        let text = equal_table(&record(), Metric::Ssim);
        let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap().to_owned();
        assert_eq!(
            row(OUR_WEBP),
            format!("| {OUR_WEBP} | – | – | **×0.750**<br>×0.750 `a.png`<br>1 file | – |")
        );
        assert_eq!(row("Pillow"), "| Pillow JPEG | – | – | – | – |");
        assert!(webp_table(&record()).contains("**−25.0 %**<br>−25.0 % `a.png`"));
        assert!(webp_table(&record()).contains("equal SSIMULACRA2"));
    }

    #[test]
    fn a_longer_or_less_similar_file_of_ours_is_bold() {
        let text = setting_table(&record());
        assert!(
            text.contains("| `a.png` | 2000 / 2000 | ×1.000 | 0.9900 / 0.9900 | **80.0 / 79.0** |")
        );
        assert!(
            text.contains("| `b.png` | 1000 / 1010 | **×1.010** | 0.9800 / 0.9800 | 80.0 / 80.0 |")
        );
        let summary = setting_summary(&record());
        assert!(
            summary.contains(
                "Of 2 photographs, ours is not longer on\n1, its SSIM is not lower on 2 (2"
            )
        );
        assert!(outputs(&record()).ends_with("## Files\n\n`a.png`, `b.png`.\n"));
    }
}
