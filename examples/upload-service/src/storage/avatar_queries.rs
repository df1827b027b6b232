//! Database queries: which user has which blob, and which blobs are unused.

use std::time::Duration;

use ::metrics::counter;
use sqlx::{Any, AssertSqlSafe, Row, Transaction, query};

use super::blob::Blob;
use super::database::{Database, DatabaseError, is_conflict};

/// The avatar of a user. Each change increments the version.
#[derive(Clone, Debug)]
pub(crate) struct Avatar {
    pub(crate) version: i64,
    pub(crate) blob: Blob,
}

/// The result of [`Database::set_avatar`].
pub(crate) enum SetAvatar {
    /// The user has the blob, and this is the version of the avatar. It is unchanged when the user
    /// had the blob before.
    Done(i64),
    /// The blob was swept in the meantime: register and store it again.
    BlobGone,
    /// The caller expected another version than this current one.
    VersionMismatch(i64),
}

impl Database {
    pub(crate) async fn avatar(&self, user: &str) -> Result<Option<Avatar>, DatabaseError> {
        self.with_timeout(async {
            let row = query(SELECT_AVATAR).bind(user).fetch_optional(self.pool()).await?;
            row.map(|row| {
                Ok(Avatar { version: row.try_get("version")?, blob: Blob::from_row(&row)? })
            })
            .transpose()
        })
        .await
    }

    pub(crate) async fn blob(&self, hash: &str) -> Result<Option<Blob>, DatabaseError> {
        self.with_timeout(async {
            let find = query("SELECT id, hash FROM blobs WHERE hash = $1").bind(hash);
            find.fetch_optional(self.pool()).await?.map(|row| Blob::from_row(&row)).transpose()
        })
        .await
    }

    pub(crate) async fn has_blob(&self, id: i64) -> Result<bool, DatabaseError> {
        let find = query("SELECT id FROM blobs WHERE id = $1").bind(id);
        Ok(self.with_timeout(find.fetch_optional(self.pool())).await?.is_some())
    }

    /// Inserts the row of a blob, before its objects are stored. For the same content it returns
    /// the existing blob.
    pub(crate) async fn register_blob(
        &self,
        hash: &str,
        recipe: &str,
    ) -> Result<Blob, DatabaseError> {
        self.with_timeout(async {
            let row = query(REGISTER_BLOB).bind(hash).bind(recipe).fetch_one(self.pool()).await?;
            Blob::from_row(&row)
        })
        .await
    }

    /// Makes a stored blob the avatar of `user`. On a conflict with another update it tries again,
    /// on top of that update.
    pub(crate) async fn set_avatar(
        &self,
        user: &str,
        blob: &Blob,
        expected_version: Option<i64>,
    ) -> Result<SetAvatar, DatabaseError> {
        for attempt in 0..MAX_ATTEMPTS {
            let update = self.try_set_avatar(user, blob, expected_version);
            let result = match self.with_timeout(update).await {
                Err(DatabaseError::Failed(error)) if is_conflict(&error) => None,
                result => result?,
            };
            if let Some(result) = result {
                return Ok(result);
            }
            counter!("pointer_conflicts_total").increment(1);
            tokio::time::sleep(Duration::from_millis(u64::from(attempt))).await;
        }
        Err(DatabaseError::Conflict)
    }

