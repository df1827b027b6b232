//! The complete job on one file. `scripts/compare-instructions` and `scripts/check-work` count the
//! instructions of `complete_job`. Prints the quote of work in nanoseconds.

use std::io;

use bombproof::{Error, Interrupt, Limits, Plan, Request, probe};

fn main() -> io::Result<()> {
    let path =
        std::env::args().nth(1).ok_or_else(|| io::Error::other("usage: instructions FILE"))?;
    let upload = std::fs::read(path)?;
    let quoted_ns = complete_job(&upload).map_err(io::Error::other)?;
    println!("{quoted_ns}");
    Ok(())
}

#[inline(never)]
fn complete_job(upload: &[u8]) -> Result<u64, Error> {
    let request = Request::cover(256, 256).jpeg(80);
    let plan = Plan::new(&probe(upload)?, &request, &Limits::default())?;
    plan.run(upload, &Interrupt::never())?;
    Ok(plan.work())
}
