//! The outcome of a job as text: a line for people, or one JSON object.

use bombproof::{ErrorReport, Placeholder, Plan, Rect};
use serde::Serialize;

use crate::job::{Avatar, Completed, Failure, Outcome};

/// `photo.jpg -> avatar.jpg: JPEG 4000x3000 at 1/8 to JPEG 256x256 ...`
pub(crate) fn text(outcome: &Outcome) -> String {
    let input = outcome.input.display();
    let ms = milliseconds(outcome);
    match &outcome.result {
        Ok(Completed { plan, avatar: Some(avatar) }) => format!(
            "{input} -> {}: {} {}, scale {}, {} to {}, {}, {}{}{}; {ms:.1} ms; memory: {} quoted, {} measured",
            avatar.output.display(),
            plan.header().format(),
            plan.header().size(),
            scale(plan),
            avatar.source_rect,
            avatar.size,
            readable_bytes(avatar.bytes),
            avatar.color,
            avatar
                .truncated
                .as_ref()
                .map_or(String::new(), |truncated| format!("; truncated {truncated}")),
            avatar.placeholder.map_or(String::new(), |placeholder| format!(
                "; ThumbHash {}, dominant colour {}",
                placeholder.thumb_hash(),
                hexadecimal(placeholder),
            )),
            readable_bytes(plan.memory_bytes()),
            readable_bytes(outcome.usage.peak_bytes),
        ),
        Ok(Completed { plan, avatar: None }) => format!(
            "{input}: {plan}; orientation {}; memory: {} quoted, {} used by probing",
            plan.header().orientation().exif_value(),
            readable_bytes(plan.memory_bytes()),
            readable_bytes(outcome.usage.peak_bytes),
        ),
        Err(Failure::Refused(error)) => format!(
            "{input}: refused ({}): {error}; {ms:.1} ms; memory: {} measured",
            error.kind(),
            readable_bytes(outcome.usage.peak_bytes),
        ),
        Err(failure) => format!("{input}: {}", message(failure)),
    }
}

/// One JSON object, on one line.
pub(crate) fn json(outcome: &Outcome) -> serde_json::Result<String> {
    match &outcome.result {
        Ok(completed) => serde_json::to_string(&Success::of(outcome, completed)),
        Err(failure) => serde_json::to_string(&Refusal {
            input: outcome.input.to_string_lossy().into(),
            error: error_report(failure),
            memory_peak: outcome.usage.peak_bytes,
            elapsed_ms: milliseconds(outcome),
        }),
    }
}

#[derive(Serialize)]
struct Success {
    input: String,
    format: &'static str,
    /// As stored, before the orientation is applied.
    width: u32,
    height: u32,
    /// The Exif value, 1 to 8.
    orientation: u16,
    progressive: bool,
    animated: bool,
    scale: String,
    memory_quoted: u64,
    memory_peak: u64,
    /// The most that the job could take on the machine that its price was measured on.
    work_quoted_ms: f64,
    elapsed_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    output_width: u32,
    output_height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_bytes: Option<u64>,
    /// The part of the upright input that the avatar shows, as `[x, y, width, height]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_rect: Option<[u32; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    /// Only when the input was truncated and `--accept-truncated` allowed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<String>,
    /// Only with `--placeholder`, in Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    thumb_hash: Option<String>,
    /// Only with `--placeholder`, as `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    dominant_color: Option<String>,
    /// Only with `--probe`.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
}

impl Success {
    fn of(outcome: &Outcome, completed: &Completed) -> Self {
        let plan = &completed.plan;
        let header = plan.header();
        let avatar = completed.avatar.as_ref();
        let placeholder = avatar.and_then(|avatar| avatar.placeholder);
        let output_size = avatar.map_or(plan.output_size(), |avatar| avatar.size);
        Self {
            input: outcome.input.to_string_lossy().into(),
            format: header.format().name(),
            width: header.size().width,
            height: header.size().height,
            orientation: header.orientation().exif_value().into(),
            progressive: header.progressive(),
            animated: header.animated(),
            scale: scale(plan),
            memory_quoted: plan.memory_bytes(),
            memory_peak: outcome.usage.peak_bytes,
            work_quoted_ms: plan.work() as f64 / 1e6,
            elapsed_ms: milliseconds(outcome),
            output: avatar.map(|avatar| avatar.output.to_string_lossy().into()),
            output_width: output_size.width,
            output_height: output_size.height,
            output_bytes: avatar.map(|avatar| avatar.bytes),
            source_rect: avatar.map(|avatar| sides(avatar.source_rect)),
            color: avatar.map(|Avatar { color, .. }| color.clone()),
            truncated: avatar.and_then(|avatar| avatar.truncated.clone()),
            thumb_hash: placeholder.map(|placeholder| placeholder.thumb_hash().to_string()),
            dominant_color: placeholder.map(hexadecimal),
            plan: avatar.is_none().then(|| plan.to_string()),
        }
    }
}

#[derive(Serialize)]
struct Refusal {
    input: String,
    error: ErrorReport,
    memory_peak: u64,
    elapsed_ms: f64,
}

fn error_report(failure: &Failure) -> ErrorReport {
    match failure {
        Failure::Refused(error) => error.report(),
        Failure::Read(_) | Failure::Write(..) => {
            ErrorReport::new("io", message(failure), "Something went wrong on our side.", 500)
        }
    }
}

fn message(failure: &Failure) -> String {
    match failure {
        Failure::Refused(error) => error.to_string(),
        Failure::Read(error) => format!("cannot read: {error}"),
        Failure::Write(output, error) => format!("cannot write {}: {error}", output.display()),
    }
}

/// The dominant colour as `#rrggbb`.
fn hexadecimal(placeholder: Placeholder) -> String {
    let [red, green, blue] = placeholder.dominant_color();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

const fn sides(Rect { x, y, width, height }: Rect) -> [u32; 4] {
    [x, y, width, height]
}

fn scale(plan: &Plan) -> String {
    format!("1/{}", plan.scale_divisor())
}

fn milliseconds(outcome: &Outcome) -> f64 {
    outcome.usage.time.as_nanos() as f64 / 1_000_000.0
}

fn readable_bytes(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        _ => format!("{:.2} MiB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_in_a_suitable_unit() {
        assert_eq!(readable_bytes(1_023), "1023 B");
        assert_eq!(readable_bytes(1_536), "1.5 KiB");
        assert_eq!(readable_bytes(5 << 20), "5.00 MiB");
    }
}