    /// `None`: another update changed the avatar at the same time.
    async fn try_set_avatar(
        &self,
        user: &str,
        blob: &Blob,
        expected_version: Option<i64>,
    ) -> Result<Option<SetAvatar>, sqlx::Error> {
        let mut transaction = self.begin().await?;
        let row = query(SELECT_AVATAR).bind(user).fetch_optional(&mut *transaction).await?;
        let current = match row {
            Some(row) => Some((row.try_get::<i64, _>("version")?, row.try_get::<i64, _>("id")?)),
            None => None,
        };
        let version = current.map_or(0, |(version, _)| version);
        if expected_version.is_some_and(|expected| expected != version) {
            return Ok(Some(SetAvatar::VersionMismatch(version)));
        }
        let old_blob = current.map(|(_, id)| id);
        if !touch_blobs(&mut transaction, old_blob, blob.id).await? {
            return Ok(Some(SetAvatar::BlobGone));
        }
        let change = match current {
            Some((version, id)) if id == blob.id => {
                transaction.commit().await?;
                return Ok(Some(SetAvatar::Done(version)));
            }
            Some((version, _)) => query(UPDATE_AVATAR).bind(user).bind(version).bind(blob.id),
            None => query(INSERT_AVATAR).bind(user).bind(blob.id),
        };
        if change.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(SetAvatar::Done(version + 1)))
    }

    /// Gives `new` to every user who has `old`, and returns how many users that were. `None`: `new`
    /// was swept in the meantime.
    pub(crate) async fn replace_blob(
        &self,
        old: &Blob,
        new: &Blob,
    ) -> Result<Option<u64>, DatabaseError> {
        self.with_timeout(async {
            let mut transaction = self.begin().await?;
            if !touch_blobs(&mut transaction, Some(old.id), new.id).await? {
                return Ok(None);
            }
            let update = query(REPLACE_BLOB).bind(old.id).bind(new.id);
            let changed = update.execute(&mut *transaction).await?.rows_affected();
            transaction.commit().await?;
            Ok(Some(changed))
        })
        .await
    }

    /// Moves up to 100 blobs that no avatar has used for `grace_period` to the table
    /// `retired_blobs`, and returns their number. An upload of the same content gets a new blob
    /// from now on, so a delete of the retired objects cannot hit it, however late it arrives.
    pub(crate) async fn retire_unused_blobs(
        &self,
        grace_period: Duration,
    ) -> Result<u64, DatabaseError> {
        let grace_ms = i64::try_from(grace_period.as_millis()).unwrap_or(i64::MAX);
        self.with_timeout(async {
            let mut transaction = self.begin().await?;
            // Read before the rows are locked. A row that is touched in between is then newer than
            // this limit.
            let now = query("SELECT now_ms FROM clock").fetch_one(&mut *transaction).await?;
            let touched_before = now.try_get::<i64, _>("now_ms")?.saturating_sub(grace_ms);
            let lock = AssertSqlSafe(format!("{SELECT_UNUSED} {}", self.dialect.skip_locked));
            let unused = query(lock).bind(touched_before).fetch_all(&mut *transaction).await?;
            let mut retired = 0;
            for row in &unused {
                let blob = Blob::from_row(row)?;
                let delete = query(DELETE_UNUSED).bind(blob.id).execute(&mut *transaction).await?;
                if delete.rows_affected() == 1 {
                    let insert = query("INSERT INTO retired_blobs (id, hash) VALUES ($1, $2)");
                    insert.bind(blob.id).bind(blob.hash).execute(&mut *transaction).await?;
                    retired += 1;
                }
            }
            transaction.commit().await?;
            Ok(retired)
        })
        .await
    }

    /// Up to 100 retired blobs.
    pub(crate) async fn retired_blobs(&self) -> Result<Vec<Blob>, DatabaseError> {
        self.with_timeout(async {
            let rows = query("SELECT id, hash FROM retired_blobs ORDER BY id LIMIT 100");
            rows.fetch_all(self.pool()).await?.iter().map(Blob::from_row).collect()
        })
        .await
    }

    /// To be called when the last object of a retired blob is deleted.
    pub(crate) async fn forget_retired_blob(&self, blob: &Blob) -> Result<(), DatabaseError> {
        let delete = query("DELETE FROM retired_blobs WHERE id = $1").bind(blob.id);
        self.with_timeout(delete.execute(self.pool())).await.map(drop)
    }
}

/// Marks both blobs as used now, which protects them from the sweep. False: `new` does not exist.
async fn touch_blobs(
    transaction: &mut Transaction<'static, Any>,
    old: Option<i64>,
    new: i64,
) -> Result<bool, sqlx::Error> {
    // Always in the same order, so that two transactions cannot deadlock.
    let mut ids = [Some(new), old];
    ids.sort_unstable();
    for id in ids.into_iter().flatten() {
        let touched = query(TOUCH_BLOB).bind(id).execute(&mut **transaction).await?;
        if touched.rows_affected() == 0 && id == new {
            return Ok(false);
        }
    }
    Ok(true)
}

const MAX_ATTEMPTS: u32 = 50;

const SELECT_AVATAR: &str = "SELECT avatars.version, blobs.id, blobs.hash FROM avatars \
    JOIN blobs ON blobs.id = avatars.blob_id WHERE avatars.user_id = $1";

const REGISTER_BLOB: &str = "INSERT INTO blobs (hash, recipe, touched_ms) \
    VALUES ($1, $2, (SELECT now_ms FROM clock)) \
    ON CONFLICT (hash) DO UPDATE SET touched_ms = excluded.touched_ms, recipe = excluded.recipe \
    RETURNING id, hash";

const TOUCH_BLOB: &str = "UPDATE blobs SET touched_ms = (SELECT now_ms FROM clock) WHERE id = $1";

const INSERT_AVATAR: &str = "INSERT INTO avatars (user_id, version, blob_id) VALUES ($1, 1, $2) \
    ON CONFLICT (user_id) DO NOTHING";

const UPDATE_AVATAR: &str = "UPDATE avatars SET version = version + 1, blob_id = $3 \
    WHERE user_id = $1 AND version = $2";

const REPLACE_BLOB: &str =
    "UPDATE avatars SET version = version + 1, blob_id = $2 WHERE blob_id = $1";

/// A transaction that sets an avatar touches the blob first, so that it waits for these locks, or
/// the rows are skipped.
const SELECT_UNUSED: &str = "SELECT id, hash FROM blobs WHERE touched_ms < $1 \
    AND NOT EXISTS (SELECT 1 FROM avatars WHERE avatars.blob_id = blobs.id) \
    ORDER BY id LIMIT 100";

/// Looks for avatars again. PostgreSQL locks the newest version of a row, but the statement that
/// locks sees the other tables as they were when it began, perhaps before such a transaction ended.
const DELETE_UNUSED: &str = "DELETE FROM blobs WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM avatars WHERE avatars.blob_id = blobs.id)";
