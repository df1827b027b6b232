//! The database and the store of one test: SQLite or PostgreSQL, and a folder.

use std::path::Path;

use super::postgres::Postgres;
use super::temp_folder::TempFolder;

pub(crate) struct Backend {
    folder: TempFolder,
    postgres: Option<Postgres>,
}

impl Backend {
    pub(crate) fn sqlite() -> Self {
        Self { folder: TempFolder::new(), postgres: None }
    }

    pub(crate) fn postgres() -> Self {
        Self { folder: TempFolder::new(), postgres: Some(Postgres::start()) }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn folder(&self) -> &TempFolder {
        &self.folder
    }

    pub(crate) fn database_url(&self) -> Option<String> {
        self.postgres.as_ref().map(Postgres::url)
    }

    pub(crate) fn postgres_server(&self) -> &Postgres {
        self.postgres.as_ref().unwrap()
    }
}
