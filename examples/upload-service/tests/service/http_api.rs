//! The HTTP API, as one client sees it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bombproof::{Limits, Rect, Request};

use crate::support::backend::Backend;
use crate::support::client::{Client, StoredAvatar, metric, pictures_of};
use crate::support::pictures::{decoded, number_of, numbered};
use crate::support::server::{Server, service_command};

const BOMB: &[u8] = include_bytes!("../../../../corpus/bombs/flood-65535.png");
const PHOTO: &[u8] = include_bytes!("../../../../corpus/valid/photo.jpg");

#[tokio::test]
async fn an_upload_is_served_in_all_sizes() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    assert_eq!(client.avatar(&server.url, "ann", 64).await.status(), 404);

    let stored = client.upload(&server.url, "ann", PHOTO).await;
    assert_eq!(stored.version, 1);
    assert!(stored.memory_measured <= stored.memory_quoted);
    let sizes: Vec<u32> = stored.pictures.iter().map(|picture| picture.size).collect();
    assert_eq!(sizes, [64, 128, 256, 512]);
    assert_eq!(stored.source_rect, Rect { x: 400, y: 0, width: 1600, height: 1600 });
    // Both are made of the largest size.
    let request = Request::cover(512, 512).enlarge(true).placeholder(true);
    let largest = bombproof::thumbnail(PHOTO, &request, &Limits::default()).unwrap();
    let expected = largest.placeholder().unwrap();
    assert_eq!(stored.placeholder.thumb_hash, expected.thumb_hash().to_string());
    let [red, green, blue] = expected.dominant_color();
    let color = format!("#{red:02x}{green:02x}{blue:02x}");
    assert_eq!(stored.placeholder.dominant_color, color);
    let pictures = pictures_of(&client, &server.url, &stored).await;
    assert_eq!(pictures[1], client.stored_avatar(&server.url, "ann", 128).await);

    // A size that is not stored comes from the next larger one.
    let between = client.avatar(&server.url, "ann", 100).await;
    assert_eq!(between.headers()["avatar-source"], "scaled");
    assert_eq!(decoded(&between.bytes().await.unwrap()).size().width, 100);

    assert!(server.stop().success());
}

#[tokio::test]
async fn addresses_by_content_are_cached_forever_and_addresses_by_user_are_revalidated() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let stored = client.upload(&server.url, "ann", PHOTO).await;
    let by_hash = format!("{}{}", server.url, stored.pictures[0].url);
    let by_user = format!("{}/users/ann/avatar?size=64", server.url);
    for (url, caching) in
        [(&by_hash, "public, max-age=31536000, immutable"), (&by_user, "no-cache")]
    {
        let first = client.get(url).send().await.unwrap();
        assert_eq!(first.headers()["cache-control"], caching);
        let tag = first.headers()["etag"].clone();
        let again = client.get(url).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304);
    }
    let other = client.get(&format!("{}/avatars/{}/64.jpg", server.url, "0".repeat(64)));
    assert_eq!(other.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_client_that_accepts_webp_gets_it_and_the_others_get_a_jpeg() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let stored = client.upload(&server.url, "ann", PHOTO).await;
    assert!(stored.pictures.iter().all(|picture| picture.webp_bytes < picture.bytes), "{stored:?}");
    let url = format!("{}/users/ann/avatar?size=64", server.url);
    let get = |accept: &'static str| client.get(&url).header("accept", accept);
    let mut tags = Vec::new();
    for (accept, kind) in [
        ("image/avif,image/webp,*/*;q=0.8", "image/webp"),
        ("image/webp;q=0,*/*", "image/jpeg"),
        ("*/*", "image/jpeg"),
    ] {
        let response = get(accept).send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], kind);
        assert_eq!(headers["vary"], "accept");
        assert_eq!(headers["avatar-source"], "stored");
        assert_eq!(headers["cache-control"], "no-cache");
        let format = bombproof::probe(&response.bytes().await.unwrap()).unwrap().format();
        assert_eq!(format.name(), kind.trim_start_matches("image/"));
        let again = get(accept).header("if-none-match", headers["etag"].clone()).send().await;
        let again = again.unwrap();
        assert_eq!(again.status(), 304);
        assert_eq!(again.headers()["vary"], "accept");
        tags.push(headers["etag"].clone());
    }
    assert_eq!(tags[1], tags[2]);
    // A cache that has the JPEG must not serve it as the WebP.
    let other = get("image/webp").header("if-none-match", tags[1].clone()).send().await.unwrap();
    assert_eq!(other.status(), 200);
    assert_eq!(other.headers()["etag"], tags[0]);
    // Sizes that are not stored, and placeholders, are JPEGs for everybody.
    let between = client.get(&url.replace("64", "100")).header("accept", "image/webp").send().await;
    let between = between.unwrap();
    assert_eq!(between.headers()["content-type"], "image/jpeg");
    assert_eq!(between.headers()["vary"], "accept");
}

