//! [`MinimalProfile`]: the part of a profile that a transform to sRGB needs.
//!
//! It consists of the tags of one transform model, each stored once and shortened to its true
//! length. Text, previews and the tables from the connection space back to the device are left out.
//! All tags are checked before anything is copied.

use crate::budget::{Budget, Buffer};
use crate::error::Error;

use super::curve::Curve;
use super::lut::Lut;
use super::problem::ProfileProblem::{self, Malformed, Unsupported};
use super::profile_bytes::ProfileBytes;
use super::tag::Tag;

/// The data colour space of a profile: that of the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Gray,
    Rgb,
    Cmyk,
}

impl Space {
    pub(crate) const fn channels(self) -> u8 {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// A checked profile, not copied yet.
#[derive(Clone, Copy)]
pub(crate) struct MinimalProfile<'p> {
    profile: &'p ProfileBytes<'p>,
    pub(crate) space: Space,
    pub(crate) model: Model,
}

/// The transform from device colours to the profile connection space (ICC.1:2022, 8.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Model {
    /// A grey tone curve.
    Gray(Curve),
    /// Three tone curves and three colorants.
    Matrix { colorants: [Tag; 3], curves: [Curve; 3] },
    /// A lookup table.
    Lut(Lut),
}

impl<'p> MinimalProfile<'p> {
    /// Checks a profile. Allocates nothing and takes time linear in the number of tags and of curve
    /// points.
    ///
    /// If only the head of the profile is known, tags behind the head are as costly as their
    /// lengths allow, and are not checked.
    pub(crate) fn of(profile: &'p ProfileBytes<'p>) -> Result<Self, ProfileProblem> {
        let tags = Tags::of(profile)?;
        let space = match &profile.bytes(16).ok_or(Malformed)? {
            b"GRAY" => Space::Gray,
            b"RGB " => Space::Rgb,
            b"CMYK" => Space::Cmyk,
            _ => return Err(Unsupported),
        };
        let is_xyz = match &profile.bytes(20).ok_or(Malformed)? {
            b"XYZ " => true,
            b"Lab " => false,
            _ => return Err(Malformed),
        };
        // The perceptual table, or the colorimetric one if there is no other.
        let lut = tags.find(*b"A2B0").or_else(|| tags.find(*b"A2B1"));
        let model = match (space, lut) {
            (Space::Gray, _) if is_xyz => {
                let tag = tags.find(*b"kTRC").ok_or(Malformed)?;
                Model::Gray(curve_of(profile, tag)?)
            }
            (Space::Rgb | Space::Cmyk, Some(tag)) => {
                Model::Lut(lut_of(profile, tag, space.channels())?)
            }
            (Space::Rgb, None) if is_xyz => Self::matrix(profile, &tags)?,
            _ => return Err(Unsupported),
        };
        Ok(Self { profile, space, model })
    }

    fn matrix(profile: &ProfileBytes<'_>, tags: &Tags) -> Result<Model, ProfileProblem> {
        let colorant = |name| {
            let tag = tags.find(name).ok_or(Malformed)?;
            let end = tag.offset + XYZ_BYTES;
            let is_behind_head = profile.is_head() && profile.u8(end - 1).is_none();
            let is_xyz = is_behind_head || profile.bytes(tag.offset) == Some(*b"XYZ ");
            if tag.len < XYZ_BYTES || !is_xyz {
                return Err(Malformed);
            }
            Ok(Tag { len: XYZ_BYTES, ..tag })
        };
        let curve = |name| curve_of(profile, tags.find(name).ok_or(Malformed)?);
        let colorants = [colorant(*b"rXYZ")?, colorant(*b"gXYZ")?, colorant(*b"bXYZ")?];
        let curves = [curve(*b"rTRC")?, curve(*b"gTRC")?, curve(*b"bTRC")?];
        // White is the sum of the colorants, so their luminances add up to 1. A profile with a sum
        // far from that does not describe real colours.
        let [red, green, blue] = colorants.map(|tag| xyz(profile, tag)[1]);
        if !profile.is_head() && !(0.8..1.2).contains(&(red + green + blue)) {
            return Err(Malformed);
        }
        Ok(Model::Matrix { colorants, curves })
    }

