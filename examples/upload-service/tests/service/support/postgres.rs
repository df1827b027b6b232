//! A PostgreSQL server for one test.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::temp_folder::TempFolder;

/// A new cluster, made with the programs of Debian's package.
pub(crate) struct Postgres {
    folder: TempFolder,
    port: u16,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        let folder = TempFolder::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let postgres = Self { folder, port: listener.local_addr().unwrap().port() };
        drop(listener);
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(postgres.folder.path()));
        }
        let data = postgres.data();
        run(postgres_command("initdb")
            .args(["--auth=trust", "--username=avatars", "-D"])
            .arg(data));
        postgres.restart();
        run(postgres_command("createdb")
            .args(["-h", "127.0.0.1", "-U", "avatars", "-p"])
            .arg(postgres.port.to_string())
            .arg("avatars"));
        postgres
    }

    /// Stops all processes of the server, so that connections are refused.
    pub(crate) fn stop(&self) {
        run(postgres_command("pg_ctl")
            .args(["-w", "-m", "immediate", "stop", "-D"])
            .arg(self.data()));
    }

    pub(crate) fn restart(&self) {
        let options = format!("-h 127.0.0.1 -p {} -k {}", self.port, self.folder.path().display());
        let log = self.folder.path().join("log");
        run(postgres_command("pg_ctl")
            .arg("-w")
            .arg("-l")
            .arg(log)
            .args(["-o", &options, "start", "-D"])
            .arg(self.data()));
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://avatars@127.0.0.1:{}/avatars?sslmode=disable", self.port)
    }

    /// A session that reads statements from its standard input and ends at the first error.
    pub(crate) fn psql(&self) -> Command {
        let mut command = postgres_command("psql");
        command.args(["--quiet", "--tuples-only", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]);
        command.arg(self.url());
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = postgres_command("pg_ctl");
        let _ = stop.args(["-m", "immediate", "stop", "-D"]).arg(self.data()).output();
    }
}

/// A program of PostgreSQL, run by its own user, because the server refuses to run as root.
fn postgres_command(name: &str) -> Command {
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
    // A started server would inherit a pipe and keep it open.
    let status = command.stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}");
}
