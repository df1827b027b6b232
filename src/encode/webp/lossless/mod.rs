//! Pixels → lossless WebP (VP8L, RFC 9649, section 3).
//!
//! The green sample is subtracted from red and blue, one predictor is applied to all pixels, and
//! the residuals are Huffman coded. Equal neighbours become run lengths. Residuals are computed
//! from the pixels whenever they are needed, and their histograms give the length of the file
//! before it is written. So the file is the only allocation.

use super::container::{self, Chunk};
use crate::budget::{Budget, Buffer};
use crate::charges;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::{Gamut, Layout, PictureView};
use crate::price::sum_ps;
use crate::size::Size;
use crate::work;

mod bit_writer;
mod huffman;
mod residual;

use bit_writer::BitWriter;
use huffman::{Code, GREEN_SYMBOLS};
use residual::{Predictor, Residuals, Token};

/// The longest side that a lossless WebP can have (RFC 9649, 3.4).
pub(crate) const MAX_SIDE_PX: u32 = 16_384;

/// The most work of [`encode`] in picoseconds.
pub(crate) fn work_ps(size: Size, layout: Layout) -> u64 {
    let pixel_ps = if layout == Layout::Rgba { RGBA_PIXEL_PS } else { PIXEL_PS };
    sum_ps([(size.pixels(), pixel_ps)])
}

/// A pixel: its residuals by each predictor, counted and coded.
const PIXEL_PS: u64 = 65_000;
/// The same in colour and with alpha.
const RGBA_PIXEL_PS: u64 = 115_000;

/// Encodes `picture` as a lossless WebP. It declares alpha only when a pixel is transparent.
///
/// # Errors
/// [`Error::OverLimit`] for a side over [`MAX_SIDE_PX`].
pub(crate) fn encode<'b>(
    picture: PictureView<'_>,
    Job { budget, interrupt }: Job<'b>,
) -> Result<Buffer<'b, u8>, Error> {
    picture.check(MAX_SIDE_PX)?;
    let PictureView { size, gamut, .. } = picture;
    let stream = Stream::of_picture(picture, interrupt)?;
    let frame = Chunk { id: *b"VP8L", bytes: stream.bytes() };
    let all = container::profile_chunks(gamut).map(|[vp8x, iccp]| [vp8x, iccp, frame]);
    let alone = [frame];
    let chunks = all.as_ref().map_or(&alone[..], |all| all);
    charges::file_starts();
    let mut file = container::start(chunks, budget)?;
    for &chunk in chunks {
        container::write_chunk(&mut file, chunk, |file| match &chunk.id {
            b"VP8X" => container::write_vp8x(file, size, gamut, stream.uses_alpha()),
            b"ICCP" => container::write_profile(file, gamut),
            _ => stream.write(file, interrupt),
        })?;
    }
    container::finish(file, chunks)
}

/// A coded picture, or a coded plane of alpha. Its length is known before it is written.
pub(super) struct Stream<'p> {
    /// What a picture says before its transforms, and not a plane of alpha.
    header: Option<Header>,
    residuals: Residuals<'p>,
    predictor: Predictor,
    codes: Codes,
    bytes: u64,
}

/// The size of a picture, and whether alpha is used (RFC 9649, 3.4).
#[derive(Clone, Copy)]
struct Header {
    size: Size,
    uses_alpha: bool,
}

impl<'p> Stream<'p> {
    /// The stream of a VP8L chunk.
    fn of_picture(picture: PictureView<'p>, interrupt: &Interrupt) -> Result<Self, Error> {
        let uses_alpha = picture.layout.has_alpha() && !picture.is_opaque();
        let header = Header { size: picture.size, uses_alpha };
        Self::new(Some(header), Residuals::new(picture), interrupt)
    }

    /// The stream of an ALPH chunk: green is the alpha of `picture` (RFC 9649, 2.7.1.2).
    pub(super) fn of_alpha(picture: PictureView<'p>, interrupt: &Interrupt) -> Result<Self, Error> {
        Self::new(None, Residuals::of_alpha(picture), interrupt)
    }

