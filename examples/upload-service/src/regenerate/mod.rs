//! The command `regenerate`: replaces the avatars that were made with an outdated recipe, in this
//! process, or on the cluster of `examples/bulk-ray`: `--export` writes what it has to do, and
//! `--import` takes over what it did.

mod source;
mod workers;
#[cfg(feature = "parquet")]
mod bulk;

use std::process::ExitCode;

use crate::args::RegenerateArgs;
use crate::state::SharedState;

pub(crate) async fn run(state: SharedState, args: RegenerateArgs) -> anyhow::Result<ExitCode> {
    match (&args.export, &args.import, &args.avatars) {
        (Some(place), ..) => bulk::export(&state, place, args.part_keys).await,
        (None, Some(rows), Some(avatars)) => bulk::import(&state, rows, avatars).await,
        _ => workers::run(state, args.lease_seconds).await,
    }
}

#[cfg(not(feature = "parquet"))]
mod bulk {
    use std::path::Path;
    use std::process::ExitCode;

    use crate::state::AppState;

    pub(super) async fn export(_: &AppState, place: &Path, _: u32) -> anyhow::Result<ExitCode> {
        anyhow::bail!("{}: built without the feature parquet", place.display())
    }

    pub(super) async fn import(_: &AppState, rows: &Path, _: &str) -> anyhow::Result<ExitCode> {
        anyhow::bail!("{}: built without the feature parquet", rows.display())
    }
}
