//! The other decoders: what a file looks like to the `image` crate, and its profile to moxcms.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::lanczos::{self, Window};
use crate::picture::Rgba;

/// A full decode, upright.
#[derive(Debug)]
pub struct Reference {
    /// The pixels as the file stores their colours.
    pub picture: Rgba,
    /// The embedded ICC profile.
    pub profile: Option<Vec<u8>>,
}

impl Reference {
    /// Decodes all of a file and turns it upright.
    pub fn of(bytes: &[u8]) -> Result<Self, String> {
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(words)?;
        reader.no_limits();
        let mut decoder = reader.into_decoder().map_err(words)?;
        let profile = decoder.icc_profile().map_err(words)?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut decoded = DynamicImage::from_decoder(decoder).map_err(words)?;
        decoded.apply_orientation(orientation);
        Ok(Self { picture: rgba(decoded), profile })
    }

    /// The picture in sRGB: converted through its profile where it has one.
    pub fn converted(&self) -> Result<Rgba, String> {
        let Some(profile) = &self.profile else { return Ok(self.picture.clone()) };
        let source = ColorProfile::new_from_slice(profile).map_err(words)?;
        let transform = source
            .create_transform_8bit(
                Layout::Rgba,
                &ColorProfile::new_srgb(),
                Layout::Rgba,
                TransformOptions::default(),
            )
            .map_err(words)?;
        let mut converted = self.picture.clone();
        transform.transform(&self.picture.samples, &mut converted.samples).map_err(words)?;
        Ok(converted)
    }
}

/// The stored pixels of a file turned by an EXIF orientation, whatever the file itself says.
pub fn oriented(bytes: &[u8], exif_value: u8) -> Result<Rgba, String> {
    let mut decoded = image::load_from_memory(bytes).map_err(words)?;
    let orientation = Orientation::from_exif(exif_value).ok_or("no such orientation")?;
    decoded.apply_orientation(orientation);
    Ok(rgba(decoded))
}

/// The largest centred square of a picture in `side` × `side` pixels, or in its own size where it is
/// smaller: what `Request::cover(side, side)` asks for.
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

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
