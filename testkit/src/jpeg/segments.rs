//! Marker segments, written one at a time.

use super::frame::Frame;
use super::scan::Scan;
use super::tables::{HuffmanTable, quantization, typical};

/// A file under construction, one marker segment at a time.
#[derive(Default, Clone)]
pub struct Stream {
    pub bytes: Vec<u8>,
    fill_bytes: usize,
}

impl Stream {
    /// Writes SOI. Every later marker has `fill_bytes` of 0xFF in front.
    pub fn start(fill_bytes: usize) -> Self {
        Self { bytes: vec![0xFF, 0xD8], fill_bytes }
    }

    pub fn marker(&mut self, marker: u8) {
        self.bytes.extend(std::iter::repeat_n(0xFF, self.fill_bytes + 1));
        self.bytes.push(marker);
    }

    pub fn segment(&mut self, marker: u8, payload: &[u8]) {
        self.marker(marker);
        self.bytes.extend((payload.len() as u16 + 2).to_be_bytes());
        self.bytes.extend(payload);
    }

    pub fn quantization(&mut self, slot: usize, table: &[u16; 64], wide: bool) {
        let mut payload = vec![u8::from(wide) << 4 | slot as u8];
        for step in table {
            if wide {
                payload.push((step >> 8) as u8);
            }
            payload.push(*step as u8);
        }
        self.segment(0xDB, &payload);
    }

    pub fn huffman(&mut self, class: usize, slot: usize, table: &HuffmanTable) {
        let head = [(class << 4 | slot) as u8];
        self.segment(0xC4, &[&head, &table.counts[..], &table.symbols].concat());
    }

    /// Writes SOFn with the size and components of `frame`.
    pub fn frame(&mut self, marker: u8, frame: &Frame) {
        let components: Vec<_> =
            frame.components.iter().map(|c| (c.id, c.h as u8, c.v as u8, c.slot as u8)).collect();
        self.frame_header(marker, 8, (frame.width as u16, frame.height as u16), &components);
    }

    /// Writes SOFn. Components are (id, horizontal and vertical factor, quantisation slot).
    pub fn frame_header(
        &mut self,
        marker: u8,
        precision: u8,
        size: (u16, u16),
        components: &[(u8, u8, u8, u8)],
    ) {
        let mut payload = vec![precision];
        payload.extend(size.1.to_be_bytes());
        payload.extend(size.0.to_be_bytes());
        payload.push(components.len() as u8);
        for (id, h, v, slot) in components {
            payload.extend([*id, h << 4 | v, *slot]);
        }
        self.segment(marker, &payload);
    }

    pub fn restart_interval(&mut self, mcus: usize) {
        self.segment(0xDD, &(mcus as u16).to_be_bytes());
    }

    pub fn scan(&mut self, frame: &Frame, scan: &Scan) {
        let components: Vec<_> = scan
            .components
            .iter()
            .map(|&i| (frame.components[i].id, frame.components[i].slot as u8 * 0x11))
            .collect();
        let band = (scan.start as u8, scan.end as u8);
        self.scan_header(&components, band, (scan.high << 4 | scan.low) as u8);
    }

    /// Writes SOS. Components are (id, DC slot << 4 | AC slot).
    pub fn scan_header(&mut self, components: &[(u8, u8)], band: (u8, u8), bits: u8) {
        let mut payload = vec![components.len() as u8];
        for (id, slots) in components {
            payload.extend([*id, *slots]);
        }
        payload.extend([band.0, band.1, bits]);
        self.segment(0xDA, &payload);
    }

    /// Returns the file, with EOI at its end.
    pub fn end(mut self) -> Vec<u8> {
        self.marker(0xD9);
        self.bytes
    }

    /// Writes the quantisation tables of `quality` and the four typical Huffman tables.
    pub fn typical_tables(&mut self, quality: u32) {
        for slot in 0..2 {
            self.quantization(slot, &quantization(slot, quality, 255), false);
        }
        for (class, slot) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            self.huffman(class, slot, &typical(class, slot));
        }
    }
}