    fn new(
        header: Option<Header>,
        residuals: Residuals<'p>,
        interrupt: &Interrupt,
    ) -> Result<Self, Error> {
        let predictor = residuals.best_predictor(interrupt)?;
        let mut histograms = Histograms::default();
        residuals.each_token(predictor, interrupt, |token| {
            histograms.count(token);
            Ok(())
        })?;
        let codes = Codes::of(&histograms);
        let mut counter = BitWriter::counting();
        write_header(&mut counter, header, predictor, &codes)?;
        let bytes = (counter.bits() + histograms.bits(&codes)).div_ceil(8);
        Ok(Self { header, residuals, predictor, codes, bytes })
    }

    fn uses_alpha(&self) -> bool {
        self.header.is_some_and(|header| header.uses_alpha)
    }

    /// The length of the stream.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends the stream to `file`.
    pub(super) fn write(
        &self,
        file: &mut Buffer<'_, u8>,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        let mut writer = BitWriter::into(file);
        write_header(&mut writer, self.header, self.predictor, &self.codes)?;
        self.residuals.each_token(self.predictor, interrupt, |token| {
            // The frame counts the pixels of a plane of alpha.
            if self.header.is_some() {
                work::encoded(token.pixels() as u64);
            }
            self.codes.write(token, &mut writer)
        })?;
        writer.finish()
    }
}

/// Charges what is live in [`encode`] to a budget that counts: the file. Returns what is charged
/// before.
pub(crate) fn count(
    size: Size,
    layout: Layout,
    gamut: Gamut,
    budget: &Budget,
) -> Result<u64, Error> {
    let before_bytes = budget.used_bytes();
    budget.reserve(file_bytes(size, layout, gamut))?;
    Ok(before_bytes)
}

/// The length of the longest file of any picture of this size. [`encode`] allocates nothing else.
///
/// The codes take at most 8 bits per symbol on average, or 9 for the 280 symbols of green, because
/// [`Code::fitted`] falls back to flat codes. A run costs up to 9 bits and replaces at least one
/// pixel, which counts with no less. Only runs of 5 pixels or more have extra bits, up to 10.
/// Samples that a layout does not have are constant and take no bits. The codes themselves take up
/// to 300 bytes each.
pub(crate) const fn file_bytes(size: Size, layout: Layout, gamut: Gamut) -> u64 {
    let bits_per_pixel = match layout {
        Layout::Gray => 9,
        Layout::GrayAlpha => 9 + 8,
        Layout::Rgb => 9 + 2 * 8,
        Layout::Rgba => 9 + 3 * 8,
    };
    size.pixels().saturating_mul(bits_per_pixel) / 8 + 2048 + container::profile_bytes(gamut)
}

/// The symbol of a run length, its extra bits and their number (RFC 9649, 3.5.2.3, table 5).
fn run_symbol(length: u16) -> (usize, u32, u32) {
    let value = u32::from(length.max(1)) - 1;
    let (prefix, extra, extra_bits) = if value < 4 {
        (value, 0, 0)
    } else {
        let highest = value.ilog2();
        let extra_bits = highest - 1;
        let second = value >> extra_bits & 1;
        (2 * highest + second, value & ((1 << extra_bits) - 1), extra_bits)
    };
    (256 + prefix as usize, extra, extra_bits)
}

/// How often each symbol occurs.
struct Histograms {
    green: [u32; GREEN_SYMBOLS],
    red_blue_alpha: [[u32; 256]; 3],
    extra_bits: u64,
}

impl Default for Histograms {
    fn default() -> Self {
        Self { green: [0; GREEN_SYMBOLS], red_blue_alpha: [[0; 256]; 3], extra_bits: 0 }
    }
}

impl Histograms {
    fn count(&mut self, token: Token) {
        match token {
            Token::Pixel([green, red_blue_alpha @ ..]) => {
                self.green[usize::from(green)] += 1;
                for (counts, value) in self.red_blue_alpha.iter_mut().zip(red_blue_alpha) {
                    counts[usize::from(value)] += 1;
                }
            }
            Token::Run(length) => {
                let (symbol, _, extra_bits) = run_symbol(length);
                if let Some(count) = self.green.get_mut(symbol) {
                    *count += 1;
                }
                self.extra_bits += u64::from(extra_bits);
            }
        }
    }

