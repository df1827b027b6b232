//! The command line.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use bombproof::Limits;
use clap::{Parser, Subcommand, value_parser};

/// Takes pictures that nobody trusts, and serves avatars.
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
    /// Deletes what no avatar needs any more, once.
    Sweep {
        /// Also deletes what is in the store, older than the grace, and not in the database: leftovers
        /// of killed processes. Not after a database was restored from a backup.
        #[arg(long)]
        unknown: bool,
    },
    /// Makes all avatars anew whose sizes, quality or crate version are not those of now.
    Regenerate(Regenerate),
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Regenerate {
    /// How long a worker may take for one avatar before another one takes it over.
    #[arg(long, default_value_t = 60)]
    pub(crate) lease_seconds: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Where to listen; port 0 takes a free one and says which.
    #[arg(long, global = true, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The folder of the embedded database and the local store.
    #[arg(long, global = true, default_value = "data")]
    pub(crate) data: PathBuf,
    /// `s3://bucket/prefix`, with endpoint and credentials in AWS_* variables. Default: a folder in --data.
    #[arg(long, global = true, env = "AVATAR_STORE")]
    pub(crate) store: Option<String>,
    /// `postgres://user:password@host/name`. Default: SQLite in --data.
    #[arg(long, global = true, env = "AVATAR_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Memory for all uploads and decodes together.
    #[arg(long, global = true, default_value_t = 256)]
    pub(crate) pool_mib: u32,
    /// Pictures that are decoded at the same time.
    #[arg(long, global = true, default_value_t = std::thread::available_parallelism().map_or(2, usize::from))]
    pub(crate) jobs: usize,
    /// How long one picture may take, waiting for a decoder included.
    #[arg(long, global = true, default_value_t = 10)]
    pub(crate) job_seconds: u32,
    /// How long the body of an upload may take.
    #[arg(long, global = true, default_value_t = 30)]
    pub(crate) body_seconds: u32,
    /// How long the store may take for one call, and the database for one transaction.
    #[arg(long, global = true, default_value_t = 5)]
    pub(crate) backend_seconds: u32,
    /// Connections at the same time; others wait in the listen queue of the system.
    #[arg(long, global = true, default_value_t = 512)]
    pub(crate) connections: usize,
    /// The sides of the squares that are made of each picture.
    #[arg(long, global = true, value_delimiter = ',', default_value = "64,128,256,512")]
    pub(crate) sizes: Vec<u32>,
    /// The JPEG quality, 1 to 100.
    #[arg(long, global = true, default_value_t = 80, value_parser = value_parser!(u8).range(1..=100))]
    pub(crate) quality: u8,
    /// Limits as JSON, as GET /limits shows them; what is left out has its default.
    #[arg(long, global = true)]
    pub(crate) limits: Option<PathBuf>,
    /// Stores accepted uploads beside their avatars, so that they can be made anew without loss.
    #[arg(long, global = true)]
    pub(crate) keep_originals: bool,
    /// How long a blob that no avatar needs is kept, for those who still have its address.
    #[arg(long, global = true, default_value_t = 600)]
    pub(crate) grace_seconds: u32,
    /// How often the server sweeps. 0: never, something else runs `sweep`.
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

    pub(crate) fn backend_time(&self) -> Duration {
        Duration::from_secs(self.backend_seconds.into())
    }

    pub(crate) fn grace(&self) -> Duration {
        Duration::from_secs(self.grace_seconds.into())
    }
}
