//! [`Profile`]: the tags of a profile that a conversion to sRGB needs, checked where they lie.
//!
//! They are those of one transform model. Text, previews and the tables from the connection space
//! back to the device are never read.

use crate::budget::{Budget, Buffer};
use crate::error::Error;

use super::curve::Curve;
use super::lut::Lut;
use super::problem::ProfileProblem::{self, Malformed, Unsupported};
use super::profile_bytes::ProfileBytes;
use super::tag::Tag;
use crate::probe::color_space::{Chromaticities, colorants_to, is_wide};

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

/// The profile connection space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionSpace {
    Xyz,
    Lab,
}

/// A checked profile.
#[derive(Clone, Copy)]
pub(crate) struct Profile<'p> {
    bytes: &'p ProfileBytes<'p>,
    pub(crate) space: Space,
    pub(crate) connection: ConnectionSpace,
    pub(crate) model: Model,
}

/// The transform from device colours to the profile connection space (ICC.1:2022, 8.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Model {
    /// A grey tone curve.
    Gray(Curve),
    /// Three tone curves, and three colorants as X, Y and Z.
    Matrix {
        colorants: [[f64; 3]; 3],
        /// From light of the channels to linear sRGB, in units of 1/65,536.
        to_srgb: [[i32; 3]; 3],
        curves: [Curve; 3],
    },
    /// A lookup table.
    Lut(Lut),
}

impl<'p> Profile<'p> {
    /// Checks a profile. Allocates nothing and takes time linear in the number of tags and of curve
    /// points.
    pub(crate) fn of(bytes: &'p ProfileBytes<'p>) -> Result<Self, ProfileProblem> {
        let tags = Tags::of(bytes)?;
        let (space, connection) = spaces_of(bytes)?;
        let is_xyz = connection == ConnectionSpace::Xyz;
        let curve = |name| Curve::of(bytes, tags.find(name).ok_or(Malformed)?);
        let model = match (space, tags.lut()) {
            (Space::Gray, _) if is_xyz => Model::Gray(curve(*b"kTRC")?),
            (Space::Rgb | Space::Cmyk, Some(tag)) => {
                Model::Lut(Lut::of(bytes, tag, space.channels())?)
            }
            (Space::Rgb, None) if is_xyz => {
                let colorant = |name| xyz(bytes, tags.find(name).ok_or(Malformed)?);
                let colorants = [colorant(*b"rXYZ")?, colorant(*b"gXYZ")?, colorant(*b"bXYZ")?];
                let curves = [curve(*b"rTRC")?, curve(*b"gTRC")?, curve(*b"bTRC")?];
                // White is the sum of the colorants, so their luminances add up to 1. A profile
                // with a sum far from that does not describe real colours.
                if !(0.8..1.2).contains(&colorants.iter().map(|[_, y, _]| y).sum()) {
                    return Err(Malformed);
                }
                let to_srgb = colorants_to(&Chromaticities::SRGB, &colorants).ok_or(Malformed)?;
                Model::Matrix { colorants, to_srgb, curves }
            }
            _ => return Err(Unsupported),
        };
        Ok(Self { bytes, space, connection, model })
    }

    /// Returns true if curves and colorants are those of sRGB, in any of their common encodings.
    pub(crate) fn is_srgb(&self) -> bool {
        match self.model {
            Model::Gray(curve) => curve.is_srgb(self.bytes),
            Model::Matrix { colorants, curves, .. } => {
                let pairs = colorants.as_flattened().iter().zip(SRGB_COLORANTS.as_flattened());
                pairs.into_iter().all(|(a, b)| (a - b).abs() < 0.0015)
                    && curves.iter().all(|curve| curve.is_srgb(self.bytes))
            }
            Model::Lut(_) => false,
        }
    }

    /// Returns true if the profile has curves and colorants, and some of its colours are outside of
    /// sRGB.
    pub(crate) fn is_wide(&self) -> bool {
        match &self.model {
            Model::Matrix { to_srgb, colorants, .. } => {
                is_wide(to_srgb) && colorants_to(&Chromaticities::DISPLAY_P3, colorants).is_some()
            }
            Model::Gray(_) | Model::Lut(_) => false,
        }
    }

    /// The bytes that [`data`](Self::data) reserves.
    pub(crate) fn data_bytes(&self) -> u64 {
        self.data_tags().map(|tag| tag.len).sum()
    }

