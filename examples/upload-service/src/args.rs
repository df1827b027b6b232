//! The command line.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use bombproof::Limits;
use clap::{Parser, Subcommand, value_parser};

/// Accepts untrusted pictures and serves avatars.
#[derive(Debug, Parser)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves until SIGTERM or Ctrl-C (the default).
    Serve,
    /// Deletes the blobs that no avatar uses any more, and exits.
    Sweep {
        /// Also deletes objects that are older than the grace period and not in the database: the
        /// leftovers of killed processes. Do not use it after restoring a database from a backup.
        #[arg(long)]
        unknown: bool,
    },
    /// Regenerates all avatars that were made with other sizes, another quality or another version, and gives a WebP to
    /// those that have none.
    Regenerate(RegenerateArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RegenerateArgs {
    /// Time that a worker has for one avatar, before another worker takes it over.
    #[arg(long, default_value_t = 60)]
    pub(crate) lease_seconds: u32,
    /// Regenerates nothing, but writes what is to be regenerated as a manifest of examples/bulk-ray:
    /// one file if the name ends in `.parquet`, else a new folder of parts.
    #[arg(long, value_name = "FILE", conflicts_with = "import")]
    pub(crate) export: Option<PathBuf>,
    /// Keys in each part of an exported folder.
    #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1..), requires = "export")]
    pub(crate) part_keys: u32,
    /// Takes over the avatars that examples/bulk-ray made of a manifest: its rows, a file or a folder.
    #[arg(long, value_name = "ROWS", requires = "avatars")]
    pub(crate) import: Option<PathBuf>,
    /// Where the avatars of the import are: `s3://bucket/prefix`, or a folder.
    #[arg(long, value_name = "URL", requires = "import")]
    pub(crate) avatars: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Address to listen on. With port 0 the system chooses a port, which is printed.
    #[arg(long, global = true, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Folder of the SQLite database and the local store.
    #[arg(long, global = true, default_value = "data")]
    pub(crate) data: PathBuf,
    /// `s3://bucket/prefix`, with endpoint and credentials in AWS_* variables. Default: a folder in
    /// --data.
    #[arg(long, global = true, env = "AVATAR_STORE")]
    pub(crate) store: Option<String>,
    /// `postgres://user:password@host/name`. Default: SQLite in --data.
    #[arg(long, global = true, env = "AVATAR_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Memory limit of all uploads and decodes together, in MiB.
    #[arg(long, global = true, default_value_t = 256)]
    pub(crate) pool_mib: u32,
    /// Number of pictures that are decoded at the same time.
    #[arg(long, global = true, default_value_t = std::thread::available_parallelism().map_or(2, usize::from))]
    pub(crate) jobs: usize,
    /// Time limit for one picture, including the wait for a decoder.
    #[arg(long, global = true, default_value_t = 10)]
    pub(crate) job_seconds: u32,
    /// Time limit for receiving the body of an upload.
    #[arg(long, global = true, default_value_t = 30)]
    pub(crate) body_seconds: u32,
    /// Time limit for one call to the store, and for one database transaction.
    #[arg(long, global = true, default_value_t = 5)]
    pub(crate) backend_seconds: u32,
    /// Maximum number of open connections. Further ones wait in the listen queue of the system.
    #[arg(long, global = true, default_value_t = 512)]
    pub(crate) connections: usize,
    /// Side lengths of the square avatars that are made of each picture, in pixels.
    #[arg(long, global = true, value_delimiter = ',', default_value = "64,128,256,512")]
    pub(crate) sizes: Vec<u32>,
    /// JPEG quality, 1 to 100.
    #[arg(long, global = true, default_value_t = 80, value_parser = value_parser!(u8).range(1..=100))]
    pub(crate) quality: u8,
    /// Quality of the lossy WebPs, 1 to 100. The default looks like the default of JPEG.
    #[arg(long, global = true, default_value_t = 80, value_parser = value_parser!(u8).range(1..=100))]
    pub(crate) webp_quality: u8,
    /// JSON file of limits, in the form of GET /limits. Missing fields have their defaults.
    #[arg(long, global = true)]
    pub(crate) limits: Option<PathBuf>,
    /// Folder of the module (scripts/build-wasm) with which the page checks and shrinks pictures
    /// before the upload. Where it has none, the page does without.
    #[arg(long, global = true, default_value = "bindings/wasm")]
    pub(crate) browser_module: PathBuf,
    /// Stores each accepted upload beside its avatars, so that they can be regenerated without
    /// loss.
    #[arg(long, global = true)]
    pub(crate) keep_originals: bool,
    /// How long an unused blob is kept, for clients that still have its address.
    #[arg(long, global = true, default_value_t = 600)]
    pub(crate) grace_seconds: u32,
    /// Interval of the sweeps of the server. 0: never, because `sweep` is run separately.
    #[arg(long, global = true, default_value_t = 60)]
    pub(crate) sweep_seconds: u32,
}

impl Settings {
    pub(crate) fn read_limits(&self) -> anyhow::Result<Limits> {
        let Some(path) = &self.limits else { return Ok(Limits::default()) };
        let file = File::open(path).with_context(|| path.display().to_string())?;
        serde_json::from_reader(file).with_context(|| path.display().to_string())
    }

    pub(crate) fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| {
            format!("sqlite://{}?mode=rwc", self.data.join("avatars.sqlite").display())
        })
    }

    pub(crate) fn backend_timeout(&self) -> Duration {
        Duration::from_secs(self.backend_seconds.into())
    }

    pub(crate) fn job_timeout(&self) -> Duration {
        Duration::from_secs(self.job_seconds.into())
    }

    pub(crate) fn grace_period(&self) -> Duration {
        Duration::from_secs(self.grace_seconds.into())
    }
}
