//! What every request shares.

use std::fs;
use std::sync::Arc;

use anyhow::ensure;
use bombproof::{Limits, MemoryPool, Rect, Request};
use tokio::sync::Semaphore;

use crate::args::Settings;
use crate::database::Database;
use crate::metrics::Metrics;
use crate::store::Store;

pub(crate) type Shared = Arc<Service>;

pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    /// All memory that uploads and decodes may take, counted before they take it.
    pub(crate) pool: MemoryPool,
    /// As many as pictures may be decoded at the same time.
    pub(crate) cores: Arc<Semaphore>,
    pub(crate) store: Store,
    pub(crate) database: Database,
    pub(crate) metrics: Metrics,
}

pub(crate) async fn start(mut settings: Settings) -> anyhow::Result<Shared> {
    settings.sizes.sort_unstable();
    settings.sizes.dedup();
    let mut limits = settings.read_limits()?;
    let sides = 1..=limits.max_output_side_px;
    ensure!(
        (1..=Request::MAX_SIZES).contains(&settings.sizes.len())
            && settings.sizes.iter().all(|side| sides.contains(side)),
        "--sizes takes 1 to {} sizes of 1 to {} pixels",
        Request::MAX_SIZES,
        limits.max_output_side_px
    );
    ensure!(settings.jobs > 0, "--jobs must be 1 or more");
    let pool = MemoryPool::new(u64::from(settings.pool_mib) << 20);
    // An upload holds up to twice its bytes while its buffer grows, and must leave room for a plan.
    limits.max_input_bytes = limits.max_input_bytes.min(pool.capacity() / 4);
    limits.max_memory_bytes = limits.max_memory_bytes.min(pool.capacity() / 2);
    fs::create_dir_all(&settings.data)?;
    Ok(Arc::new(Service {
        store: Store::open(&settings)?,
        database: Database::open(&settings).await?,
        metrics: Metrics::install()?,
        cores: Arc::new(Semaphore::new(settings.jobs)),
        pool,
        limits,
        settings,
    }))
}

impl Service {
    /// All sizes from one decode. Small pictures are enlarged: size N is always N × N pixels.
    pub(crate) fn request(&self, crop: Option<Rect>) -> Request {
        let mut sizes = self.settings.sizes.iter().rev();
        let largest = sizes.next().copied().unwrap_or(1);
        let first = Request::cover(largest, largest).jpeg(self.settings.quality).enlarge(true);
        let request = sizes.fold(first, |request, &side| request.and_size(side, side));
        crop.map_or(request, |crop| request.crop(crop))
    }

    /// What an avatar is made by. Blobs of another recipe are made anew by `regenerate`.
    pub(crate) fn recipe(&self) -> String {
        format!("{MAKER}; {:?}; jpeg {}", self.settings.sizes, self.settings.quality)
    }
}

/// Raise it when a new version of the crate makes other pixels.
const MAKER: &str = "bombproof 0.1";
