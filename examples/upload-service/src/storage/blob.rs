//! A blob, and the paths of its objects in the store.

use object_store::path::Path;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::file_format::FileFormat;

/// All sizes of one avatar in both formats; old ones may have no WebP. Users with the same avatar share a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) id: i64,
    /// SHA-256 of the content of all files.
    pub(crate) hash: String,
}

impl Blob {
    pub(crate) fn folder(&self) -> Path {
        Path::from_iter([self.hash.clone(), self.id.to_string()])
    }

    pub(crate) fn object(&self, side: u32, format: FileFormat) -> Path {
        self.folder().join(format!("{side}.{}", format.extension()))
    }

    /// The id in the path of an object.
    pub(crate) fn id_of(object: &Path) -> Option<i64> {
        object.parts().nth(1)?.as_ref().parse().ok()
    }

    /// Reads the columns `id` and `hash`.
    pub(crate) fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get("id")?, hash: row.try_get("hash")? })
    }
}
