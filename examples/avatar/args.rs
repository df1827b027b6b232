//! The command line, and what it means in the words of the library.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bombproof::{Limits, Rect, Request, Size};
use clap::{Parser, ValueEnum};

use crate::value_parsers;

/// Makes avatars of untrusted JPEG, PNG and WebP files, inside a memory budget that is known before
/// the first pixel is decoded, and says what was quoted and what was measured.
///
/// Exit status: 0 all done, 2 some input refused, 1 wrong usage or failed I/O.
#[derive(Debug, Parser)]
#[command(
    name = "avatar",
    version,
    override_usage = "avatar [OPTIONS] <INPUT> <OUTPUT>\n       \
                      avatar [OPTIONS] --out-dir <DIR> <INPUT OR FOLDER>...\n       \
                      avatar [OPTIONS] --probe <INPUT OR FOLDER>..."
)]
pub(crate) struct Args {
    /// INPUT and OUTPUT; with --out-dir or --probe only inputs, and folders with all files in them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The size of the avatar in pixels: 256, or 640x480
    #[arg(long, default_value = "256", value_parser = value_parsers::size)]
    size: Size,

    /// Fill the size and cut off the rest, or fit the whole picture inside
    #[arg(long, value_enum, default_value_t = Fit::Cover)]
    fit: Fit,

    /// Use only this part of the picture, in pixels as a person sees it
    #[arg(long, value_name = "X,Y,W,H", value_parser = value_parsers::rect)]
    crop: Option<Rect>,

    /// The format of the avatar [default: that of OUTPUT's extension, else jpeg]
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,

    /// The quality of a JPEG, 1 to 100
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,

    /// What shows through transparent places of a JPEG
    #[arg(long, value_name = "RRGGBB", default_value = "ffffff", value_parser = value_parsers::color)]
    background: [u8; 3],

    /// Also enlarge pictures that are smaller than the size
    #[arg(long)]
    enlarge: bool,

    /// Also take a JPEG that is cut off, when this share of its rows is there: 1 to 100
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    accept_truncated: Option<u8>,

    /// The most memory of one job: bytes, or with KiB, MiB or GiB [default: 64MiB]
    #[arg(long, value_name = "BYTES", value_parser = value_parsers::bytes)]
    memory: Option<u64>,

    /// The most pixels of an input [default: 120000000]
    #[arg(long, value_name = "PIXELS")]
    max_pixels: Option<u64>,

    /// The most time of one job, waiting for the pool included: 5s, 500ms [default: no end]
    #[arg(long, value_name = "TIME", value_parser = value_parsers::duration)]
    timeout: Option<Duration>,

    /// Read the header and make the plan, but no avatar
    #[arg(long)]
    pub(crate) probe: bool,

    /// Write an avatar of every input to this folder; it is never read, even inside an input folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,

    /// How many jobs run at once
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) jobs: NonZeroUsize,

    /// The memory that all running jobs share [default: jobs x memory]
    #[arg(long, value_name = "BYTES", value_parser = value_parsers::bytes)]
    pool: Option<u64>,

    /// Print one JSON object a line for each input, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Fit {
    Cover,
    Contain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Jpeg,
    Png,
    Webp,
}

/// What the paths of the command line stand for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Paths<'a> {
    /// One avatar at a given place.
    One { input: &'a Path, output: &'a Path },
    /// Inputs and folders.
    Many(&'a [PathBuf]),
}

impl Args {
    /// # Errors
    /// What is wrong with the number of paths.
    pub(crate) fn paths(&self) -> Result<Paths<'_>, String> {
        if self.probe || self.out_dir.is_some() {
            return Ok(Paths::Many(&self.paths));
        }
        match self.paths.as_slice() {
            [input, output] => Ok(Paths::One { input, output }),
            paths => Err(format!(
                "INPUT and OUTPUT are needed, not {} paths; or --out-dir, or --probe",
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
        };
        let request = match self.output_format() {
            OutputFormat::Jpeg => request.jpeg(self.quality),
            OutputFormat::Png => request.png(),
            OutputFormat::Webp => request.webp_lossless(),
        };
        let request = request.background(self.background).enlarge(self.enlarge);
        let request = match self.crop {
            Some(rect) => request.crop(rect),
            None => request,
        };
        match self.accept_truncated {
            Some(min_percent_of_rows) => request.accept_truncated(min_percent_of_rows),
            None => request,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_memory_bytes = self.memory.unwrap_or(limits.max_memory_bytes);
        limits.max_pixels = self.max_pixels.unwrap_or(limits.max_pixels);
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
            Self::Webp => "webp",
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
    fn the_format_is_the_option_then_the_extension_then_jpeg() {
        assert_eq!(args("avatar a.png b.WebP").output_format(), OutputFormat::Webp);
        assert_eq!(args("avatar a.png b.webp --format png").output_format(), OutputFormat::Png);
        assert_eq!(args("avatar a.png b").output_format(), OutputFormat::Jpeg);
        assert_eq!(args("avatar a.png --out-dir b.png").output_format(), OutputFormat::Jpeg);
    }

    #[test]
    fn one_input_has_one_output() {
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
    fn the_pool_has_room_for_all_jobs_unless_told() {
        assert_eq!(args("avatar a b --jobs 3 --memory 5MiB").pool_bytes(), 15 << 20);
        assert_eq!(args("avatar a b --jobs 3 --pool 7KiB").pool_bytes(), 7 << 10);
    }
}
