//! P1, P2, P5: no bytes, request or limits make a job panic or pass its quote.
//!
//! The last bytes of the input choose the request, so that a picture of the corpus is a good start.
#![no_main]

use bombproof::{Limits, Rect, Request};

#[path = "../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../tests/support/properties.rs"]
mod properties;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

#[derive(arbitrary::Arbitrary, Debug)]
struct Wish {
    width: u16,
    height: u16,
    cover: bool,
    enlarge: bool,
    second: Option<(u8, u8)>,
    crop: Option<(u16, u16, u16, u16)>,
    output: u8,
}

impl Wish {
    fn request(&self) -> Request {
        let (width, height) = (u32::from(self.width % 600), u32::from(self.height % 600));
        let mut request = if self.cover {
            Request::cover(width, height)
        } else {
            Request::contain(width, height)
        };
        if let Some((width, height)) = self.second {
            request = request.and_size(width.into(), height.into());
        }
        if let Some((x, y, width, height)) = self.crop {
            let (x, y) = (x.into(), y.into());
            request = request.crop(Rect { x, y, width: width.into(), height: height.into() });
        }
        let request = request.enlarge(self.enlarge);
        match self.output % 5 {
            0 => request.jpeg(self.output / 2),
            1 => request.png(),
            2 => request.webp_lossless(),
            3 => request.pixels(),
            _ => request.jpeg(80),
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut limits = Limits::default();
    limits.max_pixels = 4_000_000;
    properties::job_keeps_the_promise(bytes, &Request::cover(64, 64), &limits);
    let tail = bytes.len().saturating_sub(24);
    let mut unstructured = arbitrary::Unstructured::new(&bytes[tail..]);
    if let Ok(wish) = unstructured.arbitrary::<Wish>() {
        properties::job_keeps_the_promise(bytes, &wish.request(), &limits);
    }
});
