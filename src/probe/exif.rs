//! The orientation of a picture: one tag in the first directory of an Exif block.
//!
//! The reader follows no offset except that of the first directory.

use crate::work;

/// The Exif orientation, tag 0x0112 (Exif 3.0, 4.6.4.A).
///
/// Each variant names the operation that makes the stored picture upright. There are no others, so
/// a `match` needs no wildcard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the tag has eight values")]
pub enum Orientation {
    /// 1: the picture is upright. Also stands for 0 and values that the tag does not define.
    #[default]
    Upright,
    /// 2: mirror left to right.
    FlipHorizontal,
    /// 3: rotate by 180°.
    Rotate180,
    /// 4: mirror top to bottom.
    FlipVertical,
    /// 5: swap rows and columns.
    Transpose,
    /// 6: rotate by 90° clockwise.
    Rotate90,
    /// 7: swap rows and columns along the other diagonal.
    Transverse,
    /// 8: rotate by 270° clockwise.
    Rotate270,
}

impl Orientation {
    /// Reads the orientation from an Exif block, which starts with its TIFF header (TIFF 6.0,
    /// section 2).
    ///
    /// Reads one directory of at most 65,535 entries and follows no other offset. Returns
    /// [`Upright`](Self::Upright) when the block cannot be read.
    pub(crate) fn of_exif(tiff: &[u8]) -> Self {
        Self::find(tiff).unwrap_or_default()
    }

    fn find(tiff: &[u8]) -> Option<Self> {
        let big_endian = match tiff.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        let u16_at = |at: usize| {
            let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
            Some(if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
        };
        let u32_at = |at: usize| {
            let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
            Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
        };
        let directory = usize::try_from(u32_at(4)?).ok()?;
        let entries = u16_at(directory)?;
        let mut entry = directory.checked_add(2)?;
        for _ in 0..entries {
            work::parsed(12);
            if u16_at(entry)? == ORIENTATION_TAG {
                // The tag is a SHORT in the first half of the value field; some writers use LONG.
                let value_at = entry.checked_add(8)?;
                return match u16_at(entry.checked_add(2)?)? {
                    TYPE_SHORT => Some(Self::of_value(u32::from(u16_at(value_at)?))),
                    TYPE_LONG => Some(Self::of_value(u32_at(value_at)?)),
                    _ => None,
                };
            }
            entry = entry.checked_add(12)?;
        }
        None
    }

    const fn of_value(value: u32) -> Self {
        match value {
            2 => Self::FlipHorizontal,
            3 => Self::Rotate180,
            4 => Self::FlipVertical,
            5 => Self::Transpose,
            6 => Self::Rotate90,
            7 => Self::Transverse,
            8 => Self::Rotate270,
            _ => Self::Upright,
        }
    }

    /// Returns the value of the Exif tag, 1 to 8.
    #[must_use]
    pub const fn exif_value(self) -> u8 {
        match self {
            Self::Upright => 1,
            Self::FlipHorizontal => 2,
            Self::Rotate180 => 3,
            Self::FlipVertical => 4,
            Self::Transpose => 5,
            Self::Rotate90 => 6,
            Self::Transverse => 7,
            Self::Rotate270 => 8,
        }
    }

    /// Returns true when the orientation swaps width and height.
    #[must_use]
    pub const fn is_transposed(self) -> bool {
        matches!(self, Self::Transpose | Self::Rotate90 | Self::Transverse | Self::Rotate270)
    }
}

const ORIENTATION_TAG: u16 = 0x0112;
const TYPE_SHORT: u16 = 3;
const TYPE_LONG: u16 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(big_endian: bool, entries: &[(u16, u16, u32)]) -> Vec<u8> {
        let u16_of = |v: u16| if big_endian { v.to_be_bytes() } else { v.to_le_bytes() };
        let u32_of = |v: u32| if big_endian { v.to_be_bytes() } else { v.to_le_bytes() };
        let mut tiff = if big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        tiff.extend(u32_of(8));
        tiff.extend(u16_of(entries.len() as u16));
        for &(tag, kind, value) in entries {
            tiff.extend(u16_of(tag));
            tiff.extend(u16_of(kind));
            tiff.extend(u32_of(1));
            if kind == TYPE_SHORT {
                tiff.extend(u16_of(value as u16));
                tiff.extend([0, 0]);
            } else {
                tiff.extend(u32_of(value));
            }
        }
        tiff
    }

    #[test]
    fn every_value_is_read_in_both_byte_orders_and_both_types() {
        for big_endian in [false, true] {
            for kind in [TYPE_SHORT, TYPE_LONG] {
                for value in 1..=8 {
                    let tiff = exif(big_endian, &[(0x010F, 3, 7), (ORIENTATION_TAG, kind, value)]);
                    assert_eq!(u32::from(Orientation::of_exif(&tiff).exif_value()), value);
                }
            }
        }
    }

    #[test]
    fn an_unreadable_block_leaves_the_picture_upright() {
        let good = exif(true, &[(ORIENTATION_TAG, TYPE_SHORT, 6)]);
        assert_eq!(Orientation::of_exif(&good), Orientation::Rotate90);
        for end in 0..good.len() - 2 {
            assert_eq!(
                Orientation::of_exif(&good[..end]),
                Orientation::Upright,
                "truncated at {end}"
            );
        }
        for value in [0, 9, 65_535] {
            let tiff = exif(false, &[(ORIENTATION_TAG, TYPE_SHORT, value)]);
            assert_eq!(Orientation::of_exif(&tiff), Orientation::Upright);
        }
        let ascii = exif(false, &[(ORIENTATION_TAG, 2, 6)]);
        assert_eq!(Orientation::of_exif(&ascii), Orientation::Upright);
        let mut distant = good;
        distant[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(Orientation::of_exif(&distant), Orientation::Upright);
    }
}