/// An avatar that was stored before there were WebPs has only JPEGs.
#[tokio::test]
async fn an_old_avatar_is_a_jpeg_for_everybody_until_it_is_regenerated() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &["--keep-originals"]);
    let stored = client.upload(&server.url, "ann", PHOTO).await;
    for file in backend.folder().files("blobs") {
        if file.extension().is_some_and(|extension| extension == "webp") {
            std::fs::remove_file(&file).unwrap();
        }
    }
    let url = format!("{}/users/ann/avatar?size=64", server.url);
    let get = || client.get(&url).header("accept", "image/webp");
    let old = get().send().await.unwrap();
    assert_eq!(old.headers()["content-type"], "image/jpeg");
    assert_eq!(old.headers()["avatar-source"], "stored");
    let tag = old.headers()["etag"].clone();
    assert_eq!(get().header("if-none-match", tag).send().await.unwrap().status(), 304);
    let by_hash = client.get(&format!("{}{}", server.url, stored.pictures[0].webp_url));
    let by_hash = by_hash.send().await.unwrap();
    assert_eq!(by_hash.headers()["content-type"], "image/jpeg");
    assert_eq!(by_hash.headers()["avatar-source"], "other-format");
    assert_eq!(by_hash.headers()["cache-control"], "no-store");
    drop(server);

    // The recipe of such an avatar was that of JPEGs alone; here, another quality stands for it.
    let better = ["--webp-quality", "81", "--keep-originals"];
    let regenerate = [&better[..], &["regenerate"]].concat();
    assert!(service_command(&backend, &regenerate).status().unwrap().success());
    let server = Server::start(&backend, &better);
    let url = format!("{}/users/ann/avatar?size=64", server.url);
    let new = client.get(&url).header("accept", "image/webp").send().await.unwrap();
    assert_eq!(new.headers()["content-type"], "image/webp");
}

#[tokio::test]
async fn a_repeated_upload_changes_nothing_and_another_picture_replaces_the_avatar() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let first = client.upload(&server.url, "ann", &numbered(1)).await;
    let again = client.upload(&server.url, "ann", &numbered(1)).await;
    assert_eq!((&again.hash, again.version), (&first.hash, 1));
    let other_user = client.upload(&server.url, "bob", &numbered(1)).await;
    assert_eq!(other_user.hash, first.hash);
    let other = client.upload(&server.url, "ann", &numbered(2)).await;
    assert_eq!(other.version, 2);
    assert_ne!(other.hash, first.hash);
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 2);
    assert_eq!(number_of(&client.stored_avatar(&server.url, "bob", 64).await), 1);
}

#[tokio::test]
async fn an_upload_can_require_the_version_that_it_replaces() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    client.upload(&server.url, "ann", &numbered(1)).await;
    let version = client.avatar(&server.url, "ann", 64).await.headers()["avatar-version"].clone();
    assert_eq!(version, "1");
    let put = |number, version: &str| {
        client.put(&server.url, "ann", numbered(number)).header("if-match", version).send()
    };
    assert_eq!(put(2, "\"1\"").await.unwrap().status(), 200);
    assert_eq!(put(3, "\"1\"").await.unwrap().status(), 412);
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 2);
}

