//! The web page, in a real browser.

use std::fs;
use std::path::PathBuf;

use bombproof::{Limits, Request};

use crate::support::backend::Backend;
use crate::support::browser::Browser;
use crate::support::client::Client;
use crate::support::pictures::{number_of, numbered};
use crate::support::server::Server;

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_person_uploads_a_picture_crops_it_and_reads_a_refusal() {
    let (backend, client, browser) = (Backend::sqlite(), Client::new(), Browser::start().await);
    let server = Server::start(&backend, &[]);
    browser.open(&server.url).await;
    let accepted = "JPEG, PNG or WebP, up to 32 MB and 268 megapixels";
    browser.text_when("#accepted", |text| text == accepted).await;

    // An accepted picture: header, plan and quote, then the avatar in all sizes.
    let file = backend.data().join("numbered.png");
    fs::write(&file, numbered(123_457)).unwrap();
    browser.choose_file("#file", &file).await;
    browser.text_when("#header", |text| text.starts_with("PNG, 240 × 160 pixels")).await;
    browser.text_when("#plan", |text| text.starts_with("PNG 240x160, crop 160x160+40+0")).await;
    browser.text_when("#quote", |text| text.ends_with(" of 64 MB allowed")).await;
    browser.click("#upload").await;
    browser.text_when("#status", |text| text == "Your avatar is saved.").await;
    browser.text_when("#avatars", |text| text.contains("512 × 512")).await;
    let shown = "return [...document.querySelectorAll('#avatars img')] \
        .map(image => image.complete && image.naturalWidth)";
    browser.text_when("#memory", |text| text.ends_with(" reserved memory.")).await;
    for _ in 0..100 {
        if browser.script(shown).await == serde_json::json!([64, 128, 256, 512]) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(browser.script(shown).await, serde_json::json!([64, 128, 256, 512]));
    let sources = "return [...document.querySelectorAll('#avatars img')] \
        .map(image => image.currentSrc.split('.').pop())";
    assert_eq!(browser.script(sources).await, serde_json::json!(vec!["webp"; 4]));
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 123_457);

    // The placeholder: the colours of both halves, roughly.
    let avatar = client.stored_avatar(&server.url, "me", 64).await;
    assert_eq!(drawn_placeholder(&browser, &avatar).await, [true, true]);

    // A crop with the mouse: smaller, and at the right end, which encodes the upper digits.
    let widths = "return [square, corner].map(e => e.getBoundingClientRect().width)";
    assert!(browser.script(widths).await[0].as_f64().unwrap() > 100.0);
    browser.drag("#corner", -100, -100).await;
    browser.drag("#square", 400, 0).await;
    assert!(
        browser.script("return +document.getElementById('left').value").await.as_i64().unwrap()
            >= 120
    );
    browser.click("#upload").await;
    browser.text_when("#status", |text| text == "Your avatar is saved.").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 123_123);
    browser.screenshot("page-cropped.png").await;

    // A crop with the keyboard: at the left end.
    browser.press("#square", &"\u{E012}".repeat(60)).await;
    assert_eq!(browser.script("return document.getElementById('left').value").await, "0");
    browser.click("#upload").await;
    browser.text_when("#status", |text| text == "Your avatar is saved.").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 457_457);

    // A dropped file is chosen like any other. Here it is the avatar itself.
    let drop_it = "return fetch('/users/me/avatar?size=128') \
        .then(answer => answer.blob()) \
        .then(blob => { \
            const dataTransfer = new DataTransfer(); \
            dataTransfer.items.add(new File([blob], 'avatar.jpg')); \
            const event = new DragEvent('drop', { dataTransfer, cancelable: true }); \
            document.getElementById('drop').dispatchEvent(event); })";
    browser.script(drop_it).await;
    browser.text_when("#header", |text| text.starts_with("JPEG, 128 × 128 pixels")).await;

    // A refused picture: a sentence and the numbers, and the avatar is unchanged.
    let bomb = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../corpus/bombs/flood-65535.png");
    browser.choose_file("#file", &bomb.canonicalize().unwrap()).await;
    let error = browser.text_when("#error", |text| !text.is_empty()).await;
    let refused = bombproof::decode(&fs::read(bomb).unwrap(), &Default::default()).unwrap_err();
    assert!(error.starts_with(refused.user_message()), "{error}");
    let numbers = "It has 4,290 megapixels; the limit is 268 megapixels.";
    assert!(error.ends_with(numbers), "{error}");
    assert_eq!(browser.script("return document.getElementById('upload').disabled").await, true);
    browser.screenshot("page-refused.png").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 457_457);

    // Every control has a name for screen readers.
    let nameless = "return [...document.querySelectorAll('input, button, img, [tabindex]')] \
        .filter(e => !(e.labels?.length || e.innerText.trim() || e.alt || e.ariaLabel)) \
        .map(e => e.id)";
    assert_eq!(browser.script(nameless).await, serde_json::json!([]));
    browser.close().await;
}

/// The page draws the ThumbHash of this avatar. Whether a colour in its left half, and one in its
/// right half, is that of the avatar.
async fn drawn_placeholder(browser: &Browser, avatar: &[u8]) -> [bool; 2] {
    let request = Request::full_size().pixels().placeholder(true);
    let pixels = bombproof::thumbnail(avatar, &request, &Limits::default()).unwrap();
    let hash = pixels.placeholder().unwrap().thumb_hash();
    let script = format!(
        "return (async () => {{ \
         const {{ thumbHashUrl }} = await import('/thumb_hash.js'); \
         const image = new Image(); \
         image.src = thumbHashUrl('{hash}'); \
         await image.decode(); \
         const canvas = document.createElement('canvas'); \
         canvas.width = canvas.height = 32; \
         const context = canvas.getContext('2d'); \
         context.drawImage(image, 0, 0, 32, 32); \
         return [8, 24].map(x => [...context.getImageData(x, 16, 1, 1).data]); \
         }})();"
    );
    let drawn = browser.script(&script).await;
    [0, 1].map(|half| {
        let start = (32 * 64 + 16 + 32 * half) * 3;
        let expected = &pixels.bytes()[start..start + 3];
        let channels = (0..3).all(|channel| {
            let level = drawn[half][channel].as_i64().unwrap();
            (level - i64::from(expected[channel])).abs() < 40
        });
        channels && drawn[half][3] == 255
    })
}
