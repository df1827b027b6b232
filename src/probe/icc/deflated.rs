//! [`DeflatedHead`]: the first bytes of a deflated profile, inflated on the stack.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::problem::ProfileProblem::{self, Incomplete, Malformed};
use super::profile_bytes::ProfileBytes;
use crate::work;

/// The first bytes of the profile in a zlib stream. Matrix profiles fit completely. Of others, the
/// tag table is there, from which their price follows.
pub(crate) struct DeflatedHead {
    bytes: [u8; HEAD_BYTES],
    len: usize,
    status: TINFLStatus,
}

impl DeflatedHead {
    #[inline(never)]
    pub(crate) fn inflate(stream: &[u8]) -> Self {
        let mut bytes = [0; HEAD_BYTES];
        let (status, len) = inflate_start(stream, &mut bytes);
        Self { bytes, len, status }
    }

    /// The profile: as many bytes as its header declares, or those of them that are in the head.
    /// Whatever the stream holds after them does not matter (libpng ignores it, too).
    pub(crate) fn profile(&self) -> Result<ProfileBytes<'_>, ProfileProblem> {
        let inflated = self.bytes.get(..self.len).unwrap_or_default();
        let declared_len = inflated.first_chunk().map(|&len| u32::from_be_bytes(len));
        if let Some(declared_len) = declared_len {
            let len = usize::try_from(declared_len).map_err(|_| Malformed)?;
            if let Some(profile) = inflated.get(..len) {
                return Ok(ProfileBytes::contiguous(profile));
            }
            if self.status == TINFLStatus::HasMoreOutput {
                return Ok(ProfileBytes::head(inflated, u64::from(declared_len)));
            }
        }
        Err(problem_of(self.status))
    }
}

/// Inflates the start of a zlib stream: as much as fits into `start`. Returns the number of bytes.
///
/// Reads no more of the stream than [`most_deflated_bytes`] of them. Blocks without content, of 13 bytes
/// each, would keep the inflater busy for as long as the stream is: 5 seconds for 30 MB.
///
/// The checksum is ignored: the content of the profile is checked instead, and the library that
/// computes checksums contains unsafe code.
fn inflate_start(stream: &[u8], start: &mut [u8]) -> (TINFLStatus, usize) {
    let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | inflate_flags::TINFL_FLAG_IGNORE_ADLER32;
    let most = usize::try_from(most_deflated_bytes(start.len() as u64)).unwrap_or(usize::MAX);
    let stream = stream.get(..most).unwrap_or(stream);
    let mut decompressor = DecompressorOxide::new();
    let (status, _, len) = decompress(&mut decompressor, stream, start, 0, flags);
    work::inflated(len);
    (status, len)
}

/// Inflates a profile into `profile`, which has exactly its declared length.
#[inline(never)]
pub(crate) fn inflate_profile(stream: &[u8], profile: &mut [u8]) -> Result<(), ProfileProblem> {
    let (status, len) = inflate_start(stream, profile);
    if len == profile.len() { Ok(()) } else { Err(problem_of(status)) }
}

/// The longest stream of so many bytes that is read. Deflate adds five bytes to each block that it
/// cannot compress (RFC 1951, 3.2.4), and no block of an encoder is as short as 20 bytes.
pub(crate) const fn most_deflated_bytes(inflated_bytes: u64) -> u64 {
    inflated_bytes.saturating_add(inflated_bytes / 4).saturating_add(1_024)
}

/// Why a stream ends before its profile does.
const fn problem_of(status: TINFLStatus) -> ProfileProblem {
    match status {
        TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => Incomplete,
        _ => Malformed,
    }
}

/// Profiles with a matrix have 500 to 4,000 bytes, or 8,400 with a curve of 4,096 points.
pub(crate) const HEAD_BYTES: usize = 16 << 10;
/// The picoseconds that a byte of the stream takes at most: in blocks without content.
pub(crate) const DEFLATED_BYTE_PS: u64 = 200_000;
