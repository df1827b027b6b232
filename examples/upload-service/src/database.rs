//! The connection: SQLite in a file, or PostgreSQL. The SQL is the same but for three words.

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyPool, Executor, SqlSafeStr, Transaction};

use crate::args::Settings;

pub(crate) struct Database {
    pool: AnyPool,
    pub(crate) dialect: &'static Dialect,
    timeout: Duration,
}

pub(crate) struct Dialect {
    /// SQLite has one writer: who will write says so first, or finds the database changed below it.
    begin: &'static str,
    /// Rows that another worker holds are not waited for. SQLite has no rows that are held.
    pub(crate) skip_locked: &'static str,
    migration: &'static str,
    connections: u32,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("the database did not answer in time")]
    TimedOut,
    #[error("overtaken by other updates again and again")]
    Overtaken,
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
}

impl Database {
    pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Self> {
        install_default_drivers();
        let url = settings.database_url();
        let dialect = if url.starts_with("sqlite:") { &SQLITE } else { &POSTGRES };
        let embedded = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(dialect.connections)
            .acquire_timeout(settings.backend_time())
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if embedded {
                        connection.execute(DURABLE).await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        let first = Migration::new(
            1,
            "avatars".into(),
            MigrationType::Simple,
            dialect.migration.into_sql_str(),
            false,
        );
        let migrator = Migrator::with_migrations(vec![first]);
        // Replicas that start together on SQLite, where nothing locks, may both find it empty.
        if migrator.run(&pool).await.is_err() {
            tokio::time::sleep(Duration::from_millis(500)).await;
            migrator.run(&pool).await?;
        }
        Ok(Self { pool, dialect, timeout: settings.backend_time() })
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.pool.begin_with(self.dialect.begin).await
    }

    pub(crate) const fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A database that hangs is a database that is down.
    pub(crate) async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, DatabaseError> {
        match tokio::time::timeout(self.timeout, work).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(DatabaseError::TimedOut),
        }
    }

    pub(crate) async fn is_up(&self) -> bool {
        self.within(sqlx::query("SELECT 1").execute(&self.pool)).await.is_ok()
    }
}

/// True when the database undid a transaction because of another one.
pub(crate) fn was_overtaken(error: &sqlx::Error) -> bool {
    // PostgreSQL: serialization failure, deadlock. SQLite: busy, busy snapshot.
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "517"))
}

const SQLITE: Dialect = Dialect {
    begin: "BEGIN IMMEDIATE",
    skip_locked: "",
    migration: include_str!("../migrations/sqlite.sql"),
    connections: 1,
};

const POSTGRES: Dialect = Dialect {
    begin: "BEGIN",
    skip_locked: "FOR UPDATE SKIP LOCKED",
    migration: include_str!("../migrations/postgres.sql"),
    connections: 8,
};

/// What is committed outlives the power; who finds the file locked waits.
const DURABLE: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; \
                       PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON";
