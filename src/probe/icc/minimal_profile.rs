//! What a transform needs of a profile, checked before anything is copied: the tags of its model,
//! each once and cut to its true length. Text, previews and the way back to the device stay behind.

use crate::budget::{Budget, Buffer};
use crate::error::Error;

use super::curve::Curve;
use super::lut::Lut;
use super::parts::Parts;
use super::problem::ProfileProblem::{self, Malformed, Unsupported};
use super::tag::Tag;

/// The colour space of the pixels that a profile describes.
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

/// A checked profile, not yet copied.
#[derive(Clone, Copy)]
pub(crate) struct Minimal<'p> {
    parts: &'p Parts<'p>,
    pub(crate) space: Space,
    pub(crate) model: Model,
}

/// How device colours become connection colours (ICC.1:2022, 8.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Model {
    /// A grey curve.
    Gray(Curve),
    /// Three curves and three colorants.
    Matrix { colorants: [Tag; 3], curves: [Curve; 3] },
    /// A table of device colours.
    Lut(Lut),
}

impl<'p> Minimal<'p> {
    /// Checks a profile. No heap; time is linear in the number of tags and of the curves' points.
    pub(crate) fn of(parts: &'p Parts<'p>) -> Result<Self, ProfileProblem> {
        let tags = Tags::of(parts)?;
        let space = match &parts.bytes(16).ok_or(Malformed)? {
            b"GRAY" => Space::Gray,
            b"RGB " => Space::Rgb,
            b"CMYK" => Space::Cmyk,
            _ => return Err(Unsupported),
        };
        let is_xyz = match &parts.bytes(20).ok_or(Malformed)? {
            b"XYZ " => true,
            b"Lab " => false,
            _ => return Err(Malformed),
        };
        // The perceptual table; the colorimetric one where there is no other.
        let lut = tags.find(*b"A2B0").or_else(|| tags.find(*b"A2B1"));
        let model = match (space, lut) {
            (Space::Gray, _) if is_xyz => {
                let tag = tags.find(*b"kTRC").ok_or(Malformed)?;
                Model::Gray(Curve::of(parts, tag)?)
            }
            (Space::Rgb | Space::Cmyk, Some(tag)) => {
                Model::Lut(Lut::of(parts, tag, space.channels())?)
            }
            (Space::Rgb, None) if is_xyz => Self::matrix(parts, &tags)?,
            _ => return Err(Unsupported),
        };
        Ok(Self { parts, space, model })
    }

    fn matrix(parts: &Parts<'_>, tags: &Tags) -> Result<Model, ProfileProblem> {
        let colorant = |name| {
            let tag = tags.find(name).ok_or(Malformed)?;
            if tag.len < XYZ_BYTES || parts.bytes(tag.offset) != Some(*b"XYZ ") {
                return Err(Malformed);
            }
            Ok(Tag { len: XYZ_BYTES, ..tag })
        };
        let curve = |name| Curve::of(parts, tags.find(name).ok_or(Malformed)?);
        let colorants = [colorant(*b"rXYZ")?, colorant(*b"gXYZ")?, colorant(*b"bXYZ")?];
        let curves = [curve(*b"rTRC")?, curve(*b"gTRC")?, curve(*b"bTRC")?];
        // White is the sum of the colorants, and its luminance is 1. A sum far from it is not a
        // picture's colours.
        let [red, green, blue] = colorants.map(|tag| xyz(parts, tag)[1]);
        if !(0.8..1.2).contains(&(red + green + blue)) {
            return Err(Malformed);
        }
        Ok(Model::Matrix { colorants, curves })
    }

    /// True for the curves and colorants of sRGB, in any of the ways that they are written.
    pub(crate) fn is_srgb(&self) -> bool {
        match self.model {
            Model::Gray(curve) => curve.is_srgb(self.parts),
            Model::Matrix { colorants, curves } => {
                let near = |(tag, srgb): (Tag, [f64; 3])| {
                    xyz(self.parts, tag).iter().zip(srgb).all(|(a, b)| (a - b).abs() < 0.0015)
                };
                colorants.into_iter().zip(SRGB_COLORANTS).all(near)
                    && curves.iter().all(|curve| curve.is_srgb(self.parts))
            }
            Model::Lut(_) => false,
        }
    }

