//! The database connection: SQLite in a file, or PostgreSQL. Both use the same SQL, except for the
//! fragments in [`Dialect`].

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, SqlSafeStr, Transaction};

use crate::args::Settings;

pub(crate) struct Database {
    pool: AnyPool,
    pub(crate) dialect: &'static Dialect,
    timeout: Duration,
}

pub(crate) struct Dialect {
    /// SQLite has a single writer. A transaction that will write takes the lock at its start, so
    /// that the data cannot change between its reads and its writes.
    begin: &'static str,
    /// Skips the rows that another worker has locked. SQLite has no row locks.
    pub(crate) skip_locked: &'static str,
    /// Type of a key that counts up and never reuses a value.
    auto_increment_key: &'static str,
    /// The current Unix time with fractions of a second.
    epoch_seconds: &'static str,
    max_connections: u32,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("the database did not answer in time")]
    TimedOut,
    #[error("too many conflicts with other updates")]
    Conflict,
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
}

impl Database {
    pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Self> {
        install_default_drivers();
        let url = settings.database_url();
        let is_sqlite = url.starts_with("sqlite:");
        let dialect = if is_sqlite { &SQLITE } else { &POSTGRES };
        let pool = AnyPoolOptions::new()
            .max_connections(dialect.max_connections)
            .acquire_timeout(settings.backend_timeout())
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if is_sqlite {
                        connection.execute(SQLITE_PRAGMAS).await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        let migrator = Migrator::with_migrations(vec![dialect.migration()]);
        // SQLite has no lock for migrations. Replicas that start at the same time may both find an
        // empty database, and the slower one fails once.
        if migrator.run(&pool).await.is_err() {
            tokio::time::sleep(Duration::from_millis(500)).await;
            migrator.run(&pool).await?;
        }
        Ok(Self { pool, dialect, timeout: settings.backend_timeout() })
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.pool.begin_with(self.dialect.begin).await
    }

    pub(crate) const fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Turns a database that hangs into an error.
    pub(crate) async fn with_timeout<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, DatabaseError> {
        match tokio::time::timeout(self.timeout, work).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(DatabaseError::TimedOut),
        }
    }

    pub(crate) async fn is_up(&self) -> bool {
        self.with_timeout(sqlx::query("SELECT 1").execute(&self.pool)).await.is_ok()
    }
}

impl Dialect {
    fn migration(&self) -> Migration {
        let sql = SCHEMA
            .replace("{auto_increment_key}", self.auto_increment_key)
            .replace("{epoch_seconds}", self.epoch_seconds);
        let sql = AssertSqlSafe(sql).into_sql_str();
        Migration::new(1, "avatars".into(), MigrationType::Simple, sql, false)
    }
}

/// True when the database rolled a transaction back because of another one.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    // PostgreSQL: serialization failure, deadlock. SQLite: busy, busy snapshot.
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "517"))
}

const SCHEMA: &str = include_str!("../../migrations/0001_avatars.sql");

const SQLITE: Dialect = Dialect {
    begin: "BEGIN IMMEDIATE",
    skip_locked: "",
    auto_increment_key: "INTEGER PRIMARY KEY AUTOINCREMENT",
    epoch_seconds: "unixepoch('subsec')",
    max_connections: 1,
};

const POSTGRES: Dialect = Dialect {
    begin: "BEGIN",
    skip_locked: "FOR UPDATE SKIP LOCKED",
    auto_increment_key: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    epoch_seconds: "extract(epoch FROM clock_timestamp())",
    max_connections: 8,
};

/// Committed data survives a power failure, and a connection waits for a locked file.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; \
                              PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON";
