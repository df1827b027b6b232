//! The decoders in C as programs: `djpeg` of libjpeg-turbo and `dwebp` of libwebp. They decode
//! and scale, but do not crop, convert colours or encode, so their times are only a lower limit.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::cells::Cell;
use crate::input_files::InputFile;
use crate::peer;
use crate::statistics::Spread;

/// A program that is installed.
#[derive(Debug)]
pub(crate) struct Floor {
    kind: Kind,
    /// The time that the program takes for a tiny file. It is subtracted from every other time.
    start_up_ns: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Djpeg,
    Dwebp,
}

impl Floor {
    /// The programs that are installed.
    pub(crate) fn installed() -> Vec<Self> {
        let floor = |kind: Kind| {
            let tiny = peer::folder().join("../../corpus/valid").join(kind.tiny_file());
            let times = (0..START_UPS).filter_map(|_| run(&kind.decode(&[], &tiny)));
            let start_up_ns = Spread::of(times)?.median;
            Some(Self { kind, start_up_ns })
        };
        [Kind::Djpeg, Kind::Dwebp].into_iter().filter_map(floor).collect()
    }

    /// As the record names it.
    pub(crate) const fn name(&self) -> &'static str {
        match self.kind {
            Kind::Djpeg => JPEG_FLOOR,
            Kind::Dwebp => WEBP_FLOOR,
        }
    }

    /// Its version, and what is subtracted.
    pub(crate) fn version(&self) -> String {
        let printed = Command::new(self.kind.program()).arg("-version").output();
        let printed = printed.map(|output| [output.stdout, output.stderr].concat());
        let printed = String::from_utf8_lossy(&printed.unwrap_or_default()).into_owned();
        let version = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
        format!(
            "{} {} ({} as a process, {:.1} ms of start-up subtracted)",
            self.name(),
            printed.split_whitespace().find(version).unwrap_or("?"),
            self.kind.program(),
            self.start_up_ns / 1e6
        )
    }

    /// The nanoseconds for a cell, without the start of the process. `None` if the file is of
    /// another format, cannot be decoded, or is so small that the start is most of the time.
    pub(crate) fn time_ns(&self, photo: &InputFile, cell: Cell) -> Option<f64> {
        if floor_of(photo.format) != Some(self.name()) || photo.megapixels() < LEAST_MEGAPIXELS {
            return None;
        }
        let (width, height) = (photo.width, photo.height);
        let scale = match self.kind {
            Kind::Djpeg => {
                let eighths = eighths(cell, width, height);
                vec!["-scale".to_owned(), format!("{eighths}/8")]
            }
            Kind::Dwebp => {
                let (width, height) = scaled(cell, width, height);
                vec!["-scale".to_owned(), width.to_string(), height.to_string()]
            }
        };
        let elapsed = run(&self.kind.decode(&scale, &photo.path))?;
        Some(elapsed - self.start_up_ns).filter(|&decoding| decoding > 0.0)
    }
}

impl Kind {
    const fn program(self) -> &'static str {
        match self {
            Self::Djpeg => "djpeg",
            Self::Dwebp => "dwebp",
        }
    }

    const fn tiny_file(self) -> &'static str {
        match self {
            Self::Djpeg => "progressive-dc-only.jpg",
            Self::Dwebp => "lossy-1x1.webp",
        }
    }

    /// The command that decodes a file and writes nothing to a disk.
    fn decode(self, scale: &[String], file: &Path) -> Vec<String> {
        let output: &[&str] = match self {
            Self::Djpeg => &["-outfile", "/dev/null"],
            Self::Dwebp => &["-quiet"],
        };
        let mut words = peer::on_one_core();
        words.push(self.program().to_owned());
        words.extend_from_slice(scale);
        words.extend(output.iter().map(|&word| word.to_owned()));
        words.push(file.display().to_string());
        words
    }
}

/// The program for a format, as the record names it.
pub(crate) fn floor_of(format: &str) -> Option<&'static str> {
    match format.split(' ').next() {
        Some("JPEG") => Some(JPEG_FLOOR),
        Some("WebP") => Some(WEBP_FLOOR),
        _ => None,
    }
}

/// The smallest scale of libjpeg at which the picture covers the target.
fn eighths(cell: Cell, width: u32, height: u32) -> u32 {
    let side = cell.fit.decisive(width, height);
    (1..8).find(|eighths| (side * eighths).div_ceil(8) >= cell.side).unwrap_or(8)
}

/// The size of the picture when its decisive side is that of the target.
fn scaled(cell: Cell, width: u32, height: u32) -> (u32, u32) {
    let side = f64::from(cell.fit.decisive(width, height));
    let factor = f64::from(cell.requested_side(width, height)) / side;
    let scaled = |length: u32| (f64::from(length) * factor).round().max(1.0) as u32;
    (scaled(width), scaled(height))
}

/// The nanoseconds of a process. `None` if it fails.
fn run(words: &[String]) -> Option<f64> {
    let (program, arguments) = words.split_first()?;
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let elapsed = start.elapsed().as_nanos() as f64;
    status.is_ok_and(|status| status.success()).then_some(elapsed)
}

const JPEG_FLOOR: &str = "libjpeg-turbo";
const WEBP_FLOOR: &str = "libwebp";

const START_UPS: u32 = 21;

const LEAST_MEGAPIXELS: f64 = 0.9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Fit;

    #[test]
    fn the_scale_is_the_smallest_that_covers_the_target() {
        let cell = |fit, side| Cell { fit, side };
        assert_eq!(eighths(cell(Fit::Cover, 256), 4_032, 3_024), 1);
        assert_eq!(eighths(cell(Fit::Cover, 512), 4_032, 3_024), 2);
        assert_eq!(eighths(cell(Fit::Contain, 512), 4_032, 3_024), 2);
        assert_eq!(eighths(cell(Fit::Contain, 504), 4_032, 3_024), 1);
        assert_eq!(eighths(cell(Fit::Cover, 2_048), 640, 480), 8);
        assert_eq!(scaled(cell(Fit::Cover, 128), 400, 200), (256, 128));
        assert_eq!(scaled(cell(Fit::Contain, 128), 400, 200), (128, 64));
        assert_eq!(scaled(cell(Fit::Contain, 512), 400, 200), (400, 200));
    }
}
