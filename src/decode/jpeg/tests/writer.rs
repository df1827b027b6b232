//! Writes JPEG files from coefficients, with any sampling, scans and restart intervals. The exact
//! planes are known without another decoder.

use crate::probe::jpeg::Scale;

/// The picture to write.
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
}

pub(super) struct Component {
    pub(super) h: u32,
    pub(super) v: u32,
    /// Blocks per row, including the padding of the MCUs.
    columns: u32,
    /// Coefficients in zigzag order.
    blocks: Vec<[i32; 64]>,
}

/// One scan: its components, its spectral band and its bits.
#[derive(Clone)]
pub(super) struct ScanPlan {
    pub(super) components: Vec<usize>,
    pub(super) band: (u8, u8),
    /// Ah and Al.
    pub(super) bits: (u8, u8),
    pub(super) restart_interval: u16,
}

/// A pseudorandom number generator (xorshift).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) % u64::from(end)) as u32
    }
}

pub(super) const STEP: i32 = 3;

impl Picture {
    pub(super) fn random((width, height): (u32, u32), factors: &[(u32, u32)], seed: u64) -> Self {
        let mut random = Random(seed * 2 + 1);
        let factors = if factors.len() == 1 { &[(1, 1)] } else { factors };
        let h_max = factors.iter().map(|f| f.0).max().unwrap();
        let v_max = factors.iter().map(|f| f.1).max().unwrap();
        let mut components = Vec::new();
        for &(h, v) in factors {
            let columns = width.div_ceil(8 * h_max) * h;
            let rows = height.div_ceil(8 * v_max) * v;
            let blocks = (0..columns * rows).map(|_| random_block(&mut random)).collect();
            components.push(Component { h, v, columns, blocks });
        }
        Self { width, height, components }
    }

    pub(super) fn factors(&self) -> (u32, u32) {
        self.components.iter().fold((1, 1), |(h, v), c| (h.max(c.h), v.max(c.v)))
    }

    /// The exact samples of the plane of a component, without rounding.
    pub(super) fn plane(&self, component: usize, scale: Scale) -> Vec<f64> {
        let c = &self.components[component];
        let (h_max, v_max) = self.factors();
        let n = scale.side();
        let size = |side: u32, factor: u32, most: u32| {
            (side * factor).div_ceil(most).div_ceil(scale.divisor())
        };
        let (width, height) = (size(self.width, c.h, h_max), size(self.height, c.v, v_max));
        let mut plane = std::vec![0.0; (width * height) as usize];
        for (i, block) in (0..).zip(&c.blocks) {
            let mut natural = [0; 64];
            for (k, index) in super::super::zigzag::zigzag_order(Scale::Full).iter().enumerate() {
                natural[usize::from(*index)] = block[k] * STEP;
            }
            let samples = crate::dct::reference::inverse(&natural, n as usize);
            for (j, sample) in (0..).zip(samples) {
                let (x, y) = (i % c.columns * n + j % n, i / c.columns * n + j / n);
                if x < width && y < height {
                    plane[(y * width + x) as usize] = sample;
                }
            }
        }
        plane
    }

    /// Replaces each coefficient.
    pub(super) fn map(mut self, change: impl Fn(i32) -> i32) -> Self {
        let blocks = self.components.iter_mut().flat_map(|component| &mut component.blocks);
        blocks.flatten().for_each(|value| *value = change(*value));
        self
    }

    pub(super) fn sequential(&self, groups: &[&[usize]], intervals: &[u16]) -> Vec<u8> {
        let scans: Vec<_> = groups
            .iter()
            .zip(intervals.iter().cycle())
            .map(|(group, &restart_interval)| ScanPlan {
                components: group.to_vec(),
                band: (0, 63),
                bits: (0, 0),
                restart_interval,
            })
            .collect();
        self.write(0xC0, &scans)
    }

