//! Iterates over the scans of a file, and keeps the tables that are in force.

use core::ops::Range;

use super::bit_reader::EntropyData;
use super::coefficients::Coefficients;
use super::multi_scan::ScanDecoder;
use super::order::Order;
use super::single_scan::SingleScan;
use super::tables::{LookupTables, Tables};
use crate::budget::Budget;
use crate::error::Error;
use crate::format::Format;
use crate::job::Job;
use crate::probe::jpeg::{Frame, Scan, ScanScript, Segment, Segments, Sent};
use crate::shrink::RowSink;

pub(super) struct Scans<'a, 'b> {
    segments: Segments<'a>,
    tables: Tables<'a>,
    lookups: LookupTables<'b>,
    entropy: EntropyData<'a, 'b>,
    script: ScanScript,
    /// True once every component has all of its DC coefficients.
    pub(super) has_all_dc: bool,
}

impl<'a, 'b> Scans<'a, 'b> {
    pub(super) fn new(bytes: &'a [u8], frame: &Frame, budget: &'b Budget) -> Result<Self, Error> {
        let segments = Segments::new(bytes)?;
        let (tables, script) = (Tables::new(frame), ScanScript::new());
        let (entropy, lookups) = Self::buffers(frame, budget)?;
        Ok(Self { segments, tables, lookups, entropy, script, has_all_dc: false })
    }

    /// Everything of the scans that takes memory.
    pub(super) fn buffers(
        frame: &Frame,
        budget: &'b Budget,
    ) -> Result<(EntropyData<'a, 'b>, LookupTables<'b>), Error> {
        Ok((EntropyData::new(budget)?, LookupTables::new(budget, frame)?))
    }

    /// Advances to the next scan. Returns its header, and all bytes after the header.
    fn next_scan(&mut self, frame: &Frame) -> Result<Option<(Scan, &'a [u8])>, Error> {
        while let Some(segment) = self.segments.next()? {
            self.tables.read_segment(&segment)?;
            if let Segment::Scan { body, entropy } = segment {
                let scan = Scan::parse(body, frame)?;
                if self.script.add(&scan, frame)? == Sent::AfterTheLastBit {
                    continue;
                }
                return Ok(Some((scan, entropy)));
            }
        }
        Ok(None)
    }

    /// Decodes the single scan of a frame and sends its rows to `sink`.
    pub(super) fn stream<S: RowSink>(
        &mut self,
        order: &Order<'_>,
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let Some((scan, data)) = self.next_scan(order.frame)? else {
            return Err(Error::truncated_header(Format::Jpeg));
        };
        self.entropy.start(data);
        let Self { tables, lookups, entropy, .. } = self;
        let slots = lookups.build(&scan, tables, order.scales)?;
        let scan = SingleScan { order, scan: &scan, tables, lookups, slots };
        scan.decode(entropy, job, sink)
    }

    /// Decodes all scans that `pass` needs into `planes`.
    pub(super) fn decode_pass(
        &mut self,
        order: &Order<'_>,
        pass: &Range<usize>,
        job: Job<'_>,
        planes: &mut [Option<Coefficients<'b>>; 4],
    ) -> Result<(), Error> {
        let frame = order.frame;
        while let Some((scan, data)) = self.next_scan(frame)? {
            for component in scan.components() {
                if let Some(Some(plane)) = planes.get_mut(component.index)
                    && plane.quantization_steps.is_none()
                {
                    plane.quantization_steps =
                        Some(self.tables.quantization_steps(frame, component.index)?);
                }
            }
            job.interrupt.check()?;
            if order.needs(&scan, pass) {
                self.entropy.start(data);
                let Self { tables, lookups, entropy, .. } = self;
                let slots = lookups.build(&scan, tables, order.scales)?;
                let decoder = ScanDecoder {
                    frame,
                    scan: &scan,
                    lookups,
                    slots,
                    restart_interval: tables.restart_interval,
                    interrupt: job.interrupt,
                };
                decoder.decode(entropy, planes)?;
                self.segments.advance_in_entropy_data(self.entropy.consumed_bytes());
            }
            self.has_all_dc = self.script.has_all_dc(frame);
        }
        let ended = self.segments.found_eoi() || self.script.is_complete(frame);
        if ended && self.has_all_dc { Ok(()) } else { Err(Error::truncated_header(Format::Jpeg)) }
    }
}
