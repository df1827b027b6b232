//! Runs the service as a process.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::backend::Backend;

pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    pub(crate) url: String,
}

/// The command line of the service, with its database and its store.
pub(crate) fn service_command(backend: &Backend, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upload-service"));
    command.arg("--data").arg(backend.data()).args(args).env_remove("RUST_LOG");
    if let Some(url) = backend.database_url() {
        command.env("AVATAR_DATABASE", url);
    }
    command
}

/// Sweeps all unused blobs, and what killed processes left. Waits first, because the sweep keeps
/// temporary files until the put that wrote them must have timed out.
pub(crate) async fn sweep_all(backend: &Backend) {
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let args = ["--grace-seconds", "0", "--backend-seconds", "1", "sweep", "--unknown"];
    assert!(service_command(backend, &args).output().unwrap().status.success());
}

impl Server {
    pub(crate) fn start(backend: &Backend, args: &[&str]) -> Self {
        Self::from(service_command(backend, args), &backend.data().join("log"))
    }

    pub(crate) fn from(mut command: Command, log: &Path) -> Self {
        let stderr = File::options().create(true).append(true).open(log).unwrap();
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ");
        let url =
            url.unwrap_or_else(|| panic!("the service did not start, see its log")).to_owned();
        Self { child, log: log.to_owned(), url }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM, as an operator does.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
