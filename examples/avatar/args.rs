//! The command line, and its translation to requests and limits of the library.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bombproof::{JpegEffort, Limits, Rect, Request, Size};
use clap::{Parser, ValueEnum};

use crate::value_parsers;

/// Makes avatars from untrusted JPEG, PNG and WebP files within a memory budget that is known
/// before the first pixel is decoded. Prints the quoted and the measured memory.
///
/// Exit status: 0 success, 2 an input was refused, 1 wrong usage or failed I/O.
#[derive(Debug, Parser)]
#[command(
    name = "avatar",
    version,
    override_usage = "avatar [OPTIONS] <INPUT> <OUTPUT>\n       \
                      avatar [OPTIONS] --out-dir <DIR> <INPUT OR FOLDER>...\n       \
                      avatar [OPTIONS] --probe <INPUT OR FOLDER>..."
)]
pub(crate) struct Args {
    /// INPUT and OUTPUT. With --out-dir or --probe: inputs, and folders of inputs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Size of the avatar in pixels, such as 256 or 640x480
    #[arg(long, default_value = "256", value_parser = value_parsers::size)]
    size: Size,

    /// cover: fill the size and crop the rest. contain: fit the complete picture inside. pad: the
    /// same in the middle of a canvas of the size
    #[arg(long, value_enum, default_value_t = Fit::Cover)]
    fit: Fit,

    /// With pad: colour of the canvas; the last two digits are its opacity
    #[arg(
        long,
        value_name = "RRGGBBAA",
        default_value = "00000000",
        value_parser = value_parsers::color_with_alpha
    )]
    canvas: [u8; 4],

    /// Use only this part of the picture, in pixels after the orientation is applied
    #[arg(long, value_name = "X,Y,W,H", value_parser = value_parsers::rect)]
    crop: Option<Rect>,

    /// With cover: keep this point in the middle of the crop, in parts of the width and height from
    /// 0 to 1, such as 0.5,0.3
    #[arg(long, value_name = "X,Y", value_parser = value_parsers::focus)]
    focus: Option<(f64, f64)>,

    /// With cover: place the crop around what draws attention: edges, skin, saturated colours
    #[arg(long, conflicts_with = "focus")]
    attention: bool,

    /// Format of the avatar [default: by the extension of OUTPUT, else jpeg]
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,

    /// Quality of a JPEG or of a lossy WebP, 1 to 100
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,

    /// Longest avatar, in bytes or with KiB or MiB: a JPEG gets a lower quality when it is needed
    #[arg(long, value_name = "BYTES", value_parser = value_parsers::bytes)]
    max_bytes: Option<u64>,

    /// Write a JPEG in several scans
    #[arg(long)]
    progressive: bool,

    /// Write the shortest JPEG that looks about the same, in several times as long
    #[arg(long)]
    smallest: bool,

    /// Write the chroma of a JPEG in full size (4:4:4)
    #[arg(long)]
    full_chroma: bool,

    /// Background colour for transparent pixels in a JPEG
    #[arg(
        long,
        value_name = "RRGGBB",
        default_value = "ffffff",
        value_parser = value_parsers::color
    )]
    background: [u8; 3],

    /// Cut the avatar to an ellipse, or to a circle if it is a square. A JPEG shows the background around
    /// it
    #[arg(long)]
    round: bool,

    /// Keep colours that sRGB does not have: write the avatar in Display P3, with a profile
    #[arg(long)]
    keep_wide_gamut: bool,

    /// Enlarge pictures that are smaller than the size
    #[arg(long)]
    enlarge: bool,

    /// Also print what to show while the avatar loads: a ThumbHash in Base64 and the dominant colour
    #[arg(long)]
    placeholder: bool,

    /// Accept a truncated JPEG that has at least this percentage of its rows, 1 to 100
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    accept_truncated: Option<u8>,

    /// Memory limit of one job, in bytes or with KiB, MiB or GiB [default: 64MiB]
    #[arg(long, value_name = "BYTES", value_parser = value_parsers::bytes)]
    memory: Option<u64>,

    /// Maximum number of pixels of an input [default: 268435456]
    #[arg(long, value_name = "PIXELS")]
    max_pixels: Option<u64>,

    /// Limit of the work of one job, as time on the machine that its price was measured on
    /// [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = value_parsers::duration)]
    max_work: Option<Duration>,

    /// Time limit of one job, including the wait for memory, such as 5s or 500ms [default: none]
    #[arg(long, value_name = "TIME", value_parser = value_parsers::duration)]
    timeout: Option<Duration>,

    /// Read the headers and make the plan, without decoding
    #[arg(long)]
    pub(crate) probe: bool,

    /// Write the avatars to this folder. It is skipped when it lies inside an input folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,

    /// Number of jobs that run at the same time
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) jobs: NonZeroUsize,

    /// Memory limit of all running jobs together [default: jobs x memory]
    #[arg(long, value_name = "BYTES", value_parser = value_parsers::bytes)]
    pool: Option<u64>,

    /// Print one line of JSON for each input, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Fit {
    Cover,
    Contain,
    Pad,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Jpeg,
    Png,
    /// Lossless WebP
    Webp,
    /// WebP at --quality
    WebpLossy,
}

