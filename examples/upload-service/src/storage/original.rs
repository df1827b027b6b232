//! An upload that is stored beside its avatars.

use axum::body::Bytes;
use bombproof::Rect;
use object_store::path::Path;

use crate::crop::{format_crop, parse_crop};

/// The upload that an avatar was made from. The crop is part of its name, so that regenerating the
/// avatar needs nothing else.
#[derive(Clone)]
pub(crate) struct Original {
    pub(crate) bytes: Bytes,
    pub(crate) name: String,
}

impl Original {
    pub(crate) fn new(bytes: Bytes, crop: Option<Rect>) -> Self {
        let name = crop.map_or(PREFIX.into(), |crop| format!("{PREFIX}-{}", format_crop(crop)));
        Self { bytes, name }
    }

    /// The crop of the original at `path`. `None`: the object is not an original.
    pub(crate) fn crop_of(path: &Path) -> Option<Option<Rect>> {
        match path.filename()?.strip_prefix(PREFIX)? {
            "" => Some(None),
            crop => parse_crop(crop.strip_prefix('-')?).map(Some),
        }
    }
}

const PREFIX: &str = "original";
