//! Database queries of the regeneration: which blobs have an outdated recipe, and who works on
//! them.

use sqlx::{AssertSqlSafe, Row, query};

use super::blob::Blob;
use super::database::{Database, DatabaseError};

impl Database {
    /// Allows three more attempts for the outdated blobs that failed before.
    pub(crate) async fn reset_attempts(&self, recipe: &str) -> Result<(), DatabaseError> {
        let reset = query("UPDATE blobs SET attempts = 0 WHERE recipe <> $1 AND attempts > 0");
        self.with_timeout(reset.bind(recipe).execute(self.pool())).await.map(drop)
    }

    /// The number of outdated blobs that may be tried once more.
    pub(crate) async fn count_pending(&self, recipe: &str) -> Result<i64, DatabaseError> {
        let count = format!("SELECT COUNT(*) FROM blobs WHERE {IS_OUTDATED} AND {MAY_BE_TRIED}");
        self.with_timeout(async {
            let count = query(AssertSqlSafe(count)).bind(recipe);
            count.fetch_one(self.pool()).await?.try_get(0)
        })
        .await
    }

    /// Leases one outdated blob for `lease_ms`.
    pub(crate) async fn lease_outdated(
        &self,
        recipe: &str,
        lease_ms: i64,
    ) -> Result<Option<Blob>, DatabaseError> {
        let lease = AssertSqlSafe(format!(
            "UPDATE blobs SET leased_ms = (SELECT now_ms FROM clock) WHERE id = (\
             SELECT id FROM blobs WHERE {IS_OUTDATED} AND {MAY_BE_TRIED} \
             AND leased_ms <= (SELECT now_ms FROM clock) - $2 \
             ORDER BY id LIMIT 1 {}) RETURNING id, hash",
            self.dialect.skip_locked
        ));
        let lease = query(lease).bind(recipe).bind(lease_ms);
        self.with_timeout(async {
            lease.fetch_optional(self.pool()).await?.map(|row| Blob::from_row(&row)).transpose()
        })
        .await
    }

    /// Ends a lease, and adds `failures` to the attempts of the blob.
    pub(crate) async fn release_lease(
        &self,
        blob: &Blob,
        failures: i64,
    ) -> Result<(), DatabaseError> {
        let release = "UPDATE blobs SET attempts = attempts + $2, leased_ms = 0 WHERE id = $1";
        let release = query(release).bind(blob.id).bind(failures);
        self.with_timeout(release.execute(self.pool())).await.map(drop)
    }
}

const MAY_BE_TRIED: &str = "attempts < 3";

/// In use, and made with another recipe.
pub(super) const IS_OUTDATED: &str = "recipe <> $1 \
    AND EXISTS (SELECT 1 FROM avatars WHERE avatars.blob_id = blobs.id)";
