//! The web page with the module of bindings/wasm, in a real browser.

use std::fs;
use std::path::{Path, PathBuf};

use bombproof::{Limits, Request};

use crate::support::backend::Backend;
use crate::support::browser::Browser;
use crate::support::client::Client;
use crate::support::pictures::{number_of, numbered};
use crate::support::server::Server;
use crate::support::temp_folder::TempFolder;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[tokio::test]
#[ignore = "needs Chromium and scripts/build-wasm"]
async fn a_picture_is_checked_and_shrunk_before_the_upload() {
    let (backend, client, browser) = (Backend::sqlite(), Client::new(), Browser::start().await);
    let module = format!("{REPOSITORY}/bindings/wasm");
    let server = Server::start(&backend, &["--browser-module", &module]);
    let limits = client.json(&format!("{}/limits", server.url)).await;
    assert_eq!(limits["browser_module"], true, "scripts/build-wasm builds it");
    browser.open(&server.url).await;

    // A photograph: a fraction of its bytes is sent, and the avatar looks the same.
    let photo = corpus("valid/photo.jpg");
    browser.choose_file("#file", &photo).await;
    browser
        .text_when("#plan", |text| text.starts_with("JPEG 2400x1600, crop 1600x1600+400+0"))
        .await;
    browser.click("#upload").await;
    browser.text_when("#status", |text| text == "Your avatar is saved.").await;
    let sent = browser.text_when("#sent", |text| !text.is_empty()).await;
    assert!(sent.starts_with("Sent ") && sent.ends_with(" KB."), "{sent}");
    // As far from the picture as the avatar of the complete file is, within a tenth.
    let photo = fs::read(&photo).unwrap();
    let request = Request::cover(128, 128).jpeg(80);
    let direct = bombproof::thumbnail(&photo, &request, &Limits::default()).unwrap();
    let loss = difference(&client.stored_avatar(&server.url, "me", 128).await, &photo);
    let direct_loss = difference(direct.bytes(), &photo);
    assert!(loss < direct_loss * 11 / 10, "{loss}, {direct_loss} without shrinking");
    assert_eq!(requests_of(&browser, "/inspect").await, 0);

    // A file that would not become smaller is sent as it is.
    let file = backend.data().join("numbered.png");
    fs::write(&file, numbered(123_457)).unwrap();
    browser.choose_file("#file", &file).await;
    browser.text_when("#header", |text| text.starts_with("PNG, 240 × 160 pixels")).await;
    browser.click("#upload").await;
    browser.text_when("#status", |text| text == "Your avatar is saved.").await;
    assert_eq!(browser.text_when("#sent", |_| true).await, "");
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 123_457);

    // A bomb is refused with the sentence and the numbers of the service, which does not see it.
    let before = requests_of(&browser, "/").await;
    let bomb = corpus("bombs/flood-65535.png");
    browser.choose_file("#file", &bomb).await;
    let error = browser.text_when("#error", |text| !text.is_empty()).await;
    let refused = bombproof::probe(&fs::read(bomb).unwrap())
        .and_then(|header| bombproof::Plan::new(&header, &Request::cover(1, 1), &Limits::default()))
        .unwrap_err();
    let numbers = "It has 4,290 megapixels; the limit is 268 megapixels.";
    assert!(error.starts_with(refused.user_message()) && error.ends_with(numbers), "{error}");
    assert_eq!(requests_of(&browser, "/").await, before);

    // A file that ends early has a good header: it is refused before it is sent.
    let truncated = backend.data().join("truncated.jpg");
    let bytes = fs::read(corpus("valid/photo.jpg")).unwrap();
    fs::write(&truncated, &bytes[..bytes.len() / 2]).unwrap();
    browser.choose_file("#file", &truncated).await;
    browser.text_when("#status", |text| text == "You can use this picture.").await;
    browser.click("#upload").await;
    let error = browser.text_when("#error", |text| !text.is_empty()).await;
    let refused =
        bombproof::thumbnail(&bytes[..bytes.len() / 2], &Request::cover(9, 9), &Limits::default());
    assert_eq!(error, refused.unwrap_err().user_message());
    assert_eq!(requests_of(&browser, "/").await, before);
    browser.close().await;
}

#[tokio::test]
#[ignore = "needs Chromium and scripts/build-wasm"]
async fn a_module_that_cannot_run_leaves_the_work_to_the_service() {
    let (backend, client, browser) = (Backend::sqlite(), Client::new(), Browser::start().await);
    let folder = TempFolder::new();
    for file in ["bombproof.js", "client.js", "worker.js"] {
        let from = Path::new(REPOSITORY).join("bindings/wasm").join(file);
        fs::copy(from, folder.path().join(file)).unwrap();
    }
    fs::write(folder.path().join("bombproof.wasm"), "no module").unwrap();
    fs::write(folder.path().join("secret.js"), "not for the page").unwrap();
    let server = Server::start(&backend, &["--browser-module", folder.path().to_str().unwrap()]);
    for (file, status) in [("client.js", 200), ("secret.js", 404), ("..%2Fsecret.js", 404)] {
        let url = format!("{}/bombproof/{file}", server.url);
        assert_eq!(client.get(&url).send().await.unwrap().status(), status, "{file}");
    }
    browser.open(&server.url).await;
    let file = backend.data().join("numbered.png");
    fs::write(&file, numbered(123_457)).unwrap();
    browser.choose_file("#file", &file).await;
    browser.text_when("#header", |text| text.starts_with("PNG, 240 × 160 pixels")).await;
    assert_eq!(requests_of(&browser, "/inspect").await, 1);
    browser.click("#upload").await;
    browser.text_when("#status", |text| text == "Your avatar is saved.").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 123_457);
    browser.close().await;
}

fn corpus(path: &str) -> PathBuf {
    Path::new(REPOSITORY).join("corpus").join(path).canonicalize().unwrap()
}

/// The sum of the differences of all samples, in 128 × 128 pixels.
fn difference(a: &[u8], b: &[u8]) -> u64 {
    let request = Request::cover(128, 128).pixels();
    let [a, b] = [a, b]
        .map(|file| bombproof::thumbnail(file, &request, &Limits::default()).unwrap().into_bytes());
    a.iter().zip(&b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
}

/// How many requests the page made whose path begins with `path`.
async fn requests_of(browser: &Browser, path: &str) -> u64 {
    let script = format!(
        "return performance.getEntriesByType('resource') \
         .filter(entry => new URL(entry.name).pathname.startsWith('{path}')).length"
    );
    browser.script(&script).await.as_u64().unwrap()
}