#[tokio::test]
async fn forms_and_crops_are_accepted() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    // The right half of picture 123,456 encodes the digits 123, so its avatar encodes 123,123.
    let part = reqwest::multipart::Part::bytes(numbered(123_456)).file_name("me.png");
    let form = reqwest::multipart::Form::new().text("note", "hello").part("file", part);
    let url = format!("{}/users/ann/avatar?crop=121,0,119,119", server.url);
    let response = client.put_url(&url).multipart(form).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 123_123);

    let outside = client.put_url(&format!("{}/users/ann/avatar?crop=200,0,119,119", server.url));
    let outside = outside.body(numbered(5)).send().await.unwrap();
    assert_eq!(outside.status(), 400);
}

#[tokio::test]
async fn refusals_have_numbers_for_programs_and_a_sentence_for_people() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let response = client.put(&server.url, "ann", BOMB.to_vec()).send().await.unwrap();
    assert_eq!(response.status(), 413);
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["error"]["limit"], "max_pixels");
    assert_eq!(body["error"]["retryable"], false);
    assert_eq!(
        (&body["error"]["found"], &body["error"]["allowed"]),
        (&4_294_836_225_u64.into(), &268_435_456.into())
    );
    let refused = bombproof::decode(BOMB, &Default::default()).unwrap_err();
    assert_eq!(body["error"]["user_message"], refused.user_message());

    let text = client.put(&server.url, "ann", b"GIF89a".to_vec()).send().await.unwrap();
    assert_eq!(text.status(), 415);
    let truncated =
        client.put(&server.url, "ann", PHOTO[..PHOTO.len() / 2].to_vec()).send().await.unwrap();
    assert_eq!(truncated.status(), 422);
    let user = client.put(&server.url, "no%20body", PHOTO.to_vec()).send().await.unwrap();
    assert_eq!(user.status(), 400);

    assert_eq!(client.avatar(&server.url, "ann", 64).await.status(), 404);
    let refused = r#"uploads_total{outcome="refused",reason="over_limit"}"#;
    assert_eq!(metric(&client, &server.url, refused).await, 1.0);
    assert_eq!(metric(&client, &server.url, "pool_bytes_in_use").await, 0.0);
    assert!(backend.folder().files("blobs").is_empty());
}

#[tokio::test]
async fn limits_are_published_and_no_body_is_read_beyond_them() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    std::fs::write(backend.data().join("limits.json"), r#"{"max_input_bytes": 100000}"#).unwrap();
    let path = backend.data().join("limits.json");
    let server = Server::start(&backend, &["--limits", path.to_str().unwrap()]);
    let limits = client.json(&format!("{}/limits", server.url)).await;
    assert_eq!(limits["max_input_bytes"], 100_000);
    assert_eq!(limits["max_side_px"], 65_535);
    assert_eq!(limits["sizes"], serde_json::json!([64, 128, 256, 512]));

    // A declared length over the limit is refused before the body is sent.
    let (status, body) = send_raw(&server.url, "content-length: 99999999\r\n", &[]);
    assert!(status.starts_with("HTTP/1.1 413"), "{status}");
    assert!(body.contains("max_input_bytes"), "{body}");
    // A client that sends its complete body before it reads the answer gets no connection reset.
    let (status, _) = send_raw(&server.url, "content-length: 8000000\r\n", &[&vec![7; 8_000_000]]);
    assert!(status.starts_with("HTTP/1.1 413"), "{status}");
    // Without a declared length, the body is refused at the first byte over the limit.
    let chunk = [b"8000\r\n".as_slice(), &[7; 0x8000], b"\r\n"].concat();
    let chunks: Vec<&[u8]> = (0..4).map(|_| chunk.as_slice()).collect();
    let (status, _) = send_raw(&server.url, "transfer-encoding: chunked\r\n", &chunks);
    assert!(status.starts_with("HTTP/1.1 413"), "{status}");
}

