//! The store is an S3-compatible one, over HTTP.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::pictures::{number_of, numbered};
use crate::support::{Backend, Client, Server, program};

#[tokio::test]
#[ignore = "needs moto"]
async fn replicas_share_a_bucket_and_an_outage_is_survived() {
    let (backend, client, moto) = (Backend::sqlite(), Client::new(), Moto::start().await);
    let start = || {
        let mut command = program(&backend, &["--backend-seconds", "1"]);
        moto.configure(&mut command);
        Server::from(command, &backend.data().join("log"))
    };
    let replicas = [start(), start()];
    for round in 0..10 {
        let writer = round as usize % 2;
        client.upload(&replicas[writer].url, "ann", &numbered(round * 77)).await;
        let avatar = client.stored_avatar(&replicas[1 - writer].url, "ann", 64).await;
        assert_eq!(number_of(&avatar), round * 77);
    }

    // It hangs: calls time out, clients are told, the avatar has a stand-in.
    moto.signal("STOP");
    let put = client.put(&replicas[0].url, "ann", numbered(5)).send().await.unwrap();
    assert_eq!(put.status(), 503);
    let stand_in = client.avatar(&replicas[0].url, "ann", 64).await;
    assert_eq!(stand_in.headers()["avatar-source"], "placeholder");
    moto.signal("CONT");
    client.upload(&replicas[0].url, "bob", &numbered(6)).await;
    assert_eq!(number_of(&client.stored_avatar(&replicas[1].url, "ann", 64).await), 9 * 77);

    let mut sweep = program(&backend, &["--grace-seconds", "0", "sweep", "--unknown"]);
    moto.configure(&mut sweep);
    assert!(sweep.status().unwrap().success());
    let listed = client.get(&format!("{}/avatars?list-type=2", moto.url())).send().await.unwrap();
    let listed = listed.text().await.unwrap();
    assert_eq!(listed.matches("<Key>faces/").count(), 2 * 4, "{listed}");
}

/// An S3 for tests, in memory.
struct Moto {
    child: Child,
    port: u16,
}

impl Moto {
    async fn start() -> Self {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        drop(taken);
        let server =
            std::env::var("MOTO_SERVER").expect("scripts/test-upload-service sets MOTO_SERVER");
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moto = Self { child, port };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let made = Client::new().put_url(&format!("{}/avatars", moto.url())).send().await.unwrap();
        assert_eq!(made.status(), 200);
        moto
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn configure(&self, command: &mut Command) {
        command.args(["--store", "s3://avatars/faces"]).envs([
            ("AWS_ENDPOINT", self.url().as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "any"),
            ("AWS_SECRET_ACCESS_KEY", "any"),
        ]);
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
