//! The container reader of WebP (RFC 9649, section 2): one still picture, or the first frame of an
//! animation.

use super::{ColorKind, Detail, Format, Header, IccKind, Orientation};
use crate::error::Error;
use crate::size::{Rect, Size};

mod bits;
mod code;
mod heap;
mod riff;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod vp8;
pub(crate) mod vp8l;

use riff::{Chunk, Chunks};

/// The one picture that is decoded, with all that its cost depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Still {
    /// The canvas of an animation; otherwise the size of the frame.
    pub(crate) canvas: Size,
    /// The size of the decoded picture. Rows are given in its coordinates.
    pub(crate) frame: Size,
    /// Where the frame lies on the canvas; both are even.
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) coding: Coding,
    pub(crate) alpha: Alpha,
    /// The length of the ICC profile, 0 without one.
    pub(crate) icc_bytes: u64,
}

impl Still {
    /// The most pixels that the coded data can hold; `None` where no bound exists.
    ///
    /// VP8L has none: a prefix code of one symbol spends no bit, so that 16,384 × 16,384 pixels fit
    /// in 20 bytes (RFC 9649, 3.7.2).
    pub(crate) fn possible_pixels(&self) -> Option<u64> {
        match self.coding {
            Coding::Lossy(frame) => Some(frame.possible_pixels()),
            Coding::Lossless(_) => None,
        }
    }

    /// True when the frame leaves a part of the canvas uncovered, which is transparent.
    pub(crate) fn leaves_canvas_bare(&self) -> bool {
        self.canvas != self.frame
    }
}

/// How the colours are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// VP8: planes Y, U, V, and alpha apart.
    Lossy(vp8::Frame),
    /// VP8L: red, green, blue and alpha in one stream.
    Lossless(vp8l::Stream),
}

/// Where alpha comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alpha {
    /// The frame is opaque.
    None,
    /// With the colours of a VP8L stream.
    Inside,
    /// An ALPH chunk that holds one byte a pixel.
    Raw(Filter),
    /// An ALPH chunk that holds a VP8L stream whose green is alpha.
    Lossless(Filter, vp8l::Stream),
}

/// How alpha was predicted before it was coded (RFC 9649, 2.7.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    None,
    Horizontal,
    Vertical,
    Gradient,
}

/// What the walk over the chunks approved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approved<'a> {
    pub(crate) still: Still,
    /// The payload of the VP8 or VP8L chunk.
    pub(crate) color: &'a [u8],
    /// The coded alpha behind the first byte of the ALPH chunk; empty without one.
    pub(crate) alpha: &'a [u8],
    icc: Option<&'a [u8]>,
    orientation: Orientation,
    animated: bool,
    chunks: u32,
}

pub(crate) fn header(bytes: &[u8]) -> Result<Header, Error> {
    let approved = read(bytes)?;
    let still = approved.still;
    Ok(Header {
        format: Format::WebP,
        size: still.canvas,
        bit_depth: 8,
        color: match still.coding {
            Coding::Lossy(_) => ColorKind::YCbCr,
            Coding::Lossless(_) => ColorKind::Rgb,
        },
        alpha: still.alpha != Alpha::None || still.leaves_canvas_bare(),
        orientation: approved.orientation,
        progressive: false,
        animated: approved.animated,
        icc: approved.icc.map(IccKind::of),
        scans: None,
        input_bytes: bytes.len() as u64,
        segments: approved.chunks,
        icc_cost_bytes: 0,
        detail: Detail::WebP(still),
    })
}

/// The ICC profile as it lies in the file.
pub(crate) fn icc(bytes: &[u8]) -> Option<&[u8]> {
    read(bytes).ok()?.icc
}

/// Walks the chunks and reads the headers of the coded data; time is linear in the input.
pub(crate) fn read(bytes: &[u8]) -> Result<Approved<'_>, Error> {
    let mut chunks = Chunks::of_file(bytes)?;
    let first = chunks.next()?.ok_or(TRUNCATED)?;
    let mut walk = Walk::default();
    match &first.id {
        b"VP8X" => walk.extended(first.payload, &mut chunks)?,
        b"VP8 " | b"VP8L" => {
            walk.picture.take(first)?;
        }
        _ => return Err(malformed("the first chunk is not a picture")),
    }
    let (still, color, alpha) = walk.still()?;
    Ok(Approved {
        still,
        color,
        alpha,
        icc: walk.icc,
        orientation: walk.exif.map(orientation).unwrap_or_default(),
        animated: walk.animated,
        chunks: chunks.counted(),
    })
}

/// Some writers keep the six bytes that mark Exif in a JPEG.
fn orientation(exif: &[u8]) -> Orientation {
    Orientation::of_exif(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
}

/// What was found so far.
#[derive(Default)]
struct Walk<'a> {
    canvas: Option<Size>,
    /// The rectangle of the first frame of an animation.
    frame: Option<Rect>,
    animated: bool,
    picture: Picture<'a>,
    icc: Option<&'a [u8]>,
    exif: Option<&'a [u8]>,
}

