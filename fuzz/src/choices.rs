//! The end of an input chooses what is done with it: a request, limits, cuts, mutations.
//!
//! The end stays a part of the input as well, so that a file of the corpus is a good seed as it is,
//! and data behind the end of a picture are choices and nothing else.

use arbitrary::{Result, Unstructured};
use bombproof::{Formats, JpegDetail, Limits, Rect, Size};

use crate::properties::{Fit, Output, RequestParts};

/// Choices, drawn from bytes; when they run out, the first alternative each time.
pub struct Choices<'a>(pub Unstructured<'a>);

impl<'a> Choices<'a> {
    /// Those of the last `bytes` bytes of an input.
    pub fn at_end_of(input: &'a [u8], bytes: usize) -> Self {
        Self(Unstructured::new(&input[input.len().saturating_sub(bytes)..]))
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.int_in_range(0..=end - 1).unwrap_or(0)
    }

    pub fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub fn number(&mut self) -> u32 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u8) -> bool {
        self.byte() % times == times - 1
    }

    /// One of a few.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// A request for at most `side` pixels a side.
    pub fn wish(&mut self, side: u32) -> RequestParts {
        self.try_wish(side).unwrap_or_default()
    }

    fn try_wish(&mut self, side: u32) -> Result<RequestParts> {
        let fit = self.one_of(&[Fit::Cover, Fit::Contain, Fit::Full]);
        let count = if self.once_in(4) { 1 + self.below(8) } else { 1 };
        let sizes = (0..count).map(|_| Size::new(self.side(side), self.side(side))).collect();
        let crop = self.once_in(4).then(|| {
            let [x, y, width, height] = [(); 4].map(|()| self.side(side));
            Rect { x: x - 1, y: y - 1, width, height }
        });
        let output = match self.below(4) {
            0 => Output::Png,
            1 => Output::Pixels,
            2 => Output::WebP,
            _ => Output::Jpeg(1 + self.byte() % 100),
        };
        let details = [JpegDetail::Balanced, JpegDetail::Fastest, JpegDetail::Best];
        Ok(RequestParts {
            fit,
            sizes,
            crop,
            enlarge: self.once_in(2),
            output,
            detail: self.one_of(&details),
            background: self.0.arbitrary()?,
            min_percent_of_rows: self.once_in(8).then(|| 1 + self.byte() % 100),
        })
    }

    /// 1 to `most`, the small ones often.
    fn side(&mut self, most: u32) -> u32 {
        let any = self.number();
        let most = match any >> 29 {
            0..=3 => most.min(16),
            4 | 5 => most.min(64),
            6 => most.min(128),
            _ => most,
        };
        1 + any % most
    }

    /// Limits under which a job is fast, and one time in four any below them.
    pub fn limits(&mut self) -> Limits {
        let mut limits = Limits::default();
        limits.max_pixels = self.one_of(&[65_536, 65_536, 65_536, 1_000_000]);
        limits.max_output_side_px = 1_024;
        if self.once_in(4) {
            limits.max_input_bytes = u64::from(self.number() % (1 << 17));
            limits.max_side_px = self.number() >> (self.byte() % 32);
            limits.max_memory_bytes = u64::from(self.number() >> (6 + self.byte() % 16));
            limits.max_scans = self.number() % 70;
            limits.max_scan_work = self.number() % 24;
            limits.max_segments = self.number() % 1_100;
            limits.max_icc_bytes = u64::from(self.number() % (1 << 21));
            limits.max_icc_bytes_cmyk = u64::from(self.number() % (1 << 21));
            let [jpeg, png, webp] = [(); 3].map(|()| !self.once_in(16));
            limits.formats = Formats { jpeg, png, webp };
        }
        limits
    }
}

/// Limits that allow everything, for what is decided without a pixel.
pub fn no_limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_input_bytes = u64::MAX;
    limits.max_side_px = u32::MAX;
    limits.max_pixels = u64::MAX;
    limits.max_memory_bytes = u64::MAX;
    limits.max_output_side_px = u32::MAX;
    limits
}
