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

    /// The blob of an object, if `object` is a path below [`folder`](Self::folder), written as there.
    #[cfg(feature = "parquet")]
    pub(crate) fn of_object(object: &str) -> Option<Self> {
        let mut parts = object.split('/');
        let (hash, id, _name) = (parts.next()?, parts.next()?, parts.next()?);
        let blob = Self { id: id.parse().ok()?, hash: hash.into() };
        let is_canonical = is_hash(hash) && blob.id > 0 && blob.id.to_string() == id;
        (is_canonical && parts.next().is_none()).then_some(blob)
    }

    /// Reads the columns `id` and `hash`.
    pub(crate) fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get("id")?, hash: row.try_get("hash")? })
    }
}

/// True for a SHA-256 as this service writes it.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(all(test, feature = "parquet"))]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_a_blob_if_its_path_is_that_of_one() {
        let hash = "0123456789abcdef".repeat(4);
        let blob = Blob { id: 12, hash: hash.clone() };
        for name in ["original", "original-1,2,3,4", "512.jpg"] {
            assert_eq!(Blob::of_object(&format!("{hash}/12/{name}")), Some(blob.clone()));
        }
        assert_eq!(Blob::of_object(blob.object(64, FileFormat::WebP).as_ref()), Some(blob));
        let others = [
            "",
            "users/ann",
            "//",
            &format!("{hash}/12"),
            &format!("{hash}/12/a/b"),
            &format!("/{hash}/12/original"),
            &format!("{hash}/012/original"),
            &format!("{hash}/+12/original"),
            &format!("{hash}/0/original"),
            &format!("{hash}/-1/original"),
            &format!("{hash}/9223372036854775808/original"),
            &format!("../{hash}/12"),
            &format!("{}/12/original", hash.to_uppercase()),
            &format!("{}/12/original", &hash[1..]),
        ];
        for other in others {
            assert_eq!(Blob::of_object(other), None, "{other}");
        }
    }
}
