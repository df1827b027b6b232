//! The answer of a call, as JSON: an object with one field.

use bombproof::{ColorConversion, Error, ErrorReport, IccKind, Plan, Rect, Size, Thumbnail};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    Header(Box<Header>),
    Plan(Box<Planned>),
    Outputs(Vec<Output>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Refusal {
    Error(Box<ErrorReport>),
    /// What is wrong with the arguments, for the programmer.
    WrongArguments(String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(Box::new(error.report()))
    }
}

/// The object with one field.
pub(crate) fn to_json(result: &Result<Answer, Refusal>) -> Vec<u8> {
    let json = match result {
        Ok(answer) => serde_json::to_vec(answer),
        Err(refusal) => serde_json::to_vec(refusal),
    };
    json.unwrap_or_else(|_| NO_JSON.to_vec())
}

#[derive(Serialize)]
pub(crate) struct Header {
    format: &'static str,
    width: u32,
    height: u32,
    upright_width: u32,
    upright_height: u32,
    orientation: u8,
    bit_depth: u8,
    color: &'static str,
    alpha: bool,
    progressive: bool,
    animated: bool,
    icc: Option<&'static str>,
    scans: Option<u32>,
    input_bytes: u64,
    segments: u32,
}

impl Header {
    pub(crate) fn of(header: &bombproof::Header) -> Self {
        let (size, upright) = (header.size(), header.upright_size());
        Self {
            format: header.format().name(),
            width: size.width,
            height: size.height,
            upright_width: upright.width,
            upright_height: upright.height,
            orientation: header.orientation().exif_value(),
            bit_depth: header.bit_depth(),
            color: header.color().name(),
            alpha: header.alpha(),
            progressive: header.progressive(),
            animated: header.animated(),
            icc: header.icc().map(IccKind::name),
            scans: header.scans(),
            input_bytes: header.input_bytes(),
            segments: header.segments(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Planned {
    memory_bytes: u64,
    work: u64,
    sizes: Vec<Size>,
    crop: Rect,
    scale_divisor: u32,
    box_size: Size,
    header: Header,
    description: String,
}

impl Planned {
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            memory_bytes: plan.memory_bytes(),
            work: plan.work(),
            sizes: plan.output_sizes().collect(),
            crop: plan.crop(),
            scale_divisor: plan.scale_divisor(),
            box_size: plan.box_size(),
            header: Header::of(plan.header()),
            description: plan.to_string(),
        }
    }
}

/// An output without its bytes.
#[derive(Serialize)]
pub(crate) struct Output {
    byte_length: usize,
    media_type: &'static str,
    width: u32,
    height: u32,
    layout: Option<&'static str>,
    gamut: &'static str,
    color: &'static str,
    profile_problem: Option<&'static str>,
    source_rect: Rect,
    truncated: Option<TruncatedAt>,
    placeholder: Option<Shown>,
    warnings: Vec<String>,
    memory_bytes: u64,
    work: u64,
}

#[derive(Serialize)]
struct TruncatedAt {
    format: &'static str,
    rows: Option<u32>,
    expected_rows: Option<u32>,
}

#[derive(Serialize)]
struct Shown {
    thumb_hash: Vec<u8>,
    dominant_color: [u8; 3],
}

impl Output {
    pub(crate) fn of(thumbnail: &Thumbnail, plan: &Plan) -> Self {
        let (size, color, truncated) = (thumbnail.size(), thumbnail.color(), thumbnail.truncated());
        let profile_problem = match color {
            ColorConversion::Ignored(problem) => Some(problem.name()),
            _ => None,
        };
        let warnings = [
            truncated.map(|truncated| format!("truncated {truncated}")),
            profile_problem.map(|_| color.to_string()),
        ];
        Self {
            byte_length: thumbnail.bytes().len(),
            media_type: thumbnail.media_type(),
            width: size.width,
            height: size.height,
            layout: thumbnail.picture().map(|picture| picture.layout().name()),
            gamut: thumbnail.gamut().name(),
            color: color.name(),
            profile_problem,
            source_rect: thumbnail.source_rect(),
            truncated: truncated.map(|truncated| {
                let (rows, expected_rows) = truncated.rows().unzip();
                TruncatedAt { format: truncated.format().name(), rows, expected_rows }
            }),
            placeholder: thumbnail.placeholder().map(|placeholder| Shown {
                thumb_hash: placeholder.thumb_hash().as_bytes().into(),
                dominant_color: placeholder.dominant_color(),
            }),
            warnings: warnings.into_iter().flatten().collect(),
            memory_bytes: plan.memory_bytes(),
            work: plan.work(),
        }
    }
}

/// For an answer that cannot be written, which would be a bug.
const NO_JSON: &[u8] = br#"{"wrongArguments":"a bug in bombproof: no answer"}"#;