    /// The data of the curves or of the table of the model, one after another.
    pub(crate) fn data<'b>(&self, budget: &'b Budget) -> Result<Buffer<'b, u8>, Error> {
        let mut data = budget.empty_buffer(self.data_bytes())?;
        for tag in self.data_tags() {
            self.bytes.append_to(&mut data, tag.offset, tag.len)?;
        }
        Ok(data)
    }

    fn data_tags(&self) -> impl Iterator<Item = Tag> {
        let tags = match self.model {
            Model::Gray(curve) => [Some(curve.tag), None, None],
            Model::Matrix { curves, .. } => {
                let [red, green, blue] = curves.map(|curve| curve.tag);
                without_repetition(red, green, blue)
            }
            Model::Lut(lut) => [Some(lut.tag), None, None],
        };
        tags.into_iter().flatten()
    }
}

/// Most profiles have one curve for all channels. Then its data are copied once.
fn without_repetition(red: Tag, green: Tag, blue: Tag) -> [Option<Tag>; 3] {
    if red == green && red == blue {
        [Some(red), None, None]
    } else {
        [Some(red), Some(green), Some(blue)]
    }
}

/// What the head of a profile tells of its model: the tags that it has are not checked.
pub(crate) struct ProfileHead {
    /// An upper bound on [`data_bytes`](Profile::data_bytes).
    pub(crate) most_data_bytes: u64,
    /// The model is a lookup table.
    pub(crate) has_table: bool,
    /// The table may be a lutAToBType.
    pub(crate) may_have_stages: bool,
}

impl ProfileHead {
    pub(crate) fn of(head: &ProfileBytes<'_>) -> Result<Self, ProfileProblem> {
        let tags = Tags::of(head)?;
        let (space, _) = spaces_of(head)?;
        let curve = |name| tags.find(name).ok_or(Malformed);
        let (tags, has_table) = match (space, tags.lut()) {
            (Space::Gray, _) => ([Some(curve(*b"kTRC")?), None, None], false),
            (_, Some(tag)) => ([Some(tag), None, None], true),
            (_, None) => {
                let [red, green, blue] = [curve(*b"rTRC")?, curve(*b"gTRC")?, curve(*b"bTRC")?];
                (without_repetition(red, green, blue), false)
            }
        };
        let [first, ..] = tags;
        let kind = first.and_then(|tag| head.bytes(tag.offset));
        let has_no_stages = matches!(kind.as_ref(), Some(b"mft1" | b"mft2"));
        Ok(Self {
            most_data_bytes: tags.iter().flatten().map(|tag| tag.len).sum(),
            has_table,
            may_have_stages: has_table && !has_no_stages,
        })
    }
}

fn spaces_of(bytes: &ProfileBytes<'_>) -> Result<(Space, ConnectionSpace), ProfileProblem> {
    let space = match &bytes.bytes(16).ok_or(Malformed)? {
        b"GRAY" => Space::Gray,
        b"RGB " => Space::Rgb,
        b"CMYK" => Space::Cmyk,
        _ => return Err(Unsupported),
    };
    let connection = match &bytes.bytes(20).ok_or(Malformed)? {
        b"XYZ " => ConnectionSpace::Xyz,
        b"Lab " => ConnectionSpace::Lab,
        _ => return Err(Malformed),
    };
    Ok((space, connection))
}

/// The first number of an XYZType (10.31).
fn xyz(bytes: &ProfileBytes<'_>, tag: Tag) -> Result<[f64; 3], ProfileProblem> {
    let [kind, x, y, z] = [0, 8, 12, 16].map(|at| bytes.bytes::<4>(tag.offset + at));
    if tag.len < XYZ_BYTES || kind != Some(*b"XYZ ") {
        return Err(Malformed);
    }
    let number = |bytes: Option<[u8; 4]>| bytes.map(i32::from_be_bytes).ok_or(Malformed);
    Ok([number(x)?, number(y)?, number(z)?].map(|number| f64::from(number) / 65_536.0))
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

    /// The perceptual table, or the colorimetric one if there is no other.
    fn lut(&self) -> Option<Tag> {
        self.find(*b"A2B0").or_else(|| self.find(*b"A2B1"))
    }

    fn find(&self, name: [u8; 4]) -> Option<Tag> {
        let index = NAMES.iter().position(|&wanted| wanted == name)?;
        self.found.get(index).copied().flatten()
    }
}

const NAMES: [[u8; 4]; 9] =
    [*b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC", *b"kTRC", *b"A2B0", *b"A2B1"];
const HEADER_BYTES: u64 = 128;
const TAG_ENTRY_BYTES: u64 = 12;
const XYZ_BYTES: u64 = 20;
/// Real profiles have 9 to 40 tags.
const MAX_TAGS: u32 = 256;
/// The colorants of the sRGB profiles of HP, the ICC, Google and Facebook. Those differ in the
/// fourth decimal place.
const SRGB_COLORANTS: [[f64; 3]; 3] =
    [[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]];