    /// The bits of all tokens with these codes.
    fn bits(&self, codes: &Codes) -> u64 {
        let others = self.red_blue_alpha.iter().zip(&codes.red_blue_alpha);
        let others = others.map(|(counts, code)| code.bits(counts));
        codes.green.bits(&self.green) + others.sum::<u64>() + self.extra_bits
    }
}

/// The codes of green and run lengths, and of red, blue and alpha.
struct Codes {
    green: Code<GREEN_SYMBOLS>,
    red_blue_alpha: [Code<256>; 3],
}

impl Codes {
    fn of(histograms: &Histograms) -> Self {
        Self {
            green: Code::fitted(&histograms.green),
            red_blue_alpha: histograms.red_blue_alpha.each_ref().map(Code::fitted),
        }
    }

    fn write(&self, token: Token, writer: &mut BitWriter<'_, '_>) -> Result<(), Error> {
        match token {
            Token::Pixel([green, red_blue_alpha @ ..]) => {
                self.green.write(usize::from(green), writer)?;
                for (code, value) in self.red_blue_alpha.iter().zip(red_blue_alpha) {
                    code.write(usize::from(value), writer)?;
                }
                Ok(())
            }
            Token::Run(length) => {
                let (symbol, extra, extra_bits) = run_symbol(length);
                self.green.write(symbol, writer)?;
                // All runs have the same distance, to the left neighbour. It takes no bits.
                writer.write(extra, extra_bits)
            }
        }
    }
}

/// Writes everything before the tokens of the picture (RFC 9649, 3.4, 3.5 and 3.7.2).
fn write_header(
    writer: &mut BitWriter<'_, '_>,
    header: Option<Header>,
    predictor: Predictor,
    codes: &Codes,
) -> Result<(), Error> {
    if let Some(Header { size, uses_alpha }) = header {
        writer.write(0x2F, 8)?;
        writer.write(size.width - 1, 14)?;
        writer.write(size.height - 1, 14)?;
        writer.write(u32::from(uses_alpha), 1)?;
        writer.write(0, 3)?;
    }

    writer.write(1, 1)?;
    writer.write(SUBTRACT_GREEN_TRANSFORM, 2)?;
    writer.write(1, 1)?;
    writer.write(PREDICTOR_TRANSFORM, 2)?;
    // Blocks of 512 pixels. All have the same predictor, so each code of their image has one
    // symbol.
    writer.write(7, 3)?;
    writer.write(0, 1)?;
    huffman::write_single(predictor.mode(), writer)?;
    for _ in 0..4 {
        huffman::write_single(0, writer)?;
    }
    writer.write(0, 1)?;

    // No colour cache, and only one group of codes.
    writer.write(0, 1)?;
    writer.write(0, 1)?;
    codes.green.write_lengths(writer)?;
    for code in &codes.red_blue_alpha {
        code.write_lengths(writer)?;
    }
    huffman::write_single(LEFT_DISTANCE_SYMBOL, writer)
}

