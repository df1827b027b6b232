//! A finished output.

use bombproof::{ColorConversion, Placeholder, Plan, Rect, Thumbnail, Truncated};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::failure::number;

/// [`Thumbnail`] as an object.
#[napi(object, object_from_js = false)]
#[allow(missing_debug_implementations, reason = "a Buffer has none")]
pub struct OutputObject {
    /// [`Thumbnail::into_bytes`].
    pub data: Buffer,
    /// [`Thumbnail::media_type`].
    pub media_type: &'static str,
    /// The width of [`Thumbnail::size`].
    pub width: u32,
    /// The height of [`Thumbnail::size`].
    pub height: u32,
    /// The layout of [`Thumbnail::picture`].
    pub layout: Option<&'static str>,
    /// [`Thumbnail::gamut`].
    pub gamut: &'static str,
    /// [`Thumbnail::color`].
    pub color: &'static str,
    /// The problem of [`ColorConversion::Ignored`].
    pub profile_problem: Option<&'static str>,
    /// [`Thumbnail::source_rect`].
    pub source_rect: RectObject,
    /// [`Thumbnail::truncated`].
    pub truncated: Option<TruncatedObject>,
    /// [`Thumbnail::placeholder`].
    pub placeholder: Option<PlaceholderObject>,
    /// What was less than perfect, each in a sentence for the log.
    pub warnings: Vec<String>,
    /// [`Plan::memory_bytes`] of the job.
    pub memory_bytes: f64,
    /// [`Plan::work`] of the job.
    pub work: f64,
}

impl OutputObject {
    pub(crate) fn new(thumbnail: Thumbnail, plan: &Plan) -> Self {
        let (size, color) = (thumbnail.size(), thumbnail.color());
        let problem = match color {
            ColorConversion::Ignored(problem) => Some(problem.name()),
            _ => None,
        };
        let truncated = thumbnail.truncated();
        let mut warnings = Vec::new();
        warnings.extend(truncated.map(|truncated| format!("truncated {truncated}")));
        warnings.extend(problem.map(|_| color.to_string()));
        Self {
            media_type: thumbnail.media_type(),
            width: size.width,
            height: size.height,
            layout: thumbnail.picture().map(|picture| picture.layout().name()),
            gamut: thumbnail.gamut().name(),
            color: color.name(),
            profile_problem: problem,
            source_rect: thumbnail.source_rect().into(),
            truncated: truncated.map(TruncatedObject::from),
            placeholder: thumbnail.placeholder().as_ref().map(PlaceholderObject::from),
            warnings,
            memory_bytes: number(plan.memory_bytes()),
            work: number(plan.work()),
            data: thumbnail.into_bytes().into(),
        }
    }
}

/// A rectangle in pixels.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct RectObject {
    /// The column of its left edge.
    pub x: u32,
    /// The row of its top edge.
    pub y: u32,
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

impl From<Rect> for RectObject {
    fn from(Rect { x, y, width, height }: Rect) -> Self {
        Self { x, y, width, height }
    }
}

/// [`Truncated`] as an object.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct TruncatedObject {
    /// The format of the upload.
    pub format: &'static str,
    /// The rows that were decoded before the data ended.
    pub rows: Option<u32>,
    /// The rows that the header declares.
    pub expected_rows: Option<u32>,
}

impl From<Truncated> for TruncatedObject {
    fn from(truncated: Truncated) -> Self {
        let (rows, expected_rows) = truncated.rows().unzip();
        Self { format: truncated.format().name(), rows, expected_rows }
    }
}

/// [`Placeholder`] as an object.
#[napi(object, object_from_js = false)]
#[allow(missing_debug_implementations, reason = "a Buffer has none")]
pub struct PlaceholderObject {
    /// The bytes of the ThumbHash.
    pub thumb_hash: Buffer,
    /// [`Placeholder::dominant_color`].
    pub dominant_color: Vec<u8>,
}

impl From<&Placeholder> for PlaceholderObject {
    fn from(placeholder: &Placeholder) -> Self {
        Self {
            thumb_hash: placeholder.thumb_hash().as_bytes().into(),
            dominant_color: placeholder.dominant_color().into(),
        }
    }
}
