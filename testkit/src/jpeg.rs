//! JPEG files: planes → coefficients → segments. [`Frame::file`] writes a whole file by [`Options`];
//! [`Stream`] writes one segment at a time, for files that break a rule.

use crate::jpeg_scan::{Scan, entropy_coded, optimal_tables, tokens};
use crate::jpeg_tables::{HuffmanTable, ZIGZAG, quantization, typical};
use crate::pictures::Picture;

/// Quantised coefficients of a picture.
pub struct Frame {
    pub width: usize,
    pub height: usize,
    pub components: Vec<Component>,
    pub quantization: Vec<[u16; 64]>,
    pub mcus_wide: usize,
    pub mcus_high: usize,
}

pub struct Component {
    pub id: u8,
    pub h: usize,
    pub v: usize,
    /// Slot of the quantisation and Huffman tables.
    pub slot: usize,
    /// Samples, without the padding to whole MCUs.
    pub width: usize,
    pub height: usize,
    pub blocks_wide: usize,
    /// In zigzag order, padded to whole MCUs.
    pub blocks: Vec<[i32; 64]>,
}

/// How [`Frame::file`] writes.
#[derive(Clone)]
pub struct Options {
    /// The SOF marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive.
    pub sof: u8,
    /// None: one interleaved scan, or the usual ten scans of a progressive file.
    pub scans: Option<Vec<Scan>>,
    pub restart_interval: usize,
    /// Optimal Huffman tables before each scan; always so in a progressive file.
    pub optimal: bool,
    pub jfif: bool,
    pub adobe_transform: Option<u8>,
    /// Other APPn and COM segments.
    pub segments: Vec<(u8, Vec<u8>)>,
    pub wide_quantization: bool,
    pub huffman_tables: bool,
    /// Extra 0xFF bytes before each marker segment.
    pub fill_bytes: usize,
    pub end_of_image: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sof: 0xC0,
            scans: None,
            restart_interval: 0,
            optimal: false,
            jfif: true,
            adobe_transform: None,
            segments: Vec::new(),
            wide_quantization: false,
            huffman_tables: true,
            fill_bytes: 0,
            end_of_image: true,
        }
    }
}

impl Frame {
    /// The channels of `planes` become components with the given sampling factors; components but
    /// the first share slot 1 where `chroma` says so.
    pub fn new(planes: &Picture, factors: &[(usize, usize)], quality: u32, chroma: bool) -> Self {
        let (width, height) = (planes.width as usize, planes.height as usize);
        let hmax = factors.iter().map(|f| f.0).max().unwrap_or(1);
        let vmax = factors.iter().map(|f| f.1).max().unwrap_or(1);
        let (mcus_wide, mcus_high) = (width.div_ceil(8 * hmax), height.div_ceil(8 * vmax));
        let largest = if quality < 8 { 65_535 } else { 255 };
        let quantization: Vec<_> =
            (0..2).map(|slot| quantization(slot, quality, largest)).collect();
        let components = factors
            .iter()
            .enumerate()
            .map(|(channel, &(h, v))| {
                let slot = usize::from(chroma && (channel == 1 || channel == 2));
                let mut component = Component {
                    id: channel as u8 + 1,
                    h,
                    v,
                    slot,
                    width: (width * h).div_ceil(hmax),
                    height: (height * v).div_ceil(vmax),
                    blocks_wide: mcus_wide * h,
                    blocks: Vec::new(),
                };
                let samples = downsample(planes, channel, &component, (hmax, vmax));
                for by in 0..mcus_high * v {
                    for bx in 0..mcus_wide * h {
                        component.blocks.push(block(
                            &samples,
                            (component.width, component.height),
                            (bx * 8, by * 8),
                            &quantization[slot],
                        ));
                    }
                }
                component
            })
            .collect();
        Self { width, height, components, quantization, mcus_wide, mcus_high }
    }

