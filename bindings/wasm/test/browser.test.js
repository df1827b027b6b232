// The tests of `page.js`, in Chromium.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import test from "node:test";

const root = new URL("../../../", import.meta.url);
const types = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };
// What the page of a careful service allows: WebAssembly, and no script from elsewhere.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const page = '<!doctype html><script type="module" src="/bindings/wasm/test/page.js"></script>';

test("in Chromium", { skip: !chromium() && "there is no Chromium here" }, async () => {
  const { passed, failures } = await resultOfPage();
  assert.deepEqual(failures, []);
  assert.equal(passed, 6);
});

function chromium() {
  return ["chromium", "chromium-browser", "google-chrome"].find((name) => spawnSync(name, ["--version"]).status === 0);
}

async function resultOfPage() {
  let arrived;
  const result = new Promise((resolve) => { arrived = resolve; });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/done") {
      arrived(JSON.parse(Buffer.concat(await request.toArray())));
      return response.end();
    }
    try {
      const body = pathname === "/" ? page : readFileSync(new URL(`.${pathname}`, root));
      const type = pathname === "/" ? types[".html"] : types[extname(pathname)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => { server.once("listening", resolve); });
  const profile = mkdtempSync(join(tmpdir(), "bombproof-wasm-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`];
  const browser = spawn(chromium(), [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
  const ended = new Promise((_, reject) => { browser.once("exit", () => reject(new Error("Chromium ended"))); });
  try {
    return await Promise.race([result, ended]);
  } finally {
    ended.catch(() => {});
    browser.kill("SIGKILL");
    server.closeAllConnections();
    server.close();
    await new Promise((resolve) => { browser.once("exit", resolve); if (browser.exitCode ?? browser.signalCode) resolve(); });
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
