//! The checks of header, request and limits that need no byte of the image.

use super::geometry::Geometry;
use crate::error::{Error, Unsupported};
use crate::format::Format;
use crate::limits::{Limit, Limits};
use crate::probe::{Detail, Header};
use crate::request::OutputFormat;

/// Refuses a header that exceeds a limit. The cheapest checks come first.
pub(super) fn limits(header: &Header, limits: &Limits) -> Result<(), Error> {
    if !limits.formats.contains(header.format) {
        return Err(Error::Unsupported(Unsupported::NotAllowed(header.format)));
    }
    Limit::InputBytes.check(header.input_bytes, limits.max_input_bytes)?;
    Limit::Side.check(u64::from(header.size.longer_side()), u64::from(limits.max_side_px))?;
    Limit::Pixels.check(header.size.pixels(), limits.max_pixels)?;
    Limit::Segments.check(u64::from(header.segments), u64::from(limits.max_segments))?;
    if let Detail::Jpeg(frame) = &header.detail {
        Limit::Scans.check(u64::from(frame.scans), u64::from(limits.max_scans))?;
        let components = 0..frame.components().len();
        let samples: u64 = components.map(|index| frame.component_size(index).pixels()).sum();
        let allowed = samples.saturating_mul(u64::from(limits.max_scan_work));
        Limit::ScanWork.check(frame.scan_samples, allowed)?;
    }
    Ok(())
}

/// Refuses a header that declares more pixels than the data can hold.
pub(super) fn credible(header: &Header) -> Result<(), Error> {
    let (coded_size, possible_pixels) = match &header.detail {
        Detail::Jpeg(frame) => (header.size, frame.possible_pixels()),
        Detail::Png(image) => (header.size, image.possible_pixels()),
        Detail::WebP(still) => (still.frame, still.possible_pixels()),
    };
    let declared_pixels = coded_size.pixels();
    if declared_pixels > possible_pixels {
        return Err(Error::NotCredible { declared_pixels, possible_pixels });
    }
    Ok(())
}

/// Refuses a PNG that ends before its image data. Whether image data are complete, the decoder finds
/// out. The readers of the other formats have already checked that there are some.
pub(super) fn has_image_data(header: &Header) -> Result<(), Error> {
    match &header.detail {
        Detail::Png(image) if !image.has_image_data => Err(Error::truncated_header(Format::Png)),
        _ => Ok(()),
    }
}

/// Refuses a side that the output format cannot store. The longest are 65,535 in JPEG (T.81,
/// B.2.2), 16,383 in lossy WebP (RFC 6386, 9.1), 16,384 in lossless WebP (RFC 9649, 3.4) and 2^31 - 1 in PNG.
pub(super) fn output_format(output: OutputFormat, geometry: &Geometry) -> Result<(), Error> {
    let allowed = match output {
        OutputFormat::Jpeg { .. } => 65_535,
        OutputFormat::WebP { .. } => 16_383,
        OutputFormat::WebPLossless => 16_384,
        OutputFormat::Png | OutputFormat::Pixels => u64::from(i32::MAX.unsigned_abs()),
    };
    for output in geometry.outputs() {
        Limit::OutputSide.check(u64::from(output.size.longer_side()), allowed)?;
    }
    Ok(())
}