    /// Returns true if curves and colorants are those of sRGB, in any of their common encodings.
    pub(crate) fn is_srgb(&self) -> bool {
        match self.model {
            Model::Gray(curve) => curve.is_srgb(self.profile),
            Model::Matrix { colorants, curves } => {
                let is_near = |(tag, srgb): (Tag, [f64; 3])| {
                    xyz(self.profile, tag).iter().zip(srgb).all(|(a, b)| (a - b).abs() < 0.0015)
                };
                colorants.into_iter().zip(SRGB_COLORANTS).all(is_near)
                    && curves.iter().all(|curve| curve.is_srgb(self.profile))
            }
            Model::Lut(_) => false,
        }
    }

    /// The length of the profile that [`write`](Self::write) returns.
    pub(crate) fn len(&self) -> u64 {
        let (tags, count) = self.named_tags();
        let mut end = HEADER_BYTES + 4 + TAG_ENTRY_BYTES * count as u64;
        for (index, (_, tag)) in tags.iter().take(count).enumerate() {
            if first_of(&tags, index) == index {
                end += tag.len.next_multiple_of(4);
            }
        }
        end
    }

    /// Writes the minimal profile: a header with the known fields, and the tags of the model.
    pub(crate) fn write<'b>(&self, budget: &'b Budget) -> Result<Buffer<'b, u8>, Error> {
        const TOO_LONG: Error = Error::Bug("a profile longer than it says");
        let len = self.len();
        let mut copy = budget.empty_buffer(usize::try_from(len).map_err(|_| TOO_LONG)?)?;
        let (tags, count) = self.named_tags();

        // The header: size; CMM; version to connection space, copied; date; signature; zeros up to
        // the illuminant, always D50; zeros.
        copy.extend_from_slice(&u32::try_from(len).map_err(|_| TOO_LONG)?.to_be_bytes())?;
        copy.extend_from_slice(&[0; 4])?;
        self.profile.append_to(&mut copy, 8, 16)?;
        copy.extend_from_slice(&[0; 12])?;
        copy.extend_from_slice(b"acsp")?;
        copy.extend_from_slice(&[0; 28])?;
        for number in D50 {
            copy.extend_from_slice(&number.to_be_bytes())?;
        }
        copy.extend_from_slice(&[0; 48])?;

        copy.extend_from_slice(&u32::try_from(count).map_err(|_| TOO_LONG)?.to_be_bytes())?;
        let mut end = HEADER_BYTES + 4 + TAG_ENTRY_BYTES * count as u64;
        let mut offsets = [0; MAX_TAGS_KEPT];
        for (index, (name, tag)) in tags.iter().take(count).enumerate() {
            let first = first_of(&tags, index);
            if first == index {
                offsets[index] = end;
                end += tag.len.next_multiple_of(4);
            }
            copy.extend_from_slice(name)?;
            for number in [offsets[first], tag.len] {
                let number = u32::try_from(number).map_err(|_| TOO_LONG)?;
                copy.extend_from_slice(&number.to_be_bytes())?;
            }
        }
        for (index, (_, tag)) in tags.iter().take(count).enumerate() {
            if first_of(&tags, index) == index {
                self.profile.append_to(&mut copy, tag.offset, tag.len)?;
                let padding = tag.len.next_multiple_of(4) - tag.len;
                for _ in 0..padding {
                    copy.extend_from_slice(&[0])?;
                }
            }
        }
        Ok(copy)
    }

    /// The tags of the model with their signatures, and the number of them.
    fn named_tags(&self) -> ([([u8; 4], Tag); MAX_TAGS_KEPT], usize) {
        let mut tags = [([0; 4], Tag { offset: 0, len: 0 }); MAX_TAGS_KEPT];
        let count = match self.model {
            Model::Gray(curve) => {
                tags[0] = (*b"kTRC", curve.tag);
                1
            }
            Model::Lut(lut) => {
                tags[0] = (*b"A2B0", lut.tag);
                1
            }
            Model::Matrix { colorants: [r, g, b], curves: [red, green, blue] } => {
                tags = [
                    (*b"rXYZ", r),
                    (*b"gXYZ", g),
                    (*b"bXYZ", b),
                    (*b"rTRC", red.tag),
                    (*b"gTRC", green.tag),
                    (*b"bTRC", blue.tag),
                ];
                MAX_TAGS_KEPT
            }
        };
        (tags, count)
    }
}

