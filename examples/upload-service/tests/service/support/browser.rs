//! Headless Chromium, controlled through the WebDriver protocol.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::temp_folder::TempFolder;

pub(crate) struct Browser {
    driver: Child,
    session: String,
    client: Client,
    _profile: TempFolder,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/test-upload-service installs chromium-driver");
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_suffix('.')?.rsplit_once("on port ")?.1.parse::<u16>().ok())
            .expect("chromedriver prints its port");
        let (client, profile) = (Client::new(), TempFolder::new());
        let args = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--window-size=1000,1400",
            format!("--user-data-dir={}", profile.path().display()),
        ]);
        let options = json!({ "goog:chromeOptions": { "args": args } });
        let capabilities = json!({ "capabilities": { "alwaysMatch": options } });
        let url = format!("http://127.0.0.1:{port}/session");
        let answer: Value =
            client.post(&url).json(&capabilities).send().await.unwrap().json().await.unwrap();
        let id = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{answer}"));
        Self { session: format!("{url}/{id}"), driver, client, _profile: profile }
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let url = format!("{}/{command}", self.session);
        let answer = self.client.post(&url).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].clone()
    }

    pub(crate) async fn open(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    async fn element(&self, css: &str) -> String {
        let found = self.post("element", json!({ "using": "css selector", "value": css })).await;
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    pub(crate) async fn choose_file(&self, css: &str, file: &Path) {
        let element = self.element(css).await;
        self.post(&format!("element/{element}/value"), json!({ "text": file.to_str().unwrap() }))
            .await;
    }

    /// Focuses an element and presses keys.
    pub(crate) async fn press(&self, css: &str, keys: &str) {
        let element = self.element(css).await;
        self.post(&format!("element/{element}/value"), json!({ "text": keys })).await;
    }

    pub(crate) async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("element/{element}/click"), json!({})).await;
    }

    /// Drags an element at its centre, by a distance in screen pixels.
    pub(crate) async fn drag(&self, css: &str, right: i32, down: i32) {
        self.script(&format!(
            "document.querySelector('{css}').scrollIntoView({{ block: 'center' }})"
        ))
        .await;
        let element = self.element(css).await;
        let origin = json!({ "element-6066-11e4-a52e-4f735466cecf": element });
        let actions = json!([
            { "type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerMove", "duration": 100, "x": right, "y": down, "origin": "pointer" },
            { "type": "pointerUp", "button": 0 },
        ]);
        let mouse = json!({ "type": "pointer", "id": "mouse", "actions": actions });
        self.post("actions", json!({ "actions": [mouse] })).await;
    }

    pub(crate) async fn script(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// The visible text of an element, once `condition` is true.
    pub(crate) async fn text_when(&self, css: &str, condition: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        for _ in 0..200 {
            let read = format!("return document.querySelector({}).innerText", json!(css));
            text = self.script(&read).await.as_str().unwrap_or_default().to_owned();
            if condition(&text) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{css} shows {text:?}");
    }

    /// Writes a PNG of the visible page to the folder of the build, to be looked at.
    pub(crate) async fn screenshot(&self, name: &str) {
        let url = format!("{}/screenshot", self.session);
        let answer = self.client.json(&url).await;
        let png = base64(answer["value"].as_str().unwrap());
        std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), png).unwrap();
    }

    pub(crate) async fn close(self) {
        self.client.delete(&self.session).send().await.unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<usize> =
        text.bytes().filter_map(|byte| ALPHABET.iter().position(|&digit| digit == byte)).collect();
    let group = |group: &[usize]| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        [bits >> 16, bits >> 8, bits]
            .map(|byte| byte as u8)
            .into_iter()
            .take(group.len() * 6 / 8)
            .collect::<Vec<_>>()
    };
    digits.chunks(4).flat_map(group).collect()
}