/// The meaning of the positional arguments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Paths<'a> {
    /// One input, and where to write its avatar.
    One { input: &'a Path, output: &'a Path },
    /// Inputs and folders.
    Many(&'a [PathBuf]),
}

impl Args {
    /// # Errors
    /// The number of paths is wrong.
    pub(crate) fn paths(&self) -> Result<Paths<'_>, String> {
        if self.probe || self.out_dir.is_some() {
            return Ok(Paths::Many(&self.paths));
        }
        match self.paths.as_slice() {
            [input, output] => Ok(Paths::One { input, output }),
            paths => Err(format!(
                "expected INPUT and OUTPUT, not {} paths, or one of --out-dir and --probe",
                paths.len()
            )),
        }
    }

    pub(crate) fn output_format(&self) -> OutputFormat {
        let from_name = match self.paths() {
            Ok(Paths::One { output, .. }) => OutputFormat::of(output),
            _ => None,
        };
        self.format.or(from_name).unwrap_or(OutputFormat::Jpeg)
    }

    pub(crate) fn request(&self) -> Request {
        let Size { width, height } = self.size;
        let request = match self.fit {
            Fit::Cover => Request::cover(width, height),
            Fit::Contain => Request::contain(width, height),
            Fit::Pad => Request::pad(width, height, self.canvas),
        };
        let request = match self.output_format() {
            OutputFormat::Jpeg => request.jpeg(self.quality),
            OutputFormat::Png => request.png(),
            OutputFormat::Webp => request.webp_lossless(),
            OutputFormat::WebpLossy => request.webp(self.quality),
        };
        let request =
            request.background(self.background).enlarge(self.enlarge).placeholder(self.placeholder);
        let request = request.round(self.round).keep_wide_gamut(self.keep_wide_gamut);
        let request = request.jpeg_full_chroma(self.full_chroma);
        let request = request.jpeg_progressive(self.progressive);
        let request =
            if self.smallest { request.jpeg_effort(JpegEffort::Smallest) } else { request };
        let request = match self.max_bytes {
            Some(bytes) => request.max_bytes(bytes),
            None => request,
        };
        let request = match self.crop {
            Some(rect) => request.crop(rect),
            None => request,
        };
        let request = match self.focus {
            Some((x, y)) => request.focus(x, y),
            None => request,
        };
        let request = if self.attention { request.attention() } else { request };
        match self.accept_truncated {
            Some(min_percent_of_rows) => request.accept_truncated(min_percent_of_rows),
            None => request,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_memory_bytes = self.memory.unwrap_or(limits.max_memory_bytes);
        limits.max_pixels = self.max_pixels.unwrap_or(limits.max_pixels);
        if let Some(time) = self.max_work {
            limits.max_work = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        }
        limits
    }

    pub(crate) fn pool_bytes(&self) -> u64 {
        let all_jobs = self.limits().max_memory_bytes.saturating_mul(self.jobs.get() as u64);
        self.pool.unwrap_or(all_jobs)
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(Duration::MAX)
    }
}

impl OutputFormat {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp | Self::WebpLossy => "webp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::try_parse_from(line.split(' ')).unwrap()
    }

    #[test]
    fn the_format_comes_from_the_option_then_the_extension_then_is_jpeg() {
        assert_eq!(args("avatar a.png b.WebP").output_format(), OutputFormat::Webp);
        assert_eq!(args("avatar a.png b.webp --format png").output_format(), OutputFormat::Png);
        assert_eq!(args("avatar a.png b").output_format(), OutputFormat::Jpeg);
        assert_eq!(args("avatar a.png --out-dir b.png").output_format(), OutputFormat::Jpeg);
    }

    #[test]
    fn one_input_needs_one_output() {
        assert!(matches!(args("avatar a b").paths(), Ok(Paths::One { .. })));
        assert!(args("avatar a").paths().is_err());
        assert!(args("avatar a b c").paths().is_err());
        assert!(matches!(args("avatar a --probe").paths(), Ok(Paths::Many([_]))));
        assert!(matches!(args("avatar a b c --out-dir d").paths(), Ok(Paths::Many([_, _, _]))));
    }

    #[test]
    fn the_defaults_are_those_of_the_library() {
        let args = args("avatar a b");
        assert_eq!(args.limits(), Limits::default());
        assert_eq!(args.request(), Request::cover(256, 256));
        assert_eq!(args.timeout(), Duration::MAX);
    }

    #[test]
    fn the_pool_is_large_enough_for_all_jobs_by_default() {
        assert_eq!(args("avatar a b --jobs 3 --memory 5MiB").pool_bytes(), 15 << 20);
        assert_eq!(args("avatar a b --jobs 3 --pool 7KiB").pool_bytes(), 7 << 10);
    }
}
