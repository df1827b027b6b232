//! Collects the chunks of the picture that is decoded (RFC 9649, 2.5 to 2.7).

use super::errors::{TRUNCATED, malformed};
use super::riff::{Chunk, Chunks};
use super::still::{Alpha, Coding, Filter, Still, is_possible_canvas};
use super::{vp8, vp8l};
use crate::error::Error;
use crate::size::{Rect, Size};

/// The chunks that were found so far.
#[derive(Default)]
pub(super) struct PictureChunks<'a> {
    canvas: Option<Size>,
    /// The rectangle of the first frame of an animation.
    frame: Option<Rect>,
    pub(super) animated: bool,
    picture: Picture<'a>,
    pub(super) icc: Option<&'a [u8]>,
    pub(super) exif: Option<&'a [u8]>,
}

impl<'a> PictureChunks<'a> {
    /// Reads the only chunk of a file in the simple format (RFC 9649, 2.5 and 2.6).
    pub(super) fn read_simple(&mut self, chunk: Chunk<'a>) {
        self.picture.add(chunk);
    }

    /// Reads a VP8X chunk and the chunks after it (RFC 9649, 2.7).
    pub(super) fn read_extended(
        &mut self,
        vp8x: &'a [u8],
        chunks: &mut Chunks<'a>,
    ) -> Result<(), Error> {
        let &[flags, _, _, _, w0, w1, w2, h0, h1, h2] = vp8x else {
            return Err(malformed("the length of the VP8X chunk"));
        };
        let canvas = Size::new(u24([w0, w1, w2]) + 1, u24([h0, h1, h2]) + 1);
        if !is_possible_canvas(canvas) {
            return Err(malformed("a canvas of 2^32 pixels or more"));
        }
        self.canvas = Some(canvas);
        self.animated = flags & FLAG_ANIMATION != 0;
        loop {
            let chunk = match chunks.next() {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                // The chunks after the picture are optional.
                Err(_) if self.picture.image.is_some() => break,
                Err(error) => return Err(error),
            };
            match &chunk.id {
                b"ICCP" if self.icc.is_none() && self.expects_metadata(flags & FLAG_ICC) => {
                    self.icc = Some(chunk.payload);
                }
                b"EXIF" if self.exif.is_none() && self.expects_metadata(flags & FLAG_EXIF) => {
                    self.exif = Some(chunk.payload);
                }
                b"ANMF" if self.animated => {
                    if self.frame.is_none() {
                        self.read_first_frame(chunk.payload, canvas, chunks)?;
                    } else {
                        chunks.uncount_last();
                    }
                }
                b"ALPH" | b"VP8 " | b"VP8L" if self.animated => {
                    return Err(malformed("a picture outside the frames of an animation"));
                }
                b"ALPH" | b"VP8 " | b"VP8L" => self.picture.add(chunk),
                _ => {}
            }
        }
        let lacks_icc = flags & FLAG_ICC != 0 && self.icc.is_none();
        let lacks_exif = flags & FLAG_EXIF != 0 && self.exif.is_none();
        if chunks.is_truncated() && (self.picture.image.is_none() || lacks_icc || lacks_exif) {
            return Err(TRUNCATED);
        }
        Ok(())
    }

    /// Metadata after the picture counts only if its flag in VP8X is set. Otherwise a truncated
    /// file would look like one that never had the metadata.
    const fn expects_metadata(&self, flag: u8) -> bool {
        flag != 0 || self.picture.image.is_none()
    }

    /// Reads the first ANMF chunk (RFC 9649, 2.7.1.1). Its subchunks count as chunks.
    fn read_first_frame(
        &mut self,
        anmf: &'a [u8],
        canvas: Size,
        chunks: &mut Chunks<'a>,
    ) -> Result<(), Error> {
        let Some((&[x0, x1, x2, y0, y1, y2, w0, w1, w2, h0, h1, h2, ..], data)) =
            anmf.split_first_chunk::<16>()
        else {
            return Err(malformed("the length of the ANMF chunk"));
        };
        let frame = Rect {
            x: 2 * u24([x0, x1, x2]),
            y: 2 * u24([y0, y1, y2]),
            width: u24([w0, w1, w2]) + 1,
            height: u24([h0, h1, h2]) + 1,
        };
        if !frame.is_inside(canvas) {
            return Err(malformed("a frame outside its canvas"));
        }
        let mut inner = Chunks::of_frame(data);
        while let Some(chunk) = inner.next()? {
            self.picture.add(chunk);
        }
        chunks.add_to_count(inner.count());
        self.frame = Some(frame);
        Ok(())
    }

