//! The files of an avatar that a cluster made: what a row says of them, and whether that is true.

use axum::body::Bytes;
use bombproof::{Format, Size, probe};
use object_store::path::Path;
use sha2::{Digest, Sha256};

use super::outcomes::Reason;
use super::rows::Row;
use crate::error::ServiceError;
use crate::file_format::FileFormat;
use crate::render::{RenderedFile, hash_of};
use crate::state::AppState;
use crate::storage::blob::is_hash;
use crate::storage::blob_store::BlobStore;

/// What a row says of the avatar.
pub(super) struct AvatarFiles {
    pub(super) hash: String,
    /// The length of all files.
    pub(super) bytes: u64,
    files: Vec<DescribedFile>,
}

struct DescribedFile {
    side: u32,
    format: FileFormat,
    sha256: String,
}

impl AvatarFiles {
    /// The row must name all sizes in all formats, in the order in which the content is hashed.
    pub(super) fn described_by(row: &Row, state: &AppState) -> Result<Self, Reason> {
        let hash = row.hash.clone().filter(|hash| is_hash(hash)).ok_or(Reason::Outputs)?;
        let files = files_of(state);
        let names = files.iter().map(|(side, format)| name(&hash, *side, *format));
        let bytes = row.output_bytes.and_then(|bytes| u64::try_from(bytes).ok());
        if !names.eq(row.outputs.iter().cloned())
            || row.output_sha256.len() != files.len()
            || !row.output_sha256.iter().all(|sha256| is_hash(sha256))
        {
            return Err(Reason::Outputs);
        }
        let files = files.into_iter().zip(&row.output_sha256);
        let files = files.map(|((side, format), sha256)| DescribedFile {
            side,
            format,
            sha256: sha256.clone(),
        });
        Ok(Self { files: files.collect(), bytes: bytes.ok_or(Reason::Outputs)?, hash })
    }

    /// Reads the files, and checks that they are those that the row describes.
    pub(super) async fn read(
        &self,
        avatars: &BlobStore,
    ) -> Result<Result<Vec<RenderedFile>, Reason>, ServiceError> {
        let (mut files, mut left) = (Vec::new(), self.bytes);
        for DescribedFile { side, format, sha256 } in &self.files {
            let (side, format) = (*side, *format);
            let path = Path::from(name(&self.hash, side, format));
            let Some(bytes) = avatars.get_up_to(&path, left).await? else {
                return Ok(Err(Reason::MissingFile));
            };
            left = left.saturating_sub(bytes.len() as u64);
            if format!("{:x}", Sha256::digest(&bytes)) != *sha256
                || !is_picture(&bytes, side, format)
            {
                return Ok(Err(Reason::WrongFile));
            }
            files.push(RenderedFile { side, format, bytes });
        }
        Ok(if left == 0 && hash_of(&files) == self.hash {
            Ok(files)
        } else {
            Err(Reason::WrongFile)
        })
    }
}

/// The side and the format of each file of an avatar, in the order in which they are made.
fn files_of(state: &AppState) -> Vec<(u32, FileFormat)> {
    let formats = state.avatar_requests(None).map(|(format, _)| format);
    let sides = || state.settings.sizes.iter().rev();
    formats.iter().flat_map(|&format| sides().map(move |&side| (side, format))).collect()
}

fn is_picture(bytes: &Bytes, side: u32, format: FileFormat) -> bool {
    let expected = match format {
        FileFormat::Jpeg => Format::Jpeg,
        FileFormat::WebP => Format::WebP,
    };
    probe(bytes)
        .is_ok_and(|header| header.format() == expected && header.size() == Size::new(side, side))
}

fn name(hash: &str, side: u32, format: FileFormat) -> String {
    format!("{hash}/{side}.{}", format.extension())
}
