//! zune-jpeg, the decoder to compare with.

use bombproof::instrument::Plane;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

/// All components as they are in the file, neither upsampled nor converted.
pub fn planes(file: &[u8]) -> Result<Vec<Plane>, DecodeErrors> {
    let limits = DecoderOptions::default()
        .set_max_width(65_535)
        .set_max_height(65_535)
        .jpeg_set_max_scans(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), limits);
    decoder.decode_headers()?;
    let mut raw = decoder.raw_output();
    let (Some(layout), Some(count)) = (raw.layout(), raw.num_components()) else {
        return Err(DecodeErrors::FormatStatic("no components"));
    };
    let layout = &layout[..count];
    let strides: Vec<_> = layout.iter().map(|plane| plane.width).collect();
    let mut planes: Vec<_> = layout
        .iter()
        .map(|plane| Plane { width: plane.width, samples: vec![0; plane.width * plane.height] })
        .collect();
    let mut samples: Vec<_> = planes.iter_mut().map(|plane| plane.samples.as_mut_slice()).collect();
    raw.decode_into_planes_strided(&mut samples, &strides)?;
    Ok(planes)
}
