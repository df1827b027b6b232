//! The container reader of JPEG (ITU-T T.81, annex B).

use super::summary::Summary;
use crate::error::Error;
use crate::format::Format;

mod errors;
mod frame;
mod metadata;
mod scan;
mod scan_script;
mod scan_totals;
mod segments;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use errors::malformed;
pub(crate) use frame::{AcScans, CodeBits, Color, Frame, Scale};
pub(crate) use scan::{Scan, ScanComponent};
pub(crate) use scan_script::{ScanScript, Sent};
use scan_totals::ScanTotals;
pub(crate) use segments::{EntropyLength, RST0, RST7, Segment, Segments, icc_chunks};
use tables::TableProperties;
pub(crate) use tables::{
    HuffmanTable, MISSING_HUFFMAN_TABLE, STANDARD_AC, STANDARD_DC, huffman_tables,
    quantization_tables,
};

/// Reads the headers: up to the scan of a sequential frame that holds all components, otherwise to
/// the end of the file.
pub(crate) fn header(bytes: &[u8]) -> Result<(Summary, Frame), Error> {
    let mut segments = Segments::new(bytes)?;
    let mut metadata = metadata::Metadata::default();
    let mut scans = ScansSoFar::new();
    let mut found: Option<Frame> = None;
    while let Some(segment) = segments.next()? {
        match segment {
            Segment::Frame { marker, body } => {
                let frame = Frame::parse(marker, body)?;
                if !frame.progressive {
                    scans.tables.define_standard_tables();
                }
                if found.replace(frame).is_some() {
                    return Err(malformed("two frame headers"));
                }
            }
            Segment::QuantizationTables(body) => {
                scans.table_bytes += body.len() as u64;
                quantization_tables(body).try_for_each(|table| table.map(drop))?;
            }
            Segment::HuffmanTables(body) => {
                scans.table_bytes += body.len() as u64;
                for table in huffman_tables(body) {
                    scans.tables.define(table?);
                }
            }
            Segment::RestartInterval(mcus) => scans.restart_interval = mcus,
            Segment::Application { number, body } => {
                if found.is_none_or(|frame| frame.scans == 0) {
                    metadata.read_application_segment(number, body);
                }
            }
            Segment::Scan { body, entropy } => {
                let Some(frame) = &mut found else {
                    return Err(malformed("a scan before the frame header"));
                };
                scans.add(&Scan::parse(body, frame)?, entropy, &mut segments, frame)?;
                if frame.single_scan {
                    break;
                }
            }
        }
    }
    let Some(mut frame) = found.filter(|frame| frame.scans > 0) else {
        return Err(Error::truncated_header(Format::Jpeg));
    };
    scans.finish(segments.found_eoi(), &mut frame);
    frame.color = frame.color_of(&metadata);
    frame.header_stops = segments.stops();
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

/// What the scans so far, and the tables before them, declare together.
struct ScansSoFar {
    script: ScanScript,
    totals: ScanTotals,
    tables: TableProperties,
    table_bytes: u64,
    restart_interval: u16,
}

impl ScansSoFar {
    fn new() -> Self {
        Self {
            script: ScanScript::new(),
            totals: ScanTotals::new(),
            tables: TableProperties::new(),
            table_bytes: 0,
            restart_interval: 0,
        }
    }

    /// Adds `scan` to `frame`, and skips its data, unless it is the only one.
    fn add(
        &mut self,
        scan: &Scan,
        entropy: &[u8],
        segments: &mut Segments<'_>,
        frame: &mut Frame,
    ) -> Result<(), Error> {
        if self.script.add(scan, frame)? == Sent::Needed {
            self.tables.check(scan)?;
        }
        frame.scans = frame.scans.saturating_add(1);
        frame.ac_code_bits = frame.ac_code_bits.max(self.tables.ac_code_bits(scan));
        for component in scan.components() {
            frame.scan_samples += frame.component_size(component.index).pixels();
        }
        frame.single_scan =
            !frame.progressive && scan.components().len() == frame.components().len();
        let length = if frame.single_scan {
            EntropyLength { bytes: entropy.len() as u64, stops: 0 }
        } else {
            segments.skip_entropy_data()
        };
        self.totals.add(scan, length, self.restart_interval, frame);
        Ok(())
    }

    /// Writes to `frame` what follows from all scans together.
    fn finish(&self, found_eoi: bool, frame: &mut Frame) {
        // The end of the data proves that a file without EOI is complete. So every scan is read, and
        // the answer does not depend on the scale.
        let reads_every_scan = self.script.has_ac_gap() || (!frame.single_scan && !found_eoi);
        for (i, component) in frame.components.iter_mut().enumerate() {
            component.read_to = [Scale::Eighth, Scale::Quarter, Scale::Half]
                .map(|scale| if reads_every_scan { 63 } else { self.script.read_to(i, scale) });
            component.refined_from = self.script.refined_from(i);
            component.ac_scans = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth]
                .map(|scale| self.totals.ac_scans(i, component.last_coefficient(scale)));
        }
        frame.table_bytes = self.table_bytes;
    }
}
