//! The state that all requests share.

use std::fs;
use std::sync::Arc;

use anyhow::ensure;
use bombproof::{Limits, MemoryPool, Rect, Request, Size};
use tokio::sync::Semaphore;

use crate::args::Settings;
use crate::file_format::{self, FileFormat};
use crate::metrics::Metrics;
use crate::storage::blob_store::BlobStore;
use crate::storage::database::Database;

pub(crate) type SharedState = Arc<AppState>;

pub(crate) struct AppState {
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    /// The memory budget of all uploads and decodes. They reserve memory here before they allocate
    /// it.
    pub(crate) pool: MemoryPool,
    /// One permit for each picture that may be decoded at the same time.
    pub(crate) decode_slots: Arc<Semaphore>,
    pub(crate) store: BlobStore,
    pub(crate) database: Database,
    pub(crate) metrics: Metrics,
}

pub(crate) async fn open(mut settings: Settings) -> anyhow::Result<SharedState> {
    settings.sizes.sort_unstable();
    settings.sizes.dedup();
    let mut limits = settings.read_limits()?;
    let sides = 1..=limits.max_output_side_px;
    ensure!(
        (1..=Request::MAX_SIZES).contains(&settings.sizes.len())
            && settings.sizes.iter().all(|side| sides.contains(side)),
        "--sizes needs 1 to {} sizes of 1 to {} pixels",
        Request::MAX_SIZES,
        limits.max_output_side_px
    );
    ensure!(settings.jobs > 0, "--jobs must be at least 1");
    let pool = MemoryPool::new(u64::from(settings.pool_mib) << 20);
    // While its buffer grows, an upload reserves up to twice its size. The rest is left for a
    // decode, which holds the files of one format while it makes the other one.
    limits.max_input_bytes = limits.max_input_bytes.min(pool.capacity() / 4);
    let sizes = settings.sizes.iter().map(|&side| Size::new(side, side));
    let for_decode = (pool.capacity() / 2).saturating_sub(file_format::bytes_to_reserve(sizes));
    limits.max_memory_bytes = limits.max_memory_bytes.min(for_decode);
    fs::create_dir_all(&settings.data)?;
    Ok(Arc::new(AppState {
        store: BlobStore::open(&settings)?,
        database: Database::open(&settings).await?,
        metrics: Metrics::install()?,
        decode_slots: Arc::new(Semaphore::new(settings.jobs)),
        pool,
        limits,
        settings,
    }))
}

impl AppState {
    /// A request for each format: all sizes from one decode. Small pictures are enlarged: size N is
    /// always N × N pixels. WebP needs more memory and comes first, so that its files fit into what
    /// JPEG does not need.
    pub(crate) fn avatar_requests(&self, crop: Option<Rect>) -> [(FileFormat, Request); 2] {
        let mut sizes = self.settings.sizes.iter().rev();
        let largest = sizes.next().copied().unwrap_or(1);
        let first = Request::cover(largest, largest).enlarge(true);
        let request = sizes.fold(first, |request, &side| request.and_size(side, side));
        let request = crop.map_or(request, |crop| request.crop(crop));
        [
            (FileFormat::WebP, request.webp(self.settings.webp_quality)),
            (FileFormat::Jpeg, request.jpeg(self.settings.quality).placeholder(true)),
        ]
    }

    /// Identifies the settings that an avatar is made with. The command `regenerate` replaces blobs
    /// that have another recipe.
    pub(crate) fn recipe(&self) -> String {
        let Settings { sizes, quality, webp_quality, .. } = &self.settings;
        format!("{RENDERER_VERSION}; {sizes:?}; jpeg {quality}, webp {webp_quality}")
    }
}

/// Change it when a new version of the crate produces different pixels.
const RENDERER_VERSION: &str = "bombproof 0.1, outputs of 2026-11-30";
