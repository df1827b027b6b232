//! The limits that a caller sets: each with its unit, its default and the reason for it.

use crate::format::Format;

/// The limits of a job, fixed before any byte is read.
///
/// Every limit is finite: no value means "unlimited". The defaults are the safe preset for avatars.
/// To allow more, write the number:
///
/// ```
/// let mut limits = bombproof::Limits::default();
/// limits.max_memory_bytes = 256 << 20;
/// ```
///
/// Each limit is marked as a *promise*, which holds for every input, or as *best effort*. All
/// limits here are promises: a file that exceeds one is refused with [`Error::OverLimit`] before
/// the limited work is done or the memory allocated. The deadline and the cancel flag of an
/// [`Interrupt`](crate::Interrupt) are best effort.
///
/// With the feature `serde`, a missing field is the default. An unknown field is an error, because a
/// limit with a misspelt name would not limit anything. So is a number that the field cannot hold.
///
/// [`Error::OverLimit`]: crate::Error::OverLimit
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Limits {
    /// *Promise.* The largest upload in bytes. Default 32 MiB: the largest phone photographs are
    /// about 25 MB.
    pub max_input_bytes: u64,
    /// *Promise.* The longest side of the source in pixels. Default 65,535: enough for panoramas and
    /// long screenshots. It is the most that a JPEG can declare.
    pub max_side_px: u32,
    /// *Promise.* The largest number of pixels of the source. Default 268,435,456: enough for
    /// phones with 200 megapixels. Memory and work have limits of their own.
    pub max_pixels: u64,
    /// *Promise.* The most memory of one job in bytes, counted as [`Plan::memory_bytes`] counts it.
    /// Default 64 MiB: enough for every JPEG of up to 120 megapixels for targets of up to 512 × 512,
    /// and of 200 megapixels for 256 × 256, at the default detail. A progressive JPEG that needs more
    /// is decoded one component after the other, which needs less memory and gives the same picture.
    ///
    /// [`Plan::memory_bytes`]: crate::Plan::memory_bytes
    pub max_memory_bytes: u64,
    /// *Promise.* The most work of one job, counted as [`Plan::work`] counts it: in nanoseconds of
    /// one core of the machine that this crate is measured on. Default 3,000,000,000: three
    /// seconds. On a machine that is half as fast, half as much work takes three seconds.
    ///
    /// [`Plan::work`]: crate::Plan::work
    pub max_work: u64,
    /// *Promise.* The longest side of a requested output in pixels. Default 4,096: the target size
    /// may come from a URL.
    pub max_output_side_px: u32,
    /// *Promise.* The largest number of scans in a JPEG. Default 64: real progressive files have
    /// about 10.
    pub max_scans: u32,
    /// *Promise.* How many samples all scans of a JPEG together may visit, as a multiple of the
    /// samples in the picture. Default 20: the scans of real progressive files visit each sample 4
    /// to 8 times.
    pub max_scan_work: u32,
    /// *Promise.* The largest number of segments (JPEG) or chunks (PNG, WebP) in a file. IDAT
    /// chunks, restart intervals and all frames of an animation except the first do not count.
    /// Default 1,024.
    pub max_segments: u32,
    /// *Promise.* The largest ICC profile of a grey or RGB picture in bytes. A larger profile is
    /// ignored, and [`ColorConversion`](crate::ColorConversion) reports that. Default 1 MiB.
    pub max_icc_bytes: u64,
    /// *Promise.* The same for CMYK pictures, which have profiles with larger tables. Default 4
    /// MiB.
    pub max_icc_bytes_cmyk: u64,
    /// *Promise.* The accepted formats. Default all three.
    pub formats: Formats,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_input_bytes: 32 << 20,
            max_side_px: 65_535,
            max_pixels: 1 << 28,
            max_memory_bytes: 64 << 20,
            max_work: 3_000_000_000,
            max_output_side_px: 4_096,
            max_scans: 64,
            max_scan_work: 20,
            max_segments: 1_024,
            max_icc_bytes: 1 << 20,
            max_icc_bytes_cmyk: 4 << 20,
            formats: Formats::ALL,
        }
    }
}

/// An allow-list of formats.
///
/// The default is [`ALL`](Self::ALL). A later version may add a format, so start from a constant:
///
/// ```
/// use bombproof::{Format, Formats};
///
/// let mut formats = Formats::NONE;
/// formats.jpeg = true;
/// assert!(formats.contains(Format::Jpeg) && !formats.contains(Format::Png));
/// ```
///
/// With the feature `serde`, a missing field is the default and an unknown field is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Formats {
    /// Accepts JPEG.
    pub jpeg: bool,
    /// Accepts PNG.
    pub png: bool,
    /// Accepts WebP.
    pub webp: bool,
}

impl Formats {
    /// All three formats.
    pub const ALL: Self = Self { jpeg: true, png: true, webp: true };