#[tokio::test]
async fn a_slow_body_times_out() {
    let backend = Backend::sqlite();
    let server = Server::start(&backend, &["--body-seconds", "1"]);
    let started = Instant::now();
    let (status, _) = send_raw(&server.url, "content-length: 1000\r\n", &[b"slow"]);
    assert!(status.starts_with("HTTP/1.1 408"), "{status}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_full_pool_answers_busy_until_memory_is_free() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &["--pool-mib", "16", "--body-seconds", "2"]);
    // Three incomplete bodies occupy the pool until they time out.
    let held: Vec<_> = (0..3).map(|_| incomplete_upload(&server.url, 3_800_000)).collect();
    for _ in 0..100 {
        if metric(&client, &server.url, "pool_bytes_in_use").await > 11_000_000.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let busy = client.put(&server.url, "ann", PHOTO.to_vec()).send().await.unwrap();
    assert_eq!(busy.status(), 503);
    assert_eq!(busy.headers()["retry-after"], "1");
    let body: serde_json::Value = busy.json().await.unwrap();
    assert_eq!(body["error"]["kind"], "busy");
    assert_eq!(body["error"]["retryable"], true);
    let stored: StoredAvatar = client.upload(&server.url, "ann", PHOTO).await;
    assert_eq!(stored.version, 1);
    drop(held);
}

#[tokio::test]
async fn the_job_of_a_disconnected_client_is_cancelled() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &["--jobs", "1"]);
    let slow = slow_picture();
    let decoding = start_upload(&server.url, slow.len(), &slow);
    assert!(metric_becomes(&client, &server.url, "decodes_running", 1.0).await);
    // A second job waits for the decode slot, and never gets it.
    let waiting = start_upload(&server.url, slow.len(), &slow);
    drop((decoding, waiting));
    let gone = r#"uploads_total{outcome="gone",reason="client"}"#;
    assert!(metric_becomes(&client, &server.url, gone, 2.0).await);
    assert!(metric_becomes(&client, &server.url, "decodes_cancelled_total", 1.0).await);
    assert!(metric_becomes(&client, &server.url, "pool_bytes_in_use", 0.0).await);
    assert!(metric_becomes(&client, &server.url, "decodes_running", 0.0).await);
    assert_eq!(metric(&client, &server.url, "decode_measured_share_count").await, 1.0);
}

async fn metric_becomes(client: &Client, server: &str, sample: &str, value: f64) -> bool {
    for _ in 0..1_000 {
        if metric(client, server, sample).await == value {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

#[tokio::test]
async fn a_job_has_a_deadline() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &["--job-seconds", "0"]);
    let response = client.put(&server.url, "ann", PHOTO.to_vec()).send().await.unwrap();
    assert_eq!(response.status(), 503);
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["error"]["kind"], "deadline");
}

#[tokio::test]
async fn a_file_is_inspected_without_being_decoded() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let url = format!("{}/inspect", server.url);
    // The truncated picture is accepted, because only its header is read.
    let half = PHOTO[..PHOTO.len() / 2].to_vec();
    let inspected: serde_json::Value =
        client.post(&url).body(half).send().await.unwrap().json().await.unwrap();
    assert_eq!(inspected["header"]["size"]["width"], 2_400);
    assert!(inspected["memory_bytes"].as_u64().unwrap() > 100_000);
    assert!(inspected["plan"].as_str().unwrap().starts_with("JPEG 2400x1600"));
    let refused = client.post(&url).body(BOMB).send().await.unwrap();
    assert_eq!(refused.status(), 413);
}

/// A grey PNG that takes long to decode.
fn slow_picture() -> Vec<u8> {
    let size = bombproof::Size::new(10_000, 10_000);
    let row: Vec<u8> = (0..size.width).map(|x| (x / 7 % 251) as u8).collect();
    let pixels = row.repeat(10_000);
    bombproof::Picture::new(size, bombproof::Layout::Gray, pixels).unwrap().to_png().unwrap()
}

/// A connection that has sent only the start of a body.
fn incomplete_upload(url: &str, bytes: usize) -> TcpStream {
    start_upload(url, bytes + 1_000, &vec![7; bytes])
}

fn start_upload(url: &str, declared_length: usize, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let head = format!(
        "PUT /users/zoe/avatar HTTP/1.1\r\nhost: x\r\ncontent-length: {declared_length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream
}

/// Sends a request over a plain TCP connection, and returns head and body of the answer.
fn send_raw(url: &str, header: &str, body: &[&[u8]]) -> (String, String) {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        stream,
        "PUT /users/zoe/avatar HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n"
    )
    .unwrap();
    for chunk in body {
        stream.write_all(chunk).expect("the server drains the body after its answer");
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.to_owned(), body.to_owned())
}