    /// A whole file.
    pub fn file(&self, options: &Options) -> Vec<u8> {
        let mut stream = Stream::start(options.fill_bytes);
        if options.jfif {
            stream.segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        }
        for (marker, payload) in &options.segments {
            stream.segment(*marker, payload);
        }
        if let Some(transform) = options.adobe_transform {
            stream.segment(0xEE, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat());
        }
        let slots = 1 + usize::from(self.components.iter().any(|c| c.slot == 1));
        for slot in 0..slots {
            stream.quantization(slot, &self.quantization[slot], options.wide_quantization);
        }
        stream.frame(options.sof, self);
        let progressive = options.sof == 0xC2;
        let optimal = options.optimal || progressive;
        if !optimal && options.huffman_tables {
            for class in 0..2 {
                for slot in 0..slots {
                    stream.huffman(class, slot, &typical(class, slot));
                }
            }
        }
        if options.restart_interval != 0 {
            stream.restart_interval(options.restart_interval);
        }
        let all: Vec<usize> = (0..self.components.len()).collect();
        let scans = options.scans.clone().unwrap_or_else(|| {
            if progressive { usual_scans(all.len()) } else { vec![Scan::sequential(&all)] }
        });
        for scan in &scans {
            self.write_scan(&mut stream, scan, options.restart_interval, progressive, optimal);
        }
        if options.end_of_image {
            stream.marker(0xD9);
        }
        stream.bytes
    }

    /// DHT where the tables are `optimal`, SOS and data.
    pub fn write_scan(
        &self,
        stream: &mut Stream,
        scan: &Scan,
        restart_interval: usize,
        progressive: bool,
        optimal: bool,
    ) {
        let tokens = tokens(self, scan, restart_interval, progressive);
        if !optimal {
            stream.scan(self, scan);
            stream.bytes.extend(entropy_coded(&tokens, typical));
            return;
        }
        let tables = optimal_tables(&tokens);
        for (class, slot, table) in &tables {
            stream.huffman(*class, *slot, table);
        }
        stream.scan(self, scan);
        stream.bytes.extend(entropy_coded(&tokens, |class, slot| {
            let found = tables.iter().find(|(c, s, _)| (*c, *s) == (class, slot));
            found.map_or_else(|| typical(class, slot), |(_, _, table)| table.clone())
        }));
    }
}

/// DC in two steps, AC in two bands with a refinement: what most progressive files have.
pub fn usual_scans(components: usize) -> Vec<Scan> {
    let all: Vec<usize> = (0..components).collect();
    let mut scans = vec![Scan::progressive(&all, (0, 0), (0, 1))];
    scans.push(Scan::progressive(&[0], (1, 5), (0, 2)));
    for component in 1..components {
        scans.push(Scan::progressive(&[component], (1, 63), (0, 1)));
    }
    scans.push(Scan::progressive(&[0], (6, 63), (0, 2)));
    scans.push(Scan::progressive(&[0], (1, 63), (2, 1)));
    scans.push(Scan::progressive(&all, (0, 0), (1, 0)));
    for component in (0..components).rev() {
        scans.push(Scan::progressive(&[component], (1, 63), (1, 0)));
    }
    scans
}

/// A file under construction, one marker segment at a time.
#[derive(Default, Clone)]
pub struct Stream {
    pub bytes: Vec<u8>,
    fill_bytes: usize,
}

impl Stream {
    /// Starts with SOI.
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

    /// SOFn with the size and the components of `frame`.
    pub fn frame(&mut self, marker: u8, frame: &Frame) {
        let components: Vec<_> =
            frame.components.iter().map(|c| (c.id, c.h as u8, c.v as u8, c.slot as u8)).collect();
        self.frame_header(marker, 8, (frame.width as u16, frame.height as u16), &components);
    }

    /// SOFn; components are (id, horizontal and vertical factor, quantisation slot).
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

