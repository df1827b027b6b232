//! Makes some of the avatars here as well: a row can name any recipe, and a cluster with another version
//! of the library would be wrong everywhere.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use bombproof::Error;
use tokio::sync::OnceCell;

use crate::error::ServiceError;
use crate::regenerate::source::{Source, reserve};
use crate::render::{WhenPoolIsFull, render};
use crate::state::AppState;

/// The first avatar, and then one of [`ONE_IN`].
#[derive(Default)]
pub(super) struct Sample {
    first: OnceCell<()>,
    avatars: AtomicU64,
}

impl Sample {
    /// Fails if the avatar that the cluster made of `source` is not the one that the service makes. No
    /// other avatar passes before the first one has.
    pub(super) async fn check(
        &self,
        state: &AppState,
        source: &Source,
        hash: &str,
    ) -> anyhow::Result<()> {
        self.first.get_or_try_init(|| compare(state, source, hash)).await?;
        if self.avatars.fetch_add(1, Ordering::Relaxed) % ONE_IN == ONE_IN - 1 {
            compare(state, source, hash).await?;
        }
        Ok(())
    }
}

async fn compare(state: &AppState, source: &Source, hash: &str) -> anyhow::Result<()> {
    match make(state, source).await {
        Ok(Some(here)) => ensure!(
            here == hash,
            "{}: the cluster made another avatar than this service; are options and versions equal?",
            source.path
        ),
        Ok(None) => {} // swept
        Err(error @ (ServiceError::Store(_) | ServiceError::Database(_))) => {
            return Err(error.into());
        }
        // A deadline, on a busy machine.
        Err(error) => {
            tracing::warn!(path = %source.path, %error, "cannot make an avatar to compare")
        }
    }
    Ok(())
}

/// The hash of the avatar.
async fn make(state: &AppState, source: &Source) -> Result<Option<String>, ServiceError> {
    let requests = state.avatar_requests(source.crop());
    loop {
        let made = async {
            let _permit = reserve(state, source.bytes).await?;
            let Some(bytes) = state.store.get(&source.path).await? else { return Ok(None) };
            let made = render(state, bytes, &requests, WhenPoolIsFull::Wait).await?;
            Ok(Some(made.hash))
        };
        match made.await {
            Err(ServiceError::Picture(Error::Busy { .. })) => {}
            made => return made,
        }
    }
}

const ONE_IN: u64 = 100;
