//! Who has which avatar: rows that point to blobs.

use std::time::Duration;

use ::metrics::counter;
use object_store::path::Path;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row, Transaction, query};

use crate::database::{Database, DatabaseError, was_overtaken};

/// All sizes of one avatar, named by what is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) id: i64,
    pub(crate) hash: String,
}

/// A user's avatar, and how often it was changed.
#[derive(Clone, Debug)]
pub(crate) struct Avatar {
    pub(crate) version: i64,
    pub(crate) blob: Blob,
}

/// What became of pointing a user to a blob.
pub(crate) enum Pointed {
    /// The user has the avatar, now or already, and this is its version.
    At(i64),
    /// The blob was swept meanwhile: announce and store it again.
    BlobGone,
    /// The caller expected another version than this one.
    OtherVersion(i64),
}

impl Blob {
    pub(crate) fn folder(&self) -> Path {
        Path::from_iter([self.hash.clone(), self.id.to_string()])
    }

    pub(crate) fn object(&self, side: u32) -> Path {
        self.folder().join(format!("{side}.jpg"))
    }

    /// The id in the name of an object.
    pub(crate) fn id_of(object: &Path) -> Option<i64> {
        object.parts().nth(1)?.as_ref().parse().ok()
    }

    pub(crate) fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get("id")?, hash: row.try_get("hash")? })
    }
}

impl Database {
    pub(crate) async fn avatar(&self, user: &str) -> Result<Option<Avatar>, DatabaseError> {
        self.within(async {
            let row = query(AVATAR).bind(user).fetch_optional(self.pool()).await?;
            row.map(|row| Ok(Avatar { version: row.try_get("version")?, blob: Blob::of(&row)? }))
                .transpose()
        })
        .await
    }

    pub(crate) async fn blob(&self, hash: &str) -> Result<Option<Blob>, DatabaseError> {
        self.within(async {
            let find = query("SELECT id, hash FROM blobs WHERE hash = $1").bind(hash);
            find.fetch_optional(self.pool()).await?.map(|row| Blob::of(&row)).transpose()
        })
        .await
    }

    /// Says that a blob will be stored. Whoever announces the same content gets the same blob.
    pub(crate) async fn announce(&self, hash: &str, recipe: &str) -> Result<Blob, DatabaseError> {
        self.within(async {
            let row = query(ANNOUNCE).bind(hash).bind(recipe).fetch_one(self.pool()).await?;
            Blob::of(&row)
        })
        .await
    }

    /// Points `user` to a stored blob and retires the one before, both or neither. An update that
    /// another one overtakes is tried again on what that one left.
    pub(crate) async fn point(
        &self,
        user: &str,
        blob: &Blob,
        expected: Option<i64>,
    ) -> Result<Pointed, DatabaseError> {
        for attempt in 0..ATTEMPTS {
            let result = match self.within(self.try_point(user, blob, expected)).await {
                Err(DatabaseError::Failed(error)) if was_overtaken(&error) => None,
                result => result?,
            };
            if let Some(pointed) = result {
                return Ok(pointed);
            }
            counter!("pointer_conflicts_total").increment(1);
            tokio::time::sleep(Duration::from_millis(u64::from(attempt))).await;
        }
        Err(DatabaseError::Overtaken)
    }

    /// `None`: another update came between.
    async fn try_point(
        &self,
        user: &str,
        blob: &Blob,
        expected: Option<i64>,
    ) -> Result<Option<Pointed>, sqlx::Error> {
        let mut work = self.begin().await?;
        let row = query(AVATAR).bind(user).fetch_optional(&mut *work).await?;
        let current = match row {
            Some(row) => Some((row.try_get::<i64, _>("version")?, row.try_get::<i64, _>("id")?)),
            None => None,
        };
        let version = current.map_or(0, |(version, _)| version);
        if expected.is_some_and(|expected| expected != version) {
            return Ok(Some(Pointed::OtherVersion(version)));
        }
        // In one order everywhere, so that two updates cannot wait for each other.
        let mut touched = [Some(blob.id), current.map(|(_, id)| id)];
        touched.sort_unstable();
        for id in touched.into_iter().flatten() {
            if touch(&mut work, id).await? == 0 && id == blob.id {
                return Ok(Some(Pointed::BlobGone));
            }
        }
        let changed = match current {
            Some((version, id)) if id == blob.id => {
                work.commit().await?;
                return Ok(Some(Pointed::At(version)));
            }
            Some((version, _)) => query(MOVE).bind(user).bind(version).bind(blob.id),
            None => query(FIRST).bind(user).bind(blob.id),
        };
        if changed.execute(&mut *work).await?.rows_affected() == 0 {
            return Ok(None);
        }
        work.commit().await?;
        Ok(Some(Pointed::At(version + 1)))
    }

