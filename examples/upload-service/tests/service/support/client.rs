//! An HTTP client of the service.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::pictures::decoded;

#[derive(Clone)]
pub(crate) struct Client(reqwest::Client);

/// The answer to an accepted upload.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct StoredAvatar {
    pub(crate) version: i64,
    pub(crate) hash: String,
    pub(crate) source_rect: bombproof::Rect,
    pub(crate) pictures: Vec<StoredSize>,
    pub(crate) placeholder: StoredPlaceholder,
    pub(crate) memory_quoted: u64,
    pub(crate) memory_measured: u64,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct StoredPlaceholder {
    pub(crate) thumb_hash: String,
    pub(crate) dominant_color: String,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct StoredSize {
    pub(crate) size: u32,
    pub(crate) bytes: usize,
    pub(crate) url: String,
    pub(crate) webp_bytes: usize,
    pub(crate) webp_url: String,
}

impl Client {
    pub(crate) fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self(reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap())
    }

    pub(crate) fn put(&self, server: &str, user: &str, body: Vec<u8>) -> RequestBuilder {
        self.put_url(&format!("{server}/users/{user}/avatar")).body(body)
    }

    pub(crate) fn put_url(&self, url: &str) -> RequestBuilder {
        self.0.put(url)
    }

    pub(crate) fn get(&self, url: &str) -> RequestBuilder {
        self.0.get(url)
    }

    pub(crate) fn post(&self, url: &str) -> RequestBuilder {
        self.0.post(url)
    }

    pub(crate) fn delete(&self, url: &str) -> RequestBuilder {
        self.0.delete(url)
    }

    /// Uploads, and retries as long as the service answers 503.
    pub(crate) async fn upload(&self, server: &str, user: &str, body: &[u8]) -> StoredAvatar {
        for _ in 0..200 {
            let response = self.put(server, user, body.to_vec()).send().await.unwrap();
            match response.status() {
                StatusCode::OK => return response.json().await.unwrap(),
                StatusCode::SERVICE_UNAVAILABLE => {
                    assert_eq!(response.headers()["retry-after"], "1");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                status => panic!("{status}: {}", response.text().await.unwrap()),
            }
        }
        panic!("the service answered {user} 200 times with 503");
    }

    pub(crate) async fn avatar(&self, server: &str, user: &str, size: u32) -> Response {
        self.get(&format!("{server}/users/{user}/avatar?size={size}")).send().await.unwrap()
    }

    /// The avatar, which must be served as it was stored.
    pub(crate) async fn stored_avatar(&self, server: &str, user: &str, size: u32) -> Vec<u8> {
        let response = self.avatar(server, user, size).await;
        assert_eq!(response.status(), 200, "the avatar of {user}");
        assert_eq!(response.headers()["avatar-source"], "stored", "the avatar of {user}");
        response.bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn json(&self, url: &str) -> Value {
        self.get(url).send().await.unwrap().json().await.unwrap()
    }
}

/// The value of a metric, or 0 if it does not exist.
pub(crate) async fn metric(client: &Client, server: &str, sample: &str) -> f64 {
    let text = client.get(&format!("{server}/metrics")).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.trim().parse().ok());
    line.unwrap_or(0.0)
}

/// The JPEGs of an avatar in all sizes, from their addresses by content. Checks the WebPs, too.
pub(crate) async fn pictures_of(
    client: &Client,
    server: &str,
    stored: &StoredAvatar,
) -> Vec<Vec<u8>> {
    let mut pictures = Vec::new();
    for picture in &stored.pictures {
        let response = client.get(&format!("{server}{}", picture.url)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", picture.url);
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        let bytes = response.bytes().await.unwrap().to_vec();
        let webp = client.get(&format!("{server}{}", picture.webp_url)).send().await.unwrap();
        assert_eq!(webp.status(), 200, "{}", picture.webp_url);
        assert_eq!(webp.headers()["content-type"], "image/webp");
        let webp = webp.bytes().await.unwrap().to_vec();
        for (file, length) in [(&bytes, picture.bytes), (&webp, picture.webp_bytes)] {
            assert_eq!(decoded(file).size(), bombproof::Size::new(picture.size, picture.size));
            assert_eq!(file.len(), length);
        }
        pictures.push(bytes);
    }
    pictures
}
