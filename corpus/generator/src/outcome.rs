//! What a reader of untrusted pictures has to make of a file.

/// Any one of these kinds is right.
#[derive(Clone, Default)]
pub struct Outcome {
    /// "picture", or kinds of errors.
    pub kinds: Vec<&'static str>,
    /// For "over_limit": one of these limits is exceeded.
    pub limits: Vec<&'static str>,
    /// For "picture".
    pub picture: Option<PictureHeader>,
}

impl Outcome {
    pub fn picture(header: PictureHeader) -> Self {
        Self { kinds: vec!["picture"], limits: Vec::new(), picture: Some(header) }
    }

    /// Either outcome is right.
    pub fn or(mut self, other: Self) -> Self {
        self.kinds.extend(other.kinds);
        self.limits.extend(other.limits);
        self.picture = self.picture.or(other.picture);
        self
    }

    fn error(kind: &'static str) -> Self {
        Self { kinds: vec![kind], ..Self::default() }
    }
}

/// What the header of a picture declares.
#[derive(Clone, Copy)]
pub struct PictureHeader {
    pub width: u32,
    pub height: u32,
    pub alpha: bool,
    pub animated: bool,
    pub progressive: bool,
    pub orientation: u16,
}

impl PictureHeader {
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, alpha: false, animated: false, progressive: false, orientation: 1 }
    }
}

/// A picture that is opaque, still, neither progressive nor interlaced, and upright.
pub fn picture(width: u32, height: u32) -> Outcome {
    Outcome::picture(PictureHeader::new(width, height))
}

pub fn malformed() -> Outcome {
    Outcome::error("malformed")
}

pub fn truncated() -> Outcome {
    Outcome::error("truncated")
}

pub fn unsupported() -> Outcome {
    Outcome::error("unsupported")
}

pub fn not_credible() -> Outcome {
    Outcome::error("not_credible")
}

pub fn over_limit(limits: &[&'static str]) -> Outcome {
    Outcome { kinds: vec!["over_limit"], limits: limits.to_vec(), picture: None }
}

/// More pixels than the default limits allow, and more than the bytes could hold.
pub fn pixel_flood() -> Outcome {
    over_limit(&["max_side_px", "max_pixels", "max_memory_bytes"]).or(not_credible())
}

/// Within the limits, but the bytes cannot hold the pixels, or end before they do.
pub fn absent_pixels() -> Outcome {
    not_credible().or(truncated())
}
