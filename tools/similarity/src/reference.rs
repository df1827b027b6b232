//! Reference decodes: pixels by the `image` crate, colour conversion by moxcms.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::lanczos::{self, Window};
use crate::picture::Rgba;

/// A full decode with the orientation applied.
#[derive(Debug)]
pub struct Reference {
    /// The pixels in the colours that the file stores.
    pub picture: Rgba,
    /// The embedded ICC profile.
    pub profile: Option<Vec<u8>>,
}

impl Reference {
    /// Decodes a complete file and applies its orientation.
    ///
    /// # Errors
    /// Those of the decoder.
    pub fn of(bytes: &[u8]) -> Result<Self, String> {
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(message)?;
        reader.no_limits();
        let mut decoder = reader.into_decoder().map_err(message)?;
        let profile = decoder.icc_profile().map_err(message)?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut decoded = DynamicImage::from_decoder(decoder).map_err(message)?;
        decoded.apply_orientation(orientation);
        Ok(Self { picture: rgba(decoded), profile })
    }

    /// The picture in sRGB, converted by its profile if it has one.
    ///
    /// # Errors
    /// A profile that moxcms cannot read or convert from.
    pub fn converted(&self) -> Result<Rgba, String> {
        let Some(profile) = &self.profile else { return Ok(self.picture.clone()) };
        let source = ColorProfile::new_from_slice(profile).map_err(message)?;
        let transform = source
            .create_transform_8bit(
                Layout::Rgba,
                &ColorProfile::new_srgb(),
                Layout::Rgba,
                TransformOptions::default(),
            )
            .map_err(message)?;
        let mut converted = self.picture.clone();
        transform.transform(&self.picture.samples, &mut converted.samples).map_err(message)?;
        Ok(converted)
    }
}

/// The stored pixels of a file with an Exif orientation applied,
/// whatever orientation the file declares.
///
/// # Errors
/// Those of the decoder, and an orientation that does not exist.
pub fn oriented(bytes: &[u8], exif_value: u8) -> Result<Rgba, String> {
    let mut decoded = image::load_from_memory(bytes).map_err(message)?;
    let orientation = Orientation::from_exif(exif_value).ok_or("no such orientation")?;
    decoded.apply_orientation(orientation);
    Ok(rgba(decoded))
}

/// The largest centred square of a picture, resized to `side` × `side` pixels, or in its
/// own size if it is smaller. This is what `Request::cover(side, side)` asks for.
pub fn cover(picture: &Rgba, side: usize) -> Rgba {
    let square = picture.width.min(picture.height);
    let window = Window {
        x: ((picture.width - square) / 2) as f64,
        y: ((picture.height - square) / 2) as f64,
        width: square as f64,
        height: square as f64,
    };
    lanczos::resize(picture, window, side.min(square), side.min(square))
}

fn rgba(decoded: DynamicImage) -> Rgba {
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    Rgba { width, height, samples: decoded.into_rgba8().into_raw() }
}

fn message(error: impl std::fmt::Display) -> String {
    error.to_string()
}
