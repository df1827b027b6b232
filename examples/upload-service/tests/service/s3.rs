//! An S3-compatible store, over HTTP.

use crate::support::backend::Backend;
use crate::support::client::Client;
use crate::support::moto::Moto;
use crate::support::pictures::{number_of, numbered};
use crate::support::server::{Server, service_command};

#[tokio::test]
#[ignore = "needs moto"]
async fn replicas_share_a_bucket_and_survive_its_outage() {
    let (backend, client, moto) = (Backend::sqlite(), Client::new(), Moto::start().await);
    let start = || {
        let mut command = service_command(&backend, &["--backend-seconds", "1"]);
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

    // The store hangs: calls time out, uploads get 503, and reads get a placeholder.
    moto.signal("STOP");
    let put = client.put(&replicas[0].url, "ann", numbered(5)).send().await.unwrap();
    assert_eq!(put.status(), 503);
    let placeholder = client.avatar(&replicas[0].url, "ann", 64).await;
    assert_eq!(placeholder.headers()["avatar-source"], "placeholder");
    moto.signal("CONT");
    client.upload(&replicas[0].url, "bob", &numbered(6)).await;
    assert_eq!(number_of(&client.stored_avatar(&replicas[1].url, "ann", 64).await), 9 * 77);

    let mut sweep = service_command(&backend, &["--grace-seconds", "0", "sweep", "--unknown"]);
    moto.configure(&mut sweep);
    assert!(sweep.status().unwrap().success());
    let listed = client.get(&format!("{}/avatars?list-type=2", moto.url())).send().await.unwrap();
    let listed = listed.text().await.unwrap();
    assert_eq!(listed.matches("<Key>faces/").count(), 2 * 8, "{listed}");
}