const PREDICTOR_TRANSFORM: u32 = 0;
const SUBTRACT_GREEN_TRANSFORM: u32 = 2;
/// Distance code 2 is the pixel on the left (RFC 9649, 3.5.2.2). Its prefix symbol is 1.
const LEFT_DISTANCE_SYMBOL: u8 = 1;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::encode::test_pictures::{self, view};
    use crate::limits::Limit;

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

    fn endless(budget: &Budget) -> Job<'_> {
        static NEVER: Interrupt = Interrupt::never();
        Job { budget, interrupt: &NEVER }
    }

    fn encoded(pixels: &[u8], size: Size, layout: Layout) -> Vec<u8> {
        let budget = Budget::new(file_bytes(size, layout, Gamut::Srgb));
        let file = encode(view(pixels, size, layout), endless(&budget)).unwrap();
        file.into_parts().0
    }

    /// The pixels in RGB, or in RGBA when the file declares alpha.
    fn decoded(file: &[u8]) -> (Size, bool, Vec<u8>) {
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
        let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut pixels).unwrap();
        let (width, height) = decoder.dimensions();
        (Size::new(width, height), decoder.has_alpha(), pixels)
    }

    fn expanded(pixels: &[u8], layout: Layout, with_alpha: bool) -> Vec<u8> {
        let pixels = pixels.chunks_exact(layout.bytes_per_pixel());
        pixels
            .flat_map(|pixel| {
                let color = match layout {
                    Layout::Gray | Layout::GrayAlpha => [pixel[0]; 3],
                    Layout::Rgb | Layout::Rgba => [pixel[0], pixel[1], pixel[2]],
                };
                let alpha = with_alpha.then(|| *pixel.last().unwrap());
                color.into_iter().chain(alpha).collect::<Vec<u8>>()
            })
            .collect()
    }

    #[test]
    fn all_layouts_round_trip_exactly() {
        for size in test_pictures::SIZES {
            for layout in LAYOUTS {
                let channels = layout.bytes_per_pixel();
                let noise = test_pictures::noise(size.pixels() as usize * channels, 3);
                for mut pixels in [noise, test_pictures::photo(size, channels)] {
                    if layout.has_alpha() {
                        pixels[channels - 1] = 12;
                    }
                    let file = encoded(&pixels, size, layout);
                    let expected = expanded(&pixels, layout, layout.has_alpha());
                    assert_eq!(decoded(&file), (size, layout.has_alpha(), expected));
                    // The simple file format has one chunk and nothing else (RFC 9649, 2.5).
                    assert_eq!(&file[8..16], b"WEBPVP8L");
                    let chunk_len = u32::from_le_bytes([file[16], file[17], file[18], file[19]]);
                    assert_eq!(file.len(), 20 + chunk_len.next_multiple_of(2) as usize);
                    assert_eq!(file, encoded(&pixels, size, layout));
                }
            }
        }
    }

    #[test]
    fn runs_of_equal_pixels_round_trip_exactly() {
        // Runs of 1 to 140 pixels in one row, and one that is longer than a token can be.
        let lengths = (1..=140).map(|length| (length as u8, length));
        let row: Vec<u8> = lengths.flat_map(|(value, length)| vec![value; length]).collect();
        let flat = vec![90; 3 * 5000];
        for (pixels, width) in [(row, 9870), (flat, 3)] {
            let size = Size::new(width, pixels.len() as u32 / width);
            let file = encoded(&pixels, size, Layout::Gray);
            assert_eq!(decoded(&file), (size, false, expanded(&pixels, Layout::Gray, false)));
            // A token for each run; most of the codes have one symbol.
            assert!(file.len() < 600, "{}", file.len());
        }
    }

    #[test]
    fn a_code_with_lengths_that_are_all_the_same_round_trips() {
        // The differences from pixel to pixel are 0 to 255, each of them once.
        let red = (0..256u32).map(|x| (x * (x + 1) / 2) as u8);
        let pixels: Vec<u8> = red.flat_map(|red| [red, 0, 0]).collect();
        let size = Size::new(256, 1);
        assert_eq!(decoded(&encoded(&pixels, size, Layout::Rgb)), (size, false, pixels));
    }

    #[test]
    fn opaque_alpha_is_not_declared() {
        for layout in [Layout::GrayAlpha, Layout::Rgba] {
            for size in test_pictures::SIZES {
                let channels = layout.bytes_per_pixel();
                let mut pixels = test_pictures::noise(size.pixels() as usize * channels, 5);
                for alpha in pixels.iter_mut().skip(channels - 1).step_by(channels) {
                    *alpha = 255;
                }
                let file = encoded(&pixels, size, layout);
                assert_eq!(decoded(&file), (size, false, expanded(&pixels, layout, false)));
            }
        }
    }

    #[test]
    fn the_longest_files_are_within_the_bound() {
        for size in [Size::new(1, 1), Size::new(3, 9000), Size::new(9000, 3), Size::new(300, 300)] {
            for layout in LAYOUTS {
                let len = size.pixels() as usize * layout.bytes_per_pixel();
                let file = encoded(&test_pictures::noise(len, 11), size, layout);
                assert!(file.len() as u64 <= file_bytes(size, layout, Gamut::Srgb));
            }
        }
    }

    #[test]
    fn a_side_that_the_format_cannot_store_is_over_the_limit() {
        let size = Size::new(16_385, 1);
        let budget = Budget::new(file_bytes(size, Layout::Gray, Gamut::Srgb));
        let refused = encode(view(&[0; 16_385], size, Layout::Gray), endless(&budget));
        assert!(matches!(
            refused,
            Err(Error::OverLimit { limit: Limit::OutputSide, found: 16_385, allowed: 16_384 })
        ));
    }
}