    /// Writes the complete file. Each scan has its own tables.
    pub(super) fn write(&self, sof: u8, scans: &[ScanPlan]) -> Vec<u8> {
        let mut file = std::vec![0xFF, 0xD8];
        write_segment(&mut file, 0xDB, &[&[0][..], &[STEP as u8; 64]].concat());
        let mut header = std::vec![8];
        header.extend((self.height as u16).to_be_bytes());
        header.extend((self.width as u16).to_be_bytes());
        header.push(self.components.len() as u8);
        for (i, c) in (0..).zip(&self.components) {
            header.extend([10 + i, (c.h << 4 | c.v) as u8, 0]);
        }
        write_segment(&mut file, sof, &header);
        let mut interval = 0;
        for (number, scan) in scans.iter().enumerate() {
            // The tables differ from those of the scan before, so a stale table is detected.
            let [dc, ac] = [dc_symbols(number), ac_symbols(number)];
            write_segment(&mut file, 0xC4, &[&[0x02][..], &DC_COUNTS, &dc].concat());
            write_segment(&mut file, 0xC4, &[&[0x13][..], &AC_COUNTS, &ac].concat());
            if scan.restart_interval != interval {
                interval = scan.restart_interval;
                write_segment(&mut file, 0xDD, &interval.to_be_bytes());
            }
            let mut header = std::vec![scan.components.len() as u8];
            for &i in &scan.components {
                header.extend([10 + i as u8, 0x23]);
            }
            header.extend([scan.band.0, scan.band.1, scan.bits.0 << 4 | scan.bits.1]);
            write_segment(&mut file, 0xDA, &header);
            let dc = assign_codes(&DC_COUNTS, &dc);
            let ac = assign_codes(&AC_COUNTS, &ac);
            let mut writer = EntropyWriter {
                file,
                bits: 0,
                count: 0,
                dc,
                ac,
                eob_run: 0,
                pending_corrections: Vec::new(),
            };
            self.write_scan(scan, sof == 0xC2, &mut writer);
            file = writer.file;
        }
        file.extend([0xFF, 0xD9]);
        file
    }

    fn write_scan(&self, scan: &ScanPlan, progressive: bool, writer: &mut EntropyWriter) {
        let (h_max, v_max) = self.factors();
        let single = scan.components.len() == 1;
        let c = &self.components[scan.components[0]];
        let (columns, rows) = if single {
            let width = (self.width * c.h).div_ceil(h_max);
            let height = (self.height * c.v).div_ceil(v_max);
            (width.div_ceil(8), height.div_ceil(8))
        } else {
            (self.width.div_ceil(8 * h_max), self.height.div_ceil(8 * v_max))
        };
        let mut predicted = [0; 4];
        let mut marker = 0;
        for mcu in 0..columns * rows {
            let interval = u32::from(scan.restart_interval);
            if interval > 0 && mcu > 0 && mcu % interval == 0 {
                writer.end_eob_run();
                writer.align();
                writer.file.extend([0xFF, 0xD0 + marker]);
                marker = (marker + 1) & 7;
                predicted = [0; 4];
            }
            let (mcu_x, mcu_y) = (mcu % columns, mcu / columns);
            for &i in &scan.components {
                let c = &self.components[i];
                let (h, v) = if single { (1, 1) } else { (c.h, c.v) };
                for y in mcu_y * v..(mcu_y + 1) * v {
                    for x in mcu_x * h..(mcu_x + 1) * h {
                        let block = &c.blocks[(y * c.columns + x) as usize];
                        writer.write_block(block, scan, progressive, &mut predicted[i]);
                    }
                }
            }
        }
        writer.end_eob_run();
        writer.align();
    }
}

fn random_block(random: &mut Random) -> [i32; 64] {
    let mut block = [0; 64];
    let mut number = |most: u32| random.below(2 * most + 1).cast_signed() - most.cast_signed();
    block[0] = number(300);
    match number(2) {
        -2 => {}
        -1 => block[63] = number(9),
        0 => (0..3).for_each(|_| block[(number(31) + 32) as usize] = number(20)),
        1 => block[1..].iter_mut().for_each(|value| *value = number(3)),
        _ => (1..12).for_each(|k| block[k] = number(40)),
    }
    block
}

struct EntropyWriter {
    file: Vec<u8>,
    bits: u32,
    count: u32,
    dc: [(u32, u32); 256],
    ac: [(u32, u32); 256],
    /// EOBRUN (T.81, G.1.2.2).
    eob_run: u32,
    /// The correction bits that follow the EOB run.
    pending_corrections: Vec<u32>,
}

impl EntropyWriter {
    fn write_bits(&mut self, value: u32, count: u32) {
        for i in (0..count).rev() {
            self.bits = self.bits << 1 | value >> i & 1;
            self.count += 1;
            if self.count == 8 {
                self.file.push(self.bits as u8);
                if self.bits as u8 == 0xFF {
                    self.file.push(0);
                }
                self.count = 0;
            }
        }
    }

    fn align(&mut self) {
        while self.count > 0 {
            self.write_bits(1, 1);
        }
    }

    fn write_symbol(&mut self, codes: [(u32, u32); 256], symbol: u32) {
        let (code, length) = codes[symbol as usize];
        assert!(length > 0);
        self.write_bits(code, length);
    }

    fn write_magnitude(&mut self, value: i32, size: u32) {
        self.write_bits((if value < 0 { value - 1 } else { value }).cast_unsigned(), size);
    }

