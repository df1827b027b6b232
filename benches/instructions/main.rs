//! The complete job on one file. `scripts/compare-instructions` counts the instructions of
//! `complete_job`.

use std::io;

use bombproof::{Error, Limits, Request};

fn main() -> io::Result<()> {
    let path =
        std::env::args().nth(1).ok_or_else(|| io::Error::other("usage: instructions FILE"))?;
    let upload = std::fs::read(path)?;
    let avatar = complete_job(&upload).map_err(io::Error::other)?;
    println!("{} bytes", avatar.len());
    Ok(())
}

#[inline(never)]
fn complete_job(upload: &[u8]) -> Result<Vec<u8>, Error> {
    let request = Request::cover(256, 256).jpeg(80);
    bombproof::thumbnail(upload, &request, &Limits::default()).map(bombproof::Thumbnail::into_bytes)
}