    /// No format: to allow some formats by name.
    pub const NONE: Self = Self { jpeg: false, png: false, webp: false };

    /// True when `format` is accepted.
    #[must_use]
    pub const fn contains(self, format: Format) -> bool {
        match format {
            Format::Jpeg => self.jpeg,
            Format::Png => self.png,
            Format::WebP => self.webp,
        }
    }
}

impl Default for Formats {
    fn default() -> Self {
        Self::ALL
    }
}

/// A limit that an upload or a request can exceed, named in
/// [`Error::OverLimit`](crate::Error::OverLimit): one of [`Limits`], or that of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::max_input_bytes`], in bytes.
    InputBytes,
    /// [`Limits::max_side_px`], in pixels.
    Side,
    /// [`Limits::max_pixels`], in pixels.
    Pixels,
    /// [`Limits::max_memory_bytes`], in bytes.
    Memory,
    /// [`Limits::max_work`], in nanoseconds.
    Work,
    /// [`Limits::max_output_side_px`], in pixels.
    OutputSide,
    /// [`Limits::max_scans`], in scans.
    Scans,
    /// [`Limits::max_scan_work`], here as an absolute number of samples.
    ScanWork,
    /// [`Limits::max_segments`], in segments or chunks.
    Segments,
    /// [`Request::max_bytes`](crate::Request::max_bytes), in bytes.
    OutputBytes,
}

impl Limit {
    /// The name of the field in [`Limits`], or of the method of [`Request`](crate::Request).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InputBytes => "max_input_bytes",
            Self::Side => "max_side_px",
            Self::Pixels => "max_pixels",
            Self::Memory => "max_memory_bytes",
            Self::Work => "max_work",
            Self::OutputSide => "max_output_side_px",
            Self::Scans => "max_scans",
            Self::ScanWork => "max_scan_work",
            Self::Segments => "max_segments",
            Self::OutputBytes => "max_bytes",
        }
    }

    /// The limited quantity, for the sentence "{subject} is {found}, over the limit of {allowed}".
    pub(crate) const fn subject(self) -> &'static str {
        match self {
            Self::InputBytes => "the length of the input in bytes",
            Self::Side => "the longer side in pixels",
            Self::Pixels => "the number of pixels",
            Self::Memory => "the memory needed in bytes",
            Self::Work => "the work needed in nanoseconds",
            Self::OutputSide => "the longer side of the output in pixels",
            Self::Scans => "the number of scans",
            Self::ScanWork => "the number of samples that the scans visit",
            Self::Segments => "the number of segments",
            Self::OutputBytes => "the length of the smallest output in bytes",
        }
    }

    pub(crate) const fn user_message(self) -> &'static str {
        match self {
            Self::InputBytes => "This file is too large. Please use a smaller one.",
            Self::Side | Self::Pixels | Self::Memory | Self::Work => {
                "This picture has too many pixels. Please use a smaller one."
            }
            Self::OutputSide => "This picture cannot be made that large.",
            Self::OutputBytes => "This picture has too much detail. Please choose another one.",
            Self::Scans | Self::ScanWork | Self::Segments => {
                "This picture is stored in an unusual way. Please re-save it and try again."
            }
        }
    }

    pub(crate) const fn http_status(self) -> u16 {
        match self {
            Self::InputBytes | Self::Side | Self::Pixels | Self::Memory | Self::Work => 413,
            Self::OutputSide => 400,
            Self::Scans | Self::ScanWork | Self::Segments | Self::OutputBytes => 422,
        }
    }

    /// Refuses `found` when it exceeds `allowed`. The value `allowed` itself is allowed.
    pub(crate) const fn check(self, found: u64, allowed: u64) -> Result<(), OverLimit> {
        if found > allowed { Err(OverLimit { limit: self, found, allowed }) } else { Ok(()) }
    }
}

/// An exceeded limit. `?` converts it to [`Error::OverLimit`](crate::Error::OverLimit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverLimit {
    pub(crate) limit: Limit,
    pub(crate) found: u64,
    pub(crate) allowed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_allows_its_own_value_and_refuses_one_more() {
        assert_eq!(Limit::Pixels.check(120, 120), Ok(()));
        let refused = OverLimit { limit: Limit::Pixels, found: 121, allowed: 120 };
        assert_eq!(Limit::Pixels.check(121, 120), Err(refused));
    }

    #[test]
    fn a_format_is_accepted_when_its_own_flag_is_set() {
        let all = [Format::Jpeg, Format::Png, Format::WebP];
        let none = Formats::NONE;
        let only = [
            Formats { jpeg: true, ..none },
            Formats { png: true, ..none },
            Formats { webp: true, ..none },
        ];
        for (index, formats) in only.into_iter().enumerate() {
            assert_eq!(
                all.map(|format| formats.contains(format)),
                [index == 0, index == 1, index == 2]
            );
        }
    }
}
