//! The page, in a real browser.

use std::fs;
use std::path::PathBuf;

use crate::support::pictures::{number_of, numbered};
use crate::support::{Backend, Browser, Client, Server};

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_person_uploads_a_picture_crops_it_and_reads_a_refusal() {
    let (backend, client, browser) = (Backend::sqlite(), Client::new(), Browser::start().await);
    let server = Server::start(&backend, &[]);
    browser.open(&server.url).await;

    // Accepted: header, plan and quote, then the avatar in its sizes.
    let file = backend.data().join("numbered.png");
    fs::write(&file, numbered(123_457)).unwrap();
    browser.choose_file("#file", &file).await;
    browser.text_when("#header", |text| text.starts_with("PNG, 240 × 160 pixels")).await;
    browser.text_when("#plan", |text| text.starts_with("PNG 240x160, crop 160x160+40+0")).await;
    browser.text_when("#quote", |text| text.ends_with("bytes, of 67,108,864 allowed")).await;
    browser.click("#send").await;
    browser.text_when("#status", |text| text == "This is your avatar now.").await;
    browser.text_when("#avatars", |text| text.contains("512 × 512")).await;
    let shown = "return [...document.querySelectorAll('#avatars img')].map(i => i.complete && i.naturalWidth)";
    browser.text_when("#spent", |text| text.contains("bytes of memory were used")).await;
    for _ in 0..100 {
        if browser.script(shown).await == serde_json::json!([64, 128, 256, 512]) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(browser.script(shown).await, serde_json::json!([64, 128, 256, 512]));
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 123_457);

    // Cropped by the mouse: small, and to the right end, where the upper digits are.
    let squares = "return [square, corner].map(e => e.getBoundingClientRect().width)";
    assert!(browser.script(squares).await[0].as_f64().unwrap() > 100.0);
    browser.drag("#corner", -100, -100).await;
    browser.drag("#square", 400, 0).await;
    assert!(
        browser.script("return +document.getElementById('left').value").await.as_i64().unwrap()
            >= 120
    );
    browser.click("#send").await;
    browser.text_when("#status", |text| text == "This is your avatar now.").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 123_123);
    browser.picture("page-cropped.png").await;

    // And by the keyboard: to the left end.
    browser.press("#square", &"\u{E012}".repeat(60)).await;
    assert_eq!(browser.script("return document.getElementById('left').value").await, "0");
    browser.click("#send").await;
    browser.text_when("#status", |text| text == "This is your avatar now.").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 457_457);

    // A picture that is dropped is one that is chosen: here, the avatar itself.
    let drop_it = "return fetch('/users/me/avatar?size=128').then(answer => answer.blob()).then(blob => { \
        const dataTransfer = new DataTransfer(); \
        dataTransfer.items.add(new File([blob], 'avatar.jpg')); \
        document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true })); })";
    browser.script(drop_it).await;
    browser.text_when("#header", |text| text.starts_with("JPEG, 128 × 128 pixels")).await;

    // Refused: the sentence and the numbers, and the avatar stays.
    let bomb = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../corpus/bombs/flood-65535.png");
    browser.choose_file("#file", &bomb.canonicalize().unwrap()).await;
    let refusal = browser.text_when("#refusal", |text| !text.is_empty()).await;
    assert!(
        refusal.starts_with("This picture has too many pixels. Please use a smaller one."),
        "{refusal}"
    );
    assert!(
        refusal.contains("Its longer side has 65,535 pixels; 32,768 are allowed."),
        "{refusal}"
    );
    assert_eq!(browser.script("return document.getElementById('send').disabled").await, true);
    browser.picture("page-refused.png").await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "me", 64).await), 457_457);

    // Every control has a name that is read aloud.
    let nameless = "return [...document.querySelectorAll('input, button, img, [tabindex]')].filter(e => \
        !(e.labels?.length || e.innerText.trim() || e.alt || e.ariaLabel)).map(e => e.id)";
    assert_eq!(browser.script(nameless).await, serde_json::json!([]));
    browser.close().await;
}