    /// Points everybody who has `old` to `new`, and says to how many that happened.
    pub(crate) async fn replace(
        &self,
        old: &Blob,
        new: &Blob,
    ) -> Result<Option<u64>, DatabaseError> {
        self.within(async {
            let mut work = self.begin().await?;
            let mut touched = [old.id, new.id];
            touched.sort_unstable();
            for id in touched {
                if touch(&mut work, id).await? == 0 && id == new.id {
                    return Ok(None);
                }
            }
            let moved = query(REPLACE).bind(old.id).bind(new.id).execute(&mut *work).await?;
            work.commit().await?;
            Ok(Some(moved.rows_affected()))
        })
        .await
    }

    /// Takes blobs that nobody has had for `grace` out of the world, at most 100. From here on
    /// the same content is another blob, so that deleting these cannot hit it, however late.
    pub(crate) async fn doom(&self, grace: Duration) -> Result<u64, DatabaseError> {
        let grace_ms = i64::try_from(grace.as_millis()).unwrap_or(i64::MAX);
        self.within(async {
            let mut work = self.begin().await?;
            // Read before, so that a row that is touched while the delete waits for it is not old.
            let now = query("SELECT now_ms FROM clock").fetch_one(&mut *work).await?;
            let before = now.try_get::<i64, _>("now_ms")?.saturating_sub(grace_ms);
            let delete = AssertSqlSafe(DOOM.replace("{skip_locked}", self.dialect.skip_locked));
            let rows = query(delete).bind(before).fetch_all(&mut *work).await?;
            for row in &rows {
                let blob = Blob::of(row)?;
                let remember = query("INSERT INTO doomed (id, hash) VALUES ($1, $2)");
                remember.bind(blob.id).bind(blob.hash).execute(&mut *work).await?;
            }
            work.commit().await?;
            Ok(rows.len() as u64)
        })
        .await
    }

    pub(crate) async fn doomed(&self) -> Result<Vec<Blob>, DatabaseError> {
        self.within(async {
            let rows = query("SELECT id, hash FROM doomed ORDER BY id LIMIT 100");
            rows.fetch_all(self.pool()).await?.iter().map(Blob::of).collect()
        })
        .await
    }

    pub(crate) async fn knows(&self, id: i64) -> Result<bool, DatabaseError> {
        let find = query("SELECT id FROM blobs WHERE id = $1").bind(id);
        Ok(self.within(find.fetch_optional(self.pool())).await?.is_some())
    }

    /// To be called when the last object of a doomed blob is deleted.
    pub(crate) async fn forget(&self, blob: &Blob) -> Result<(), DatabaseError> {
        let forget = query("DELETE FROM doomed WHERE id = $1").bind(blob.id);
        self.within(forget.execute(self.pool())).await.map(drop)
    }
}

async fn touch(work: &mut Transaction<'static, Any>, id: i64) -> Result<u64, sqlx::Error> {
    Ok(query(TOUCH).bind(id).execute(&mut **work).await?.rows_affected())
}

const ATTEMPTS: u32 = 50;

const AVATAR: &str = "SELECT avatars.version, blobs.id, blobs.hash FROM avatars \
    JOIN blobs ON blobs.id = avatars.blob_id WHERE avatars.user_id = $1";

const ANNOUNCE: &str = "INSERT INTO blobs (hash, recipe, touched_ms) \
    VALUES ($1, $2, (SELECT now_ms FROM clock)) \
    ON CONFLICT (hash) DO UPDATE SET touched_ms = excluded.touched_ms, recipe = excluded.recipe \
    RETURNING id, hash";

const TOUCH: &str = "UPDATE blobs SET touched_ms = (SELECT now_ms FROM clock) WHERE id = $1";

const FIRST: &str = "INSERT INTO avatars (user_id, version, blob_id) VALUES ($1, 1, $2) \
    ON CONFLICT (user_id) DO NOTHING";

const MOVE: &str = "UPDATE avatars SET version = version + 1, blob_id = $3 \
    WHERE user_id = $1 AND version = $2";

const REPLACE: &str = "UPDATE avatars SET version = version + 1, blob_id = $2 WHERE blob_id = $1";

/// A blob that is being pointed to is touched in the same transaction, so that it is not taken here.
const DOOM: &str = "DELETE FROM blobs WHERE id IN (\
    SELECT id FROM blobs WHERE touched_ms < $1 \
    AND NOT EXISTS (SELECT 1 FROM avatars WHERE avatars.blob_id = blobs.id) \
    ORDER BY id LIMIT 100 {skip_locked}) RETURNING id, hash";
