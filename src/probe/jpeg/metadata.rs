//! What the application segments before the first scan declare.

use super::segments::icc_chunk;
use crate::probe::color::IccKind;
use crate::probe::exif::Orientation;

/// The contents of the application segments so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Metadata {
    pub(super) jfif: bool,
    /// The colour transform of the Adobe segment: 0 none, 1 YCbCr, 2 YCCK.
    pub(super) adobe_transform: Option<u8>,
    pub(super) orientation: Option<Orientation>,
    /// The kind of the ICC profile, from its first chunk in the file.
    pub(super) icc: Option<IccKind>,
    /// The total length of the chunks of the ICC profile.
    pub(super) icc_bytes: u64,
}

impl Metadata {
    /// Reads the segment APP`number`.
    pub(super) fn read_application_segment(&mut self, number: u8, body: &[u8]) {
        match number {
            // A shorter one does not count, as in libjpeg: its length is wrong.
            0 if body.starts_with(b"JFIF\0") && body.len() >= JFIF_BYTES => self.jfif = true,
            1 if self.orientation.is_none() => {
                self.orientation = body.strip_prefix(b"Exif\0\0").map(Orientation::of_exif);
            }
            2 => {
                if let Some((_, _, chunk)) = icc_chunk(body) {
                    self.icc = self.icc.or(Some(IccKind::of(chunk)));
                    self.icc_bytes += chunk.len() as u64;
                }
            }
            14 if body.starts_with(b"Adobe") => {
                // After "Adobe" come the version and two flags of 16 bits each, then the transform.
                self.adobe_transform = body.get(11).copied().or(self.adobe_transform);
            }
            _ => {}
        }
    }
}

/// The length of a JFIF segment without a thumbnail (ITU-T T.871, 10.1), without its length field.
const JFIF_BYTES: usize = 14;
