//! [`HeaderParts`]: a header that another process can use.

use super::header::{Detail, Header};
use super::icc;
use super::summary::Summary;

/// A [`Header`] with all that a plan needs, so that one process can probe an upload, and others plan and run it.
///
/// A `Header` is serialised as what a log or a client shows. This has the rest as well, which differs
/// between versions of this crate.
///
/// Bytes from elsewhere may claim anything. Deserialising refuses parts that no file can have, and
/// [`Plan::run`](crate::Plan::run) refuses an upload with another header, before it allocates. So quotes
/// and limits hold for whatever is run, but a forged header can have a plan that costs nothing and runs
/// on no upload.
///
/// ```
/// use bombproof::{Error, Header, HeaderParts, Interrupt, Limits, Plan, Request};
/// # let upload = bombproof::Picture::new(
/// #     bombproof::Size::new(4, 3), bombproof::Layout::Rgb, vec![90; 36])?.to_png()?;
///
/// let header = bombproof::probe(&upload)?;
/// let sent = serde_json::to_string(&HeaderParts::from(&header)).unwrap();
///
/// let received: HeaderParts = serde_json::from_str(&sent).unwrap();
/// let plan = Plan::new(&received.into(), &Request::cover(2, 2), &Limits::default())?;
/// plan.run(&upload, &Interrupt::never())?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct HeaderParts(Header);

impl From<&Header> for HeaderParts {
    fn from(header: &Header) -> Self {
        Self(header.clone())
    }
}

impl From<HeaderParts> for Header {
    fn from(parts: HeaderParts) -> Self {
        parts.0
    }
}

/// What [`Header::new`] makes a header of.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    input_bytes: u64,
    summary: Summary,
    icc_cost: icc::Cost,
    detail: Detail,
}

impl From<HeaderParts> for Parts {
    fn from(HeaderParts(header): HeaderParts) -> Self {
        Self {
            input_bytes: header.input_bytes,
            summary: header.summary(),
            icc_cost: header.icc_cost,
            detail: header.detail,
        }
    }
}

impl TryFrom<Parts> for HeaderParts {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        let Parts { input_bytes, summary, icc_cost, detail } = parts;
        let (size, is_possible) = match &detail {
            Detail::Jpeg(frame) => (frame.size, frame.is_possible(input_bytes)),
            Detail::Png(image) => (image.size, image.is_possible(input_bytes)),
            Detail::WebP(still) => (still.canvas, still.is_possible(input_bytes)),
        };
        // A slice has no more bytes.
        let is_length = input_bytes <= i64::MAX.unsigned_abs();
        if !is_length || !is_possible || size != summary.size || !icc_cost.is_possible(input_bytes)
        {
            return Err("no file has such a header");
        }
        Ok(Self(Header { icc_cost, ..Header::new(input_bytes, summary, detail) }))
    }
}