impl<'a> Walk<'a> {
    /// The chunks behind a VP8X chunk (RFC 9649, 2.7).
    fn extended(&mut self, vp8x: &'a [u8], chunks: &mut Chunks<'a>) -> Result<(), Error> {
        let &[flags, _, _, _, w0, w1, w2, h0, h1, h2] = vp8x else {
            return Err(malformed("the length of the VP8X chunk"));
        };
        let canvas = Size::new(u24([w0, w1, w2]) + 1, u24([h0, h1, h2]) + 1);
        if canvas.pixels() > u64::from(u32::MAX) {
            return Err(malformed("a canvas of 2^32 pixels or more"));
        }
        self.canvas = Some(canvas);
        self.animated = flags & FLAG_ANIMATION != 0;
        loop {
            let chunk = match chunks.next() {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                // What lies behind the picture is not needed.
                Err(_) if self.picture.image.is_some() => break,
                Err(error) => return Err(error),
            };
            match &chunk.id {
                b"ICCP" if self.icc.is_none() => self.icc = Some(chunk.payload),
                b"EXIF" if self.exif.is_none() => self.exif = Some(chunk.payload),
                b"ANMF" if self.animated => {
                    if self.frame.is_none() {
                        self.first_frame(chunk.payload, canvas, chunks)?;
                    } else {
                        chunks.forget();
                    }
                }
                b"ALPH" | b"VP8 " | b"VP8L" if self.animated => {
                    return Err(malformed("a picture outside the frames of an animation"));
                }
                b"ALPH" | b"VP8 " | b"VP8L" => self.picture.take(chunk)?,
                _ => {}
            }
        }
        if chunks.is_cut()
            && (self.picture.image.is_none() || flags & FLAG_EXIF != 0 && self.exif.is_none())
        {
            return Err(TRUNCATED);
        }
        Ok(())
    }

    /// The first ANMF chunk (RFC 9649, 2.7.1.1). Its subchunks count as chunks.
    fn first_frame(
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
            self.picture.take(chunk)?;
        }
        chunks.count(inner.counted());
        self.frame = Some(frame);
        Ok(())
    }

    /// Holds every nested size against the one around it.
    fn still(&self) -> Result<(Still, &'a [u8], &'a [u8]), Error> {
        let (lossless, color) = self.picture.image.ok_or(malformed("no picture"))?;
        let (size, coding) = if lossless {
            let (size, stream) = vp8l::Stream::of_image(color)?;
            (size, Coding::Lossless(stream))
        } else {
            let frame = vp8::Frame::read(color)?;
            (frame.size, Coding::Lossy(frame))
        };
        let canvas = self.canvas.unwrap_or(size);
        let place = self.frame.unwrap_or(Rect::covering(canvas));
        if place.size() != size {
            return Err(malformed("two sizes for one picture"));
        }
        let mut alpha_data: &[u8] = &[];
        let alpha = match (coding, self.picture.alpha) {
            (Coding::Lossless(stream), None) if stream.alpha => Alpha::Inside,
            (Coding::Lossless(_), Some(_)) => {
                return Err(malformed("an ALPH chunk beside a VP8L chunk"));
            }
            (_, None) => Alpha::None,
            (Coding::Lossy(_), Some(chunk)) => {
                let (alpha, data) = alpha(chunk, size)?;
                alpha_data = data;
                alpha
            }
        };
        let icc_bytes = self.icc.map_or(0, |icc| icc.len() as u64);
        let Rect { x, y, .. } = place;
        Ok((Still { canvas, frame: size, x, y, coding, alpha, icc_bytes }, color, alpha_data))
    }
}

/// The ALPH chunk (RFC 9649, 2.7.1.2): what its first byte says, and the rest.
fn alpha(chunk: &[u8], size: Size) -> Result<(Alpha, &[u8]), Error> {
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
        1 => Ok((Alpha::Lossless(filter, vp8l::Stream::of_alpha(data, size)?), data)),
        _ => Err(malformed("the compression of the ALPH chunk")),
    }
}

/// The chunks that make one picture.
#[derive(Default)]
struct Picture<'a> {
    /// True for VP8L, and the payload.
    image: Option<(bool, &'a [u8])>,
    alpha: Option<&'a [u8]>,
}

impl<'a> Picture<'a> {
    fn take(&mut self, chunk: Chunk<'a>) -> Result<(), Error> {
        match &chunk.id {
            b"VP8 " | b"VP8L" if self.image.is_some() => Err(malformed("two pictures")),
            b"VP8 " | b"VP8L" => {
                self.image = Some((&chunk.id == b"VP8L", chunk.payload));
                Ok(())
            }
            b"ALPH" if self.alpha.is_some() => Err(malformed("two ALPH chunks")),
            // Behind the picture it has no meaning (RFC 9649, 2.7.1.2).
            b"ALPH" if self.image.is_none() => {
                self.alpha = Some(chunk.payload);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

pub(super) const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::WebP, what)
}

const fn u24(bytes: [u8; 3]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

const TRUNCATED: Error = Error::truncated_header(Format::WebP);

const FLAG_ANIMATION: u8 = 0x02;
const FLAG_EXIF: u8 = 0x08;

#[cfg(test)]
mod tests;
