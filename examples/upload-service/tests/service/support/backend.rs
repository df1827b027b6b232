//! Where the service keeps things: SQLite and a folder, or PostgreSQL and a folder.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Folder;

pub(crate) struct Backend {
    folder: Folder,
    postgres: Option<Postgres>,
}

impl Backend {
    pub(crate) fn sqlite() -> Self {
        Self { folder: Folder::new(), postgres: None }
    }

    pub(crate) fn postgres() -> Self {
        Self { folder: Folder::new(), postgres: Some(Postgres::start()) }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn database_url(&self) -> Option<String> {
        self.postgres.as_ref().map(Postgres::url)
    }

    pub(crate) fn database(&self) -> &Postgres {
        self.postgres.as_ref().unwrap()
    }
}

/// A cluster of its own, by the programs of Debian's package.
pub(crate) struct Postgres {
    folder: Folder,
    port: u16,
}

impl Postgres {
    fn start() -> Self {
        let folder = Folder::new();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let postgres = Self { folder, port: taken.local_addr().unwrap().port() };
        drop(taken);
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(postgres.folder.path()));
        }
        let data = postgres.data();
        run(as_owner("initdb").args(["--auth=trust", "--username=avatars", "-D"]).arg(data));
        postgres.restart();
        run(as_owner("createdb")
            .args(["-h", "127.0.0.1", "-U", "avatars", "-p"])
            .arg(postgres.port.to_string())
            .arg("avatars"));
        postgres
    }

    /// Really stopped: its processes are gone and nobody listens.
    pub(crate) fn stop(&self) {
        run(as_owner("pg_ctl").args(["-w", "-m", "immediate", "stop", "-D"]).arg(self.data()));
    }

    pub(crate) fn restart(&self) {
        let options = format!("-h 127.0.0.1 -p {} -k {}", self.port, self.folder.path().display());
        let log = self.folder.path().join("log");
        run(as_owner("pg_ctl")
            .arg("-w")
            .arg("-l")
            .arg(log)
            .args(["-o", &options, "start", "-D"])
            .arg(self.data()));
    }

    fn url(&self) -> String {
        format!("postgres://avatars@127.0.0.1:{}/avatars?sslmode=disable", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = as_owner("pg_ctl");
        let _ = stop.args(["-m", "immediate", "stop", "-D"]).arg(self.data()).output();
    }
}

/// PostgreSQL does not run as root.
fn as_owner(name: &str) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .expect("scripts/test-upload-service installs PostgreSQL");
    let newest = versions.map(|version| version.unwrap().path()).max().unwrap();
    let program = newest.join("bin").join(name);
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

fn run(command: &mut Command) {
    // A cluster that was started holds the pipes of who started it.
    let status = command.stdout(std::process::Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}");
}
