//! The container reader of JPEG (ITU-T T.81, annex B).

use super::summary::Summary;
use crate::error::Error;
use crate::format::Format;

mod errors;
mod frame;
mod metadata;
mod scan;
mod scan_script;
mod segments;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use errors::malformed;
pub(crate) use frame::{Color, Component, Frame, Scale};
pub(crate) use scan::{Scan, ScanComponent};
pub(crate) use scan_script::ScanScript;
pub(crate) use segments::{RST0, RST7, Segment, Segments, icc_chunks};
use tables::TableDefects;
pub(crate) use tables::{
    HuffmanTable, STANDARD_AC, STANDARD_DC, huffman_tables, quantization_tables,
};

/// Reads the headers: up to the scan of a sequential frame that holds all components, otherwise to
/// the end of the file.
pub(crate) fn header(bytes: &[u8]) -> Result<(Summary, Frame), Error> {
    let mut segments = Segments::new(bytes)?;
    let mut metadata = metadata::Metadata::default();
    let mut script = ScanScript::new();
    let mut defects = TableDefects::default();
    let mut found: Option<Frame> = None;
    while let Some(segment) = segments.next()? {
        match segment {
            Segment::Frame { marker, body } => {
                let frame = Frame::parse(marker, body)?;
                if found.replace(frame).is_some() {
                    return Err(malformed("two frame headers"));
                }
            }
            Segment::QuantizationTables(body) => {
                quantization_tables(body).try_for_each(|table| table.map(drop))?;
            }
            Segment::HuffmanTables(body) => {
                for table in huffman_tables(body) {
                    defects.define(table?);
                }
            }
            Segment::RestartInterval(_) => {}
            Segment::Application { number, body } => {
                if found.is_none_or(|frame| frame.scans == 0) {
                    metadata.read_application_segment(number, body);
                }
            }
            Segment::Scan { body, entropy } => {
                let Some(frame) = &mut found else {
                    return Err(malformed("a scan before the frame header"));
                };
                let scan = Scan::parse(body, frame)?;
                script.add(&scan)?;
                defects.check(&scan)?;
                frame.scans = frame.scans.saturating_add(1);
                for component in scan.components() {
                    frame.scan_samples += frame.component_size(component.index).pixels();
                }
                if !frame.progressive && scan.components().len() == frame.components().len() {
                    frame.single_scan = true;
                    frame.entropy_bytes = entropy.len() as u64;
                    break;
                }
                frame.entropy_bytes += segments.skip_entropy_data();
            }
        }
    }
    let Some(mut frame) = found.filter(|frame| frame.scans > 0) else {
        return Err(Error::truncated_header(Format::Jpeg));
    };
    // The end of the data proves that a file without EOI is complete. So every scan is read, and the
    // answer does not depend on the scale.
    let reads_every_scan = script.has_ac_gap() || (!frame.single_scan && !segments.found_eoi());
    for (i, component) in frame.components.iter_mut().enumerate() {
        component.read_to = [Scale::Eighth, Scale::Quarter, Scale::Half]
            .map(|scale| if reads_every_scan { 63 } else { script.read_to(i, scale) });
        component.refined_from = script.refined_from(i);
    }
    frame.color = frame.color_of(&metadata);
    frame.icc_bytes = metadata.icc_bytes;
    let summary = Summary {
        size: frame.size,
        bit_depth: 8,
        color: frame.color.kind(),
        alpha: false,
        orientation: metadata.orientation.unwrap_or_default(),
        progressive: frame.progressive,
        animated: false,
        icc: metadata.icc,
        scans: Some(frame.scans),
        segments: segments.count(),
    };
    Ok((summary, frame))
}