/// The curve that `tag` holds, or the longest that it can hold if it lies behind the known head.
fn curve_of(profile: &ProfileBytes<'_>, tag: Tag) -> Result<Curve, ProfileProblem> {
    match Curve::of(profile, tag) {
        Err(Malformed) if profile.is_head() => Ok(Curve::longest(tag)),
        outcome => outcome,
    }
}

/// The table that `tag` holds, or the largest that it can hold if it lies behind the known head.
fn lut_of(profile: &ProfileBytes<'_>, tag: Tag, inputs: u8) -> Result<Lut, ProfileProblem> {
    match Lut::of(profile, tag, inputs) {
        Err(Malformed) if profile.is_head() => Ok(Lut::longest(tag, inputs)),
        outcome => outcome,
    }
}

/// The index of the first tag with the same data. Shared curves are written once.
fn first_of(tags: &[([u8; 4], Tag); MAX_TAGS_KEPT], index: usize) -> usize {
    let same = |other: &([u8; 4], Tag)| tags.get(index).is_some_and(|tag| tag.1 == other.1);
    tags.iter().position(same).unwrap_or(index)
}

/// Those tags of the tag table (ICC.1:2022, 7.3) that a model may need.
struct Tags {
    found: [Option<Tag>; NAMES.len()],
}

impl Tags {
    /// Reads the tag table once. The first tag of each name counts. Its data must lie inside the
    /// profile.
    fn of(profile: &ProfileBytes<'_>) -> Result<Self, ProfileProblem> {
        // The declared length. The file may be longer, but not shorter.
        let end = u64::from(profile.u32(0).ok_or(Malformed)?);
        let count = profile.u32(HEADER_BYTES).ok_or(Malformed)?;
        let major = profile.u8(8).ok_or(Malformed)?;
        if profile.bytes(36) != Some(*b"acsp") || end > profile.len() || count > MAX_TAGS {
            return Err(Malformed);
        }
        if HEADER_BYTES + 4 + TAG_ENTRY_BYTES * u64::from(count) > end {
            return Err(Malformed);
        }
        let class = profile.bytes(12).ok_or(Malformed)?;
        let is_device = [*b"mntr", *b"scnr", *b"prtr", *b"spac"].contains(&class);
        if !(2..=4).contains(&major) || !is_device {
            return Err(Unsupported);
        }

        let mut found = [None; NAMES.len()];
        for index in 0..u64::from(count) {
            let entry = HEADER_BYTES + 4 + TAG_ENTRY_BYTES * index;
            let [name, offset, len] =
                [0, 4, 8].map(|at| profile.bytes::<4>(entry + at).unwrap_or_default());
            let slot = NAMES.iter().position(|&wanted| wanted == name);
            if let Some(slot @ None) = slot.and_then(|index| found.get_mut(index)) {
                let [offset, len] =
                    [offset, len].map(|number| u64::from(u32::from_be_bytes(number)));
                if offset < HEADER_BYTES || offset + len > end {
                    return Err(Malformed);
                }
                *slot = Some(Tag { offset, len });
            }
        }
        Ok(Self { found })
    }

    fn find(&self, name: [u8; 4]) -> Option<Tag> {
        let index = NAMES.iter().position(|&wanted| wanted == name)?;
        self.found.get(index).copied().flatten()
    }
}

fn xyz(profile: &ProfileBytes<'_>, tag: Tag) -> [f64; 3] {
    [8, 12, 16].map(|at| {
        let number = profile.bytes(tag.offset + at).map_or(0, i32::from_be_bytes);
        f64::from(number) / 65536.0
    })
}

const NAMES: [[u8; 4]; 9] =
    [*b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC", *b"kTRC", *b"A2B0", *b"A2B1"];
const HEADER_BYTES: u64 = 128;
const TAG_ENTRY_BYTES: u64 = 12;
const XYZ_BYTES: u64 = 20;
/// Real profiles have 9 to 40 tags.
const MAX_TAGS: u32 = 256;
/// A matrix model has the most tags: three colorants and three curves.
const MAX_TAGS_KEPT: usize = 6;
/// The white point of the profile connection space, in units of 1/65536.
const D50: [u32; 3] = [0xF6D6, 0x1_0000, 0xD32D];
/// The colorants of the sRGB profiles of HP, the ICC, Google and Facebook. Those differ in the
/// fourth decimal place.
const SRGB_COLORANTS: [[f64; 3]; 3] =
    [[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]];