    /// The length of [`write`](Self::write)'s profile.
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

    /// The minimal profile: a header of known fields and the tags of the model.
    pub(crate) fn write<'b>(&self, budget: &'b Budget) -> Result<Buffer<'b, u8>, Error> {
        const TOO_LONG: Error = Error::Bug("a profile longer than it says");
        let len = self.len();
        let mut copy = budget.empty_buffer(usize::try_from(len).map_err(|_| TOO_LONG)?)?;
        let (tags, count) = self.named_tags();

        // Size, CMM; version to connection space as they are; date; signature; zeros up to the
        // illuminant, which is always D50; zeros.
        copy.extend_from_slice(&u32::try_from(len).map_err(|_| TOO_LONG)?.to_be_bytes())?;
        copy.extend_from_slice(&[0; 4])?;
        self.parts.append_to(&mut copy, 8, 16)?;
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
                self.parts.append_to(&mut copy, tag.offset, tag.len)?;
                let padding = tag.len.next_multiple_of(4) - tag.len;
                for _ in 0..padding {
                    copy.extend_from_slice(&[0])?;
                }
            }
        }
        Ok(copy)
    }

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

/// The first tag with the same data: shared curves are copied once.
fn first_of(tags: &[([u8; 4], Tag); MAX_TAGS_KEPT], index: usize) -> usize {
    let same = |other: &([u8; 4], Tag)| tags.get(index).is_some_and(|tag| tag.1 == other.1);
    tags.iter().position(same).unwrap_or(index)
}

/// The tags that a model may need, from the tag table (ICC.1:2022, 7.3).
struct Tags {
    found: [Option<Tag>; NAMES.len()],
}

impl Tags {
    /// Reads the table once. Of tags with the same name the first one counts, and only if its data
    /// lies inside of the profile.
    fn of(parts: &Parts<'_>) -> Result<Self, ProfileProblem> {
        // The declared length; more data may follow, less may not.
        let end = u64::from(parts.u32(0).ok_or(Malformed)?);
        let count = parts.u32(HEADER_BYTES).ok_or(Malformed)?;
        let major = parts.u8(8).ok_or(Malformed)?;
        if parts.bytes(36) != Some(*b"acsp") || end > parts.len() || count > MAX_TAGS {
            return Err(Malformed);
        }
        if HEADER_BYTES + 4 + TAG_ENTRY_BYTES * u64::from(count) > end {
            return Err(Malformed);
        }
        let class = parts.bytes(12).ok_or(Malformed)?;
        let is_device = [*b"mntr", *b"scnr", *b"prtr", *b"spac"].contains(&class);
        if !(2..=4).contains(&major) || !is_device {
            return Err(Unsupported);
        }

        let mut found = [None; NAMES.len()];
        for index in 0..u64::from(count) {
            let entry = HEADER_BYTES + 4 + TAG_ENTRY_BYTES * index;
            let [name, offset, len] =
                [0, 4, 8].map(|at| parts.bytes::<4>(entry + at).unwrap_or_default());
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

fn xyz(parts: &Parts<'_>, tag: Tag) -> [f64; 3] {
    [8, 12, 16].map(|at| {
        let number = parts.bytes(tag.offset + at).map_or(0, i32::from_be_bytes);
        f64::from(number) / 65536.0
    })
}

const NAMES: [[u8; 4]; 9] =
    [*b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC", *b"kTRC", *b"A2B0", *b"A2B1"];
const HEADER_BYTES: u64 = 128;
const TAG_ENTRY_BYTES: u64 = 12;
const XYZ_BYTES: u64 = 20;
/// Real profiles have 9 to 40.
const MAX_TAGS: u32 = 256;
const MAX_TAGS_KEPT: usize = 6;
/// The white point of the connection space, in 1/65536.
const D50: [u32; 3] = [0xF6D6, 0x1_0000, 0xD32D];
/// Of the sRGB profiles of HP, the ICC, Google and Facebook, which differ in the fourth digit.
const SRGB_COLORANTS: [[f64; 3]; 3] =
    [[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]];
