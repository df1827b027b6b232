//! How similar avatars of every side are to a full decode, by bombproof and by sharp.

use std::fmt::Write as _;

use crate::peer::OURS;
use crate::record::{Record, SIMILARITY_SIDES};
use crate::tables::measurements::{SSIM_PRECISION, files_by_format, ssim};

pub(crate) fn similarity(record: &Record) -> String {
    let sides = SIMILARITY_SIDES.map(|side| format!("{side}×{side}"));
    let mut text = format!("{LEGEND}\n\n| | {} |\n|---|", sides.join(" | "));
    let _ = writeln!(text, "{}", "---|".repeat(sides.len()));
    for file in files_by_format(record) {
        let cell = |side: u32| {
            let [ours, theirs] = [OURS, "sharp"].map(|peer| ssim(record, file, peer, side));
            let (Some(ours), Some(theirs)) = (ours, theirs) else { return "–".to_owned() };
            let text = format!("{ours:.4} / {theirs:.4}");
            if theirs > ours + SSIM_PRECISION { format!("**{text}**") } else { text }
        };
        let cells = SIMILARITY_SIDES.map(cell);
        let _ = writeln!(text, "| {}<br>`{}` | {} |", file.format, file.file, cells.join(" | "));
    }
    text
}

const LEGEND: &str = "\
SSIM of the luma of an avatar in PNG to a full decode that is resized in one step of Lanczos3: bombproof / sharp. **Bold**
where sharp is ahead by more than 0.0005, which rounding alone can make.";
