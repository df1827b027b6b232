//! Database queries of the regeneration on a cluster, which takes no leases.

use sqlx::{AssertSqlSafe, Row, query};

use super::blob::Blob;
use super::database::{Database, DatabaseError};
use super::regeneration_queries::IS_OUTDATED;

impl Database {
    /// The number of blobs in use that have another recipe than `recipe`.
    pub(crate) async fn count_outdated(&self, recipe: &str) -> Result<i64, DatabaseError> {
        let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM blobs WHERE {IS_OUTDATED}"));
        self.with_timeout(async {
            query(count).bind(recipe).fetch_one(self.pool()).await?.try_get(0)
        })
        .await
    }

    /// Up to `limit` outdated blobs with a larger id than `after`, in the order of their ids.
    pub(crate) async fn outdated_blobs(
        &self,
        recipe: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Blob>, DatabaseError> {
        let page = AssertSqlSafe(format!(
            "SELECT id, hash FROM blobs WHERE {IS_OUTDATED} AND id > $2 ORDER BY id LIMIT $3"
        ));
        let page = query(page).bind(recipe).bind(after).bind(limit);
        self.with_timeout(async {
            page.fetch_all(self.pool()).await?.iter().map(Blob::from_row).collect()
        })
        .await
    }

    /// True when `blob` is there, in use, and outdated.
    pub(crate) async fn is_outdated(
        &self,
        blob: &Blob,
        recipe: &str,
    ) -> Result<bool, DatabaseError> {
        let find = format!("SELECT id FROM blobs WHERE {IS_OUTDATED} AND id = $2 AND hash = $3");
        let find = query(AssertSqlSafe(find)).bind(recipe).bind(blob.id).bind(&blob.hash);
        Ok(self.with_timeout(find.fetch_optional(self.pool())).await?.is_some())
    }

    /// Counts one attempt for an outdated blob that has none. Doing it again changes nothing.
    pub(crate) async fn mark_attempted(
        &self,
        blob: &Blob,
        recipe: &str,
    ) -> Result<(), DatabaseError> {
        let mark = format!(
            "UPDATE blobs SET attempts = 1 WHERE {IS_OUTDATED} AND attempts = 0 \
             AND id = $2 AND hash = $3"
        );
        let mark = query(AssertSqlSafe(mark)).bind(recipe).bind(blob.id).bind(&blob.hash);
        self.with_timeout(mark.execute(self.pool())).await.map(drop)
    }
}
