//! `--import`: gives the avatars that a cluster made to their users. A row is imported as a whole or
//! not at all, and the database says what is left to do, so that an import that was stopped is run
//! again, beside whatever else runs.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use bombproof::{BadRequest, Error, Permit};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::mpsc::{self, Sender};

use super::avatar_files::AvatarFiles;
use super::outcomes::{Outcome, Outcomes, Reason};
use super::row_files;
use super::rows::{Row, RowFile};
use super::sample::Sample;
use crate::error::ServiceError;
use crate::publish::store_files;
use crate::regenerate::source::{Source, reserve};
use crate::state::AppState;
use crate::storage::blob::Blob;
use crate::storage::blob_store::BlobStore;

pub(crate) async fn run(state: &AppState, rows: &Path, avatars: &str) -> anyhow::Result<ExitCode> {
    let avatars = BlobStore::open_other(avatars, &state.settings)?;
    let files = row_files::find(rows)?;
    for file in &files {
        RowFile::open(file)?; // so that nothing is imported if one of them is something else
    }
    let (sender, receiver) = mpsc::channel(1);
    let reader = tokio::task::spawn_blocking(move || read(&files, &sender));
    let recipe = state.recipe();
    let importer = Importer { state, avatars, recipe, sample: Sample::default() };
    let batches = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|batch| (batch, receiver))
    });
    let results = batches
        .flat_map(stream::iter)
        .map(|row| importer.import(row))
        .buffer_unordered(CONCURRENT_ROWS);
    let mut results = pin!(results);
    let mut outcomes = Outcomes::default();
    let mut printed = Instant::now();
    while let Some(outcome) = results.try_next().await? {
        outcomes.count(outcome);
        if printed.elapsed() > Duration::from_secs(1) {
            eprintln!("{}", outcomes.line());
            printed = Instant::now();
        }
    }
    println!("{}", outcomes.line());
    for reason in outcomes.reasons() {
        println!("{reason}");
    }
    reader.await.context("a file of rows is broken")??;
    Ok(outcomes.exit_code())
}

/// Reads all files, not much faster than their rows are imported.
fn read(files: &[PathBuf], sender: &Sender<Vec<Row>>) -> anyhow::Result<()> {
    for file in files {
        let opened = RowFile::open(file)?;
        let context = || file.display().to_string();
        opened.read(|batch| sender.blocking_send(batch).is_ok()).with_context(context)?;
    }
    Ok(())
}

struct Importer<'a> {
    state: &'a AppState,
    /// What the cluster made.
    avatars: BlobStore,
    recipe: String,
    sample: Sample,
}

enum Made {
    Done(AvatarFiles),
    /// The kind of the error.
    Not(String),
}

impl Importer<'_> {
    async fn import(&self, row: Row) -> anyhow::Result<Outcome> {
        let outcome = match self.checked(&row) {
            Ok((old, Made::Done(made))) => self.replace(&row, &old, &made).await?,
            Ok((old, Made::Not(kind))) => {
                self.state.database.mark_attempted(&old, &self.recipe).await?;
                Outcome::NotMade(kind)
            }
            Err(reason) => Outcome::Rejected(reason),
        };
        if let Outcome::Rejected(reason) = &outcome {
            tracing::warn!(key = ?row.key.unwrap_or_default(), ?reason, "rejected a row");
        }
        Ok(outcome)
    }

    /// What needs neither database nor store.
    fn checked(&self, row: &Row) -> Result<(Blob, Made), Reason> {
        let old = row.key.as_deref().and_then(Blob::of_object).ok_or(Reason::Key)?;
        if row.recipe.as_ref() != Some(&self.recipe) {
            return Err(Reason::Recipe);
        }
        match row.status.as_deref() {
            Some("done") => Ok((old, Made::Done(AvatarFiles::described_by(row, self.state)?))),
            Some("refused" | "failed") => {
                Ok((old, Made::Not(row.kind.clone().unwrap_or_default())))
            }
            _ => Err(Reason::Status),
        }
    }

    /// Stores the new avatar as a blob, and gives it to the users of the old one.
    async fn replace(&self, row: &Row, old: &Blob, made: &AvatarFiles) -> anyhow::Result<Outcome> {
        let state = self.state;
        if !state.database.is_outdated(old, &self.recipe).await? {
            return Ok(Outcome::Changed);
        }
        // An original may have been stored since the export. The avatar is then made of it.
        let source = Source::find(state, old).await?;
        let Some(source) = source.filter(|source| row.key.as_deref() == Some(source.path.as_ref()))
        else {
            return Ok(Outcome::Changed);
        };
        self.sample.check(state, &source, &made.hash).await?;
        let kept_bytes = if source.is_original() { source.bytes } else { 0 };
        let _permit = match self.reserve(made.bytes.saturating_add(kept_bytes)).await {
            Err(ServiceError::Picture(Error::BadRequest(BadRequest::OverPool))) => {
                return Ok(Outcome::Rejected(Reason::TooLarge));
            }
            permit => permit?,
        };
        let files = match made.read(&self.avatars).await? {
            Ok(files) => files,
            Err(reason) => return Ok(Outcome::Rejected(reason)),
        };
        let original = if source.is_original() {
            let Some(bytes) = state.store.get(&source.path).await? else {
                return Ok(Outcome::Changed); // swept
            };
            source.original(bytes)
        } else {
            None
        };
        loop {
            let new = store_files(state, &made.hash, &files, original.as_ref()).await?;
            if new == *old {
                return Ok(Outcome::Imported);
            }
            match state.database.replace_blob(old, &new).await? {
                // Somebody else replaced the old one. The sweep takes the new one, if nobody has it.
                Some(0) => return Ok(Outcome::Changed),
                Some(_) => return Ok(Outcome::Imported),
                None => state.store.delete_blob(&new).await?,
            }
        }
    }

    /// Waits until the rows before it have given back their memory.
    async fn reserve(&self, bytes: u64) -> Result<Permit, ServiceError> {
        loop {
            match reserve(self.state, bytes).await {
                Err(ServiceError::Picture(Error::Busy { .. })) => {}
                permit => return permit,
            }
        }
    }
}

/// Most of the time of a row is waiting for the store.
const CONCURRENT_ROWS: usize = 16;