    /// Reads the headers of the coded data, and checks every nested size against the enclosing one.
    /// Returns the picture, the payload of its VP8 or VP8L chunk, and the coded alpha.
    pub(super) fn still(
        &self,
        known: Option<&Still>,
    ) -> Result<(Still, &'a [u8], &'a [u8]), Error> {
        let known_color = known.and_then(|known| match &known.coding {
            Coding::Lossless(stream) => Some(stream),
            Coding::Lossy(_) => None,
        });
        let (lossless, color) = self.picture.image.ok_or(malformed("no picture"))?;
        let (size, coding) = if lossless {
            let (size, stream) = vp8l::Stream::of_image(color, known_color)?;
            (size, Coding::Lossless(stream))
        } else {
            let frame = vp8::Frame::read(color)?;
            (frame.size, Coding::Lossy(frame))
        };
        let canvas = self.canvas.unwrap_or(size);
        let frame_rect = self.frame.unwrap_or(Rect::covering(canvas));
        if frame_rect.size() != size {
            return Err(malformed("two sizes for one picture"));
        }
        let mut alpha_data: &[u8] = &[];
        let alpha = match (coding, self.picture.alpha) {
            // A VP8L stream brings its own alpha; libwebp ignores an ALPH chunk beside it.
            (Coding::Lossless(stream), _) if stream.alpha => Alpha::Inside,
            (Coding::Lossless(_), _) | (_, None) => Alpha::None,
            (Coding::Lossy(_), Some(chunk)) => {
                let (alpha, data) = read_alpha(chunk, size, known)?;
                alpha_data = data;
                alpha
            }
        };
        let icc_bytes = self.icc.map_or(0, |icc| icc.len() as u64);
        let Rect { x, y, .. } = frame_rect;
        Ok((Still { canvas, frame: size, x, y, coding, alpha, icc_bytes }, color, alpha_data))
    }
}

/// Reads an ALPH chunk (RFC 9649, 2.7.1.2). Returns what its first byte declares, and the other
/// bytes.
fn read_alpha<'a>(
    chunk: &'a [u8],
    size: Size,
    known: Option<&Still>,
) -> Result<(Alpha, &'a [u8]), Error> {
    let known = known.and_then(|known| match &known.alpha {
        Alpha::Lossless(_, stream) => Some(stream),
        _ => None,
    });
    let (&info, data) = chunk.split_first().ok_or(malformed("an empty ALPH chunk"))?;
    if (info >> 4) & 3 > 1 {
        return Err(malformed("the preprocessing of the ALPH chunk"));
    }
    let filter = match (info >> 2) & 3 {
        0 => Filter::None,
        1 => Filter::Horizontal,
        2 => Filter::Vertical,
        _ => Filter::Gradient,
    };
    match info & 3 {
        0 if (data.len() as u64) < size.pixels() => Err(TRUNCATED),
        0 => Ok((Alpha::Raw(filter), data)),
        1 => Ok((Alpha::Lossless(filter, vp8l::Stream::of_alpha(data, size, known)?), data)),
        _ => Err(malformed("the compression of the ALPH chunk")),
    }
}

/// The chunks of one picture.
#[derive(Default)]
struct Picture<'a> {
    /// Whether the picture is VP8L, and its payload.
    image: Option<(bool, &'a [u8])>,
    alpha: Option<&'a [u8]>,
}

impl<'a> Picture<'a> {
    /// Adds a chunk, and ignores those that do not belong to the picture. As in libwebp, the first
    /// image counts, and the last ALPH chunk before it. After the image, ALPH has no meaning (RFC
    /// 9649, 2.7.1.2).
    fn add(&mut self, chunk: Chunk<'a>) {
        if self.image.is_some() {
            return;
        }
        match &chunk.id {
            b"VP8 " | b"VP8L" => self.image = Some((&chunk.id == b"VP8L", chunk.payload)),
            b"ALPH" => self.alpha = Some(chunk.payload),
            _ => {}
        }
    }
}

const fn u24(bytes: [u8; 3]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

const FLAG_ANIMATION: u8 = 0x02;
const FLAG_EXIF: u8 = 0x08;
const FLAG_ICC: u8 = 0x20;