    fn write_block(
        &mut self,
        block: &[i32; 64],
        scan: &ScanPlan,
        progressive: bool,
        predicted: &mut i32,
    ) {
        let (high, low) = scan.bits;
        let (first, last) = (usize::from(scan.band.0), usize::from(scan.band.1));
        if first == 0 && high == 0 {
            let value = block[0] >> low;
            let difference = value - *predicted;
            *predicted = value;
            let size = 32 - difference.unsigned_abs().leading_zeros();
            self.write_symbol(self.dc, size);
            self.write_magnitude(difference, size);
        } else if first == 0 {
            self.write_bits((block[0] >> low & 1).cast_unsigned(), 1);
        }
        if last == 0 {
            return;
        }
        let band = first.max(1)..=last;
        if high == 0 {
            self.write_ac_first(block, band, low, progressive)
        } else {
            self.write_ac_refinement(block, band, low)
        }
    }

    fn write_ac_first(
        &mut self,
        block: &[i32; 64],
        band: core::ops::RangeInclusive<usize>,
        low: u8,
        progressive: bool,
    ) {
        let mut zeros = 0;
        for k in band {
            let magnitude = block[k].unsigned_abs() >> low;
            if magnitude == 0 {
                zeros += 1;
                continue;
            }
            self.end_eob_run();
            while zeros > 15 {
                self.write_symbol(self.ac, 0xF0);
                zeros -= 16;
            }
            let size = 32 - magnitude.leading_zeros();
            self.write_symbol(self.ac, zeros << 4 | size);
            self.write_magnitude(magnitude.cast_signed() * block[k].signum(), size);
            zeros = 0;
        }
        if zeros > 0 {
            self.eob_run += 1;
            if !progressive || self.eob_run == 0x7FFF {
                self.end_eob_run();
            }
        }
    }

    fn write_ac_refinement(
        &mut self,
        block: &[i32; 64],
        band: core::ops::RangeInclusive<usize>,
        low: u8,
    ) {
        let magnitude = |k: usize| block[k].unsigned_abs() >> low;
        let end = band.clone().rfind(|&k| magnitude(k) == 1).unwrap_or(0);
        let (mut zeros, mut corrections) = (0, Vec::new());
        for k in band {
            if magnitude(k) == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 && k <= end {
                self.end_eob_run();
                self.write_symbol(self.ac, 0xF0);
                zeros -= 16;
                corrections.drain(..).for_each(|bit| self.write_bits(bit, 1));
            }
            if magnitude(k) > 1 {
                corrections.push(magnitude(k) & 1);
                continue;
            }
            self.end_eob_run();
            self.write_symbol(self.ac, zeros << 4 | 1);
            self.write_bits(u32::from(block[k] > 0), 1);
            corrections.drain(..).for_each(|bit| self.write_bits(bit, 1));
            zeros = 0;
        }
        if zeros > 0 || !corrections.is_empty() {
            self.eob_run += 1;
            self.pending_corrections.append(&mut corrections);
            if self.eob_run == 0x7FFF {
                self.end_eob_run();
            }
        }
    }

    fn end_eob_run(&mut self) {
        if self.eob_run > 0 {
            let size = 31 - self.eob_run.leading_zeros();
            self.write_symbol(self.ac, size << 4);
            self.write_bits(self.eob_run, size);
            self.eob_run = 0;
        }
        let pending = core::mem::take(&mut self.pending_corrections);
        pending.into_iter().for_each(|bit| self.write_bits(bit, 1));
    }
}

pub(super) fn write_segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    file.extend([0xFF, marker]);
    file.extend((body.len() as u16 + 2).to_be_bytes());
    file.extend(body);
}

/// The code and length of each symbol.
fn assign_codes(counts: &[u8; 16], symbols: &[u8]) -> [(u32, u32); 256] {
    let mut codes = [(0, 0); 256];
    let (mut code, mut symbols) = (0, symbols.iter());
    for (length, &count) in (1..).zip(counts) {
        for _ in 0..count {
            codes[usize::from(*symbols.next().unwrap())] = (code, length);
            code += 1;
        }
        code <<= 1;
    }
    codes
}

/// Codes of all lengths from 2 bits.
const DC_COUNTS: [u8; 16] = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2];
const AC_COUNTS: [u8; 16] = [0, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 32, 32, 64, 32, 34];

fn dc_symbols(number: usize) -> Vec<u8> {
    (0..16).map(|i| (i + number as u8) & 15).collect()
}

fn ac_symbols(number: usize) -> Vec<u8> {
    let mut symbols = std::vec![0x00, 0x01, 0x11, 0xF0, 0x02, 0x21, 0x10, 0x03];
    symbols.extend(
        (0..=255).filter(|s| ![0x00, 0x01, 0x11, 0xF0, 0x02, 0x21, 0x10, 0x03].contains(s)),
    );
    symbols.rotate_left(number % 5);
    symbols
}
