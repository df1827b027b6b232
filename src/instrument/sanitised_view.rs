//! The part of an upload that the decoders see.

use crate::error::Error;
use crate::format::Format;
use crate::probe::crc::crc32;
use crate::probe::{Detail, jpeg, png, probe, webp};

/// The part of an upload that a decoder sees, as a file: the approved segments or chunks and
/// nothing else.
///
/// For an animation this is only the first frame. The canvas around it, the orientation and the
/// profile are left out.
///
/// # Errors
/// Those of [`probe`], and [`Error::Truncated`] where a chunk ends early.
pub fn sanitised_view(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let header = probe(bytes)?;
    match &header.detail {
        Detail::Jpeg(frame) => jpeg_view(bytes, frame.single_scan),
        Detail::Png(image) => png_view(bytes, image),
        Detail::WebP(_) => webp_view(bytes),
    }
}

fn jpeg_view(bytes: &[u8], streams: bool) -> Result<Vec<u8>, Error> {
    use jpeg::Segment;
    let mut view = b"\xFF\xD8".to_vec();
    let put = |view: &mut Vec<u8>, marker: u8, body: &[u8]| {
        view.extend([0xFF, marker]);
        view.extend(u16::try_from(body.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
        view.extend(body);
    };
    let mut segments = jpeg::Segments::new(bytes)?;
    let mut is_followed_by_marker = true;
    while let Some(segment) = segments.next()? {
        match segment {
            Segment::Frame { marker, body } => put(&mut view, marker, body),
            Segment::QuantizationTables(body) => put(&mut view, 0xDB, body),
            Segment::HuffmanTables(body) => put(&mut view, 0xC4, body),
            Segment::RestartInterval(mcus) => put(&mut view, 0xDD, &mcus.to_be_bytes()),
            Segment::Application { .. } => {}
            Segment::Scan { body, entropy } => {
                put(&mut view, 0xDA, body);
                let length =
                    usize::try_from(segments.skip_entropy_data().bytes).unwrap_or(usize::MAX);
                let (data, rest) = entropy.split_at_checked(length).unwrap_or((entropy, &[]));
                is_followed_by_marker = !rest.is_empty();
                // A truncated file may end in half a marker. Before the EOI that would be a fill
                // byte.
                let fill_bytes = data.iter().rev().take_while(|&&byte| byte == 0xFF).count();
                view.extend(data.get(..data.len() - fill_bytes).unwrap_or(data));
                // The decoder reads nothing after the only scan.
                if streams {
                    break;
                }
            }
        }
    }
    // What follows the last block is damage before a marker, and appended data at the end of a file.
    if is_followed_by_marker {
        view.extend([0xFF, 0xD9]);
    }
    Ok(view)
}

fn png_view(bytes: &[u8], image: &png::Image) -> Result<Vec<u8>, Error> {
    if !image.has_image_data {
        return Err(Error::truncated_header(Format::Png));
    }
    let mut view = png::SIGNATURE.to_vec();
    let mut put = |kind: &[u8; 4], data: &[u8]| {
        let start = view.len() + 4;
        view.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
        view.extend(kind);
        view.extend(data);
        view.extend(crc32(view.get(start..).unwrap_or_default()).to_be_bytes());
    };
    let colors = png::palette_and_transparency(bytes, image)?;
    for chunk in png::Chunks::of(bytes).map_while(Result::ok).take(1) {
        put(&chunk.kind, chunk.data);
    }
    if !colors.palette.is_empty() {
        put(b"PLTE", colors.palette.as_flattened());
    }
    if !colors.transparency.is_empty() {
        put(b"tRNS", colors.transparency);
    }
    png::image_data(bytes).filter(|data| !data.is_empty()).for_each(|data| put(b"IDAT", data));
    put(b"IEND", &[]);
    Ok(view)
}

fn webp_view(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    use webp::{Alpha, Coding};
    let approved = webp::read(bytes)?;
    let frame = approved.still.frame;
    let mut body = Vec::new();
    let mut put = |kind: &[u8; 4], parts: &[&[u8]]| {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        body.extend(kind);
        body.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        parts.iter().for_each(|part| body.extend(*part));
        body.resize(body.len().next_multiple_of(2), 0);
    };
    let coded_alpha = match approved.still.alpha {
        Alpha::Raw(filter) => Some(filter.bits() << 2),
        Alpha::Lossless(filter, _) => Some(filter.bits() << 2 | 1),
        Alpha::None | Alpha::Inside => None,
    };
    if let Some(method) = coded_alpha {
        let [w0, w1, w2, _] = (frame.width - 1).to_le_bytes();
        let [h0, h1, h2, _] = (frame.height - 1).to_le_bytes();
        put(b"VP8X", &[&[0x10, 0, 0, 0, w0, w1, w2, h0, h1, h2]]);
        put(b"ALPH", &[&[method], approved.alpha]);
    }
    let kind = match approved.still.coding {
        Coding::Lossy(_) => b"VP8 ",
        Coding::Lossless(_) => b"VP8L",
    };
    put(kind, &[approved.color]);
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    Ok([b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &body].concat())
}