    /// SOS; components are (id, DC slot << 4 | AC slot).
    pub fn scan_header(&mut self, components: &[(u8, u8)], band: (u8, u8), bits: u8) {
        let mut payload = vec![components.len() as u8];
        for (id, slots) in components {
            payload.extend([*id, *slots]);
        }
        payload.extend([band.0, band.1, bits]);
        self.segment(0xDA, &payload);
    }

    /// The file, with EOI behind what is there.
    pub fn end(mut self) -> Vec<u8> {
        self.marker(0xD9);
        self.bytes
    }

    /// The four typical Huffman tables and the tables of `quality`.
    pub fn typical_tables(&mut self, quality: u32) {
        for slot in 0..2 {
            self.quantization(slot, &quantization(slot, quality, 255), false);
        }
        for (class, slot) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            self.huffman(class, slot, &typical(class, slot));
        }
    }
}

/// The mean of the source pixels under each sample of the component.
fn downsample(
    planes: &Picture,
    channel: usize,
    component: &Component,
    (hmax, vmax): (usize, usize),
) -> Vec<i64> {
    let (width, height) = (planes.width as usize, planes.height as usize);
    let mut samples = Vec::new();
    for y in 0..component.height {
        let y0 = y * vmax / component.v;
        let y1 = ((y + 1) * vmax).div_ceil(component.v).clamp(y0 + 1, height.max(y0 + 1));
        for x in 0..component.width {
            let x0 = x * hmax / component.h;
            let x1 = ((x + 1) * hmax).div_ceil(component.h).clamp(x0 + 1, width.max(x0 + 1));
            let mut sum = 0;
            for sy in y0..y1 {
                for sx in x0..x1 {
                    let (sx, sy) = (sx.min(width - 1) as u32, sy.min(height - 1) as u32);
                    sum += i64::from(planes.at(sx, sy, channel));
                }
            }
            let area = ((x1 - x0) * (y1 - y0)) as i64;
            samples.push((2 * sum + area) / (2 * area));
        }
    }
    samples
}

/// Level shift, forward DCT (A.3.3) in integers, quantisation; edges are repeated.
fn block(
    samples: &[i64],
    (width, height): (usize, usize),
    (x0, y0): (usize, usize),
    steps: &[u16; 64],
) -> [i32; 64] {
    let mut rows = [[0; 8]; 8];
    for (y, row) in rows.iter_mut().enumerate() {
        let start = (y0 + y).min(height - 1) * width;
        let line: [i64; 8] =
            std::array::from_fn(|x| samples[start + (x0 + x).min(width - 1)] - 128);
        *row = dct(&line);
    }
    let mut natural = [0; 64];
    for u in 0..8 {
        let column = dct(&std::array::from_fn(|y| rows[y][u]));
        for v in 0..8 {
            natural[v * 8 + u] = column[v];
        }
    }
    std::array::from_fn(|k| {
        let step = i64::from(steps[k]) << 28;
        let value = natural[ZIGZAG[k]];
        let size = (value.abs() + step / 2) / step;
        let size = size.min(if k == 0 { 2047 } else { 1023 });
        (if value < 0 { -size } else { size }) as i32
    })
}

/// One dimension of the DCT, times 2^14.
fn dct(line: &[i64; 8]) -> [i64; 8] {
    std::array::from_fn(|u| {
        (0..8)
            .map(|x| {
                // cos((2x + 1)uπ/16) / 2, by its place in the period of 32.
                let place = (2 * x + 1) * u % 32;
                let folded = if place > 16 { 32 - place } else { place };
                let cosine =
                    if folded > 8 { -HALF_COSINES[16 - folded] } else { HALF_COSINES[folded] };
                let cosine = if u == 0 { HALF_COSINES[4] } else { cosine };
                line[x] * cosine
            })
            .sum()
    })
}

/// 2^14 · cos(kπ/16) / 2.
const HALF_COSINES: [i64; 9] = [8192, 8035, 7568, 6811, 5793, 4551, 3135, 1598, 0];
