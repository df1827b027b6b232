//! The arguments of a call, as JSON: `{ "request": …, "limits": …, "timeoutMs": … }`.

use std::time::Duration;

use bombproof::{JpegDetail, JpegEffort, Limits, Rect, Request, Size};
use serde::{Deserialize, Deserializer};

use crate::answer::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Arguments {
    #[serde(deserialize_with = "present")]
    request: Option<Options>,
    pub(crate) limits: Limits,
    #[serde(deserialize_with = "present")]
    timeout_ms: Option<f64>,
}

/// A request of JavaScript. What is left out is what [`Request`] says without it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Options {
    fit: Fit,
    #[serde(deserialize_with = "present")]
    width: Option<u32>,
    #[serde(deserialize_with = "present")]
    height: Option<u32>,
    #[serde(deserialize_with = "present")]
    canvas: Option<[u8; 4]>,
    sizes: Vec<Size>,
    enlarge: bool,
    #[serde(deserialize_with = "present")]
    crop: Option<Rect>,
    #[serde(deserialize_with = "present")]
    focus: Option<Point>,
    attention: bool,
    format: Format,
    #[serde(deserialize_with = "present")]
    quality: Option<u8>,
    jpeg_full_chroma: bool,
    jpeg_progressive: bool,
    jpeg_effort: Effort,
    jpeg_detail: Detail,
    #[serde(deserialize_with = "present")]
    max_bytes: Option<u64>,
    #[serde(deserialize_with = "present")]
    background: Option<[u8; 3]>,
    round: bool,
    keep_wide_gamut: bool,
    placeholder: bool,
    #[serde(deserialize_with = "present")]
    accept_truncated: Option<u8>,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Fit {
    #[default]
    Cover,
    Contain,
    Pad,
    FullSize,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Format {
    #[default]
    Jpeg,
    Png,
    Webp,
    WebpLossless,
    Pixels,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Effort {
    #[default]
    Balanced,
    Smallest,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Detail {
    Fastest,
    #[default]
    Balanced,
    Best,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    x: f64,
    y: f64,
}

impl Arguments {
    /// # Errors
    /// When options are missing, or do not go together. Values that are out of range are left to the plan.
    pub(crate) fn request(&self) -> Result<Request, Refusal> {
        let wrong = |what: &str| Refusal::WrongArguments(what.to_owned());
        self.request
            .as_ref()
            .ok_or("a request is missing")
            .and_then(Options::request)
            .map_err(wrong)
    }

    /// `None` without a deadline. A time that is not a number, or too long for a [`Duration`], is none.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.timeout_ms?.max(0.0) / 1_000.0).ok()
    }
}

impl Options {
    fn request(&self) -> Result<Request, &'static str> {
        let request = self.with_position(self.target()?)?;
        let mut request = self.with_format(request)?;
        for size in &self.sizes {
            request = request.and_size(size.width, size.height);
        }
        if let Some(bytes) = self.max_bytes {
            request = request.max_bytes(bytes);
        }
        if let Some(background) = self.background {
            request = request.background(background);
        }
        if let Some(percent) = self.accept_truncated {
            request = request.accept_truncated(percent);
        }
        Ok(request
            .enlarge(self.enlarge)
            .jpeg_full_chroma(self.jpeg_full_chroma)
            .jpeg_progressive(self.jpeg_progressive)
            .jpeg_effort(match self.jpeg_effort {
                Effort::Balanced => JpegEffort::Balanced,
                Effort::Smallest => JpegEffort::Smallest,
            })
            .jpeg_detail(match self.jpeg_detail {
                Detail::Fastest => JpegDetail::Fastest,
                Detail::Balanced => JpegDetail::Balanced,
                Detail::Best => JpegDetail::Best,
            })
            .round(self.round)
            .keep_wide_gamut(self.keep_wide_gamut)
            .placeholder(self.placeholder))
    }

    fn target(&self) -> Result<Request, &'static str> {
        match (self.fit, self.width.zip(self.height), self.canvas) {
            (Fit::Cover, Some((width, height)), None) => Ok(Request::cover(width, height)),
            (Fit::Contain, Some((width, height)), None) => Ok(Request::contain(width, height)),
            (Fit::Pad, Some((width, height)), Some(canvas)) => {
                Ok(Request::pad(width, height, canvas))
            }
            (Fit::FullSize, None, None) if self.width.or(self.height).is_none() => {
                Ok(Request::full_size())
            }
            (Fit::FullSize, _, None) => Err("the fit 'fullSize' has no width and no height"),
            (Fit::Pad, _, None) => Err("the fit 'pad' has a canvas"),
            (Fit::Cover | Fit::Contain | Fit::FullSize, _, Some(_)) => {
                Err("only the fit 'pad' has a canvas")
            }
            (_, None, _) => Err("a request has a width and a height"),
        }
    }

    fn with_position(&self, request: Request) -> Result<Request, &'static str> {
        let request = match self.crop {
            Some(crop) => request.crop(crop),
            None => request,
        };
        match (self.focus, self.attention) {
            (Some(_), true) => Err("a request has a focus or attention, not both"),
            (Some(Point { x, y }), false) => Ok(request.focus(x, y)),
            (None, true) => Ok(request.attention()),
            (None, false) => Ok(request),
        }
    }

    fn with_format(&self, request: Request) -> Result<Request, &'static str> {
        let quality = self.quality.unwrap_or(DEFAULT_QUALITY);
        match (self.format, self.quality) {
            (Format::Jpeg, _) => Ok(request.jpeg(quality)),
            (Format::Webp, _) => Ok(request.webp(quality)),
            (_, Some(_)) => Err("only the formats 'jpeg' and 'webp' have a quality"),
            (Format::Png, None) => Ok(request.png()),
            (Format::WebpLossless, None) => Ok(request.webp_lossless()),
            (Format::Pixels, None) => Ok(request.pixels()),
        }
    }
}

/// A value that is there. JavaScript writes NaN and infinity as null, which must not mean "left out".
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The quality that a request has by itself.
const DEFAULT_QUALITY: u8 = 80;
