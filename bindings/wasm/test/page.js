// Runs in a page: the vectors in the page itself, and the client with its worker. Sends what failed to the server.
import { load } from "../bombproof.js";
import { BombproofError, BombproofWorker } from "../client.js";
import { describe, requestsOf } from "./vectors.js";

const corpus = new URL("../../../corpus/", import.meta.url);
const fetched = async (path) => new Uint8Array(await (await fetch(new URL(path, corpus))).arrayBuffer());
const avatar = { width: 64, height: 64 };

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`${actual} instead of ${expected}`);
}

async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("no rejection");
}

const tests = {
  async "every line of OUTPUTS.txt is the same"() {
    const bombproof = await load();
    const record = await (await fetch(new URL("OUTPUTS.txt", corpus))).text();
    const end = record.indexOf("\n\n");
    const requests = requestsOf(record.slice(0, end));
    const recorded = record.slice(end + 2).trimEnd().split("\n");
    const lines = [];
    for (const path of recorded.filter((line) => !line.startsWith(" "))) {
      lines.push(...describe(bombproof, path, await fetched(path), requests));
    }
    for (const [index, line] of recorded.entries()) equal(lines[index], line);
    equal(lines.length, recorded.length);
    if (recorded.length < 10_000) throw new Error("a short record");
  },

  async "the worker takes a file, and gives what the module gives"() {
    const photo = await fetched("valid/photo.jpg");
    const there = (await load()).thumbnail(photo, avatar);
    const worker = new BombproofWorker();
    const file = new File([photo], "photo.jpg");
    for (const upload of [file, photo, photo.slice().buffer]) {
      const { data, mediaType } = await worker.thumbnail(upload, avatar);
      equal(mediaType, "image/jpeg");
      equal(String(data), String(there.data));
    }
    equal((await worker.probe(file)).format, "jpeg");
    equal((await worker.plan(file, avatar)).memoryBytes, there.memoryBytes);
    const both = await worker.thumbnails(file, { ...avatar, sizes: [{ width: 9, height: 9 }] });
    equal(both.map(({ width }) => width).join(), "64,9");
    worker.close();
  },

  async "refusals arrive with their fields"() {
    const worker = new BombproofWorker();
    const error = await rejection(worker.plan(await fetched("bombs/flood-65535.png"), avatar));
    equal(error instanceof BombproofError, true);
    equal([error.code, error.status, error.limit, error.found].join(), "over_limit,413,maxPixels,4294836225");
    equal((await rejection(worker.plan(new Blob(), { widht: 5 }))).constructor, TypeError);
    equal((await rejection(worker.plan(new Blob(), { crop: () => {} }))).name, "DataCloneError");
    equal((await rejection(worker.thumbnails(new Blob(), avatar))).code, "unsupported");
    worker.close();
  },

  async "an abort ends a running call and takes a waiting one out; the others go on"() {
    const photo = await fetched("valid/photo.jpg");
    const worker = new BombproofWorker();
    const slow = { width: 2400, height: 1600, format: "webpLossless" };
    const controllers = [new AbortController(), new AbortController()];
    const running = worker.thumbnail(photo, slow, {}, { signal: controllers[0].signal });
    const waiting = worker.thumbnail(photo, slow, {}, { signal: controllers[1].signal });
    const last = worker.thumbnail(photo, avatar);
    controllers[1].abort();
    equal((await rejection(waiting)).name, "AbortError");
    controllers[0].abort("enough");
    equal(await rejection(running), "enough");
    equal((await last).width, 64);
    equal((await rejection(worker.probe(photo, {}, { signal: AbortSignal.abort("before") }))), "before");
    const closed = worker.thumbnail(photo, slow);
    worker.close();
    equal((await rejection(closed)).name, "AbortError");
    equal((await worker.probe(photo)).format, "jpeg");
    worker.close();
  },

  async "close ends the worker, also when it has nothing to do"() {
    let ended = 0;
    const { terminate } = Worker.prototype;
    Worker.prototype.terminate = function () {
      ended += 1;
      terminate.call(this);
    };
    const worker = new BombproofWorker();
    await rejection(worker.probe(new Blob(["x"])));
    worker.close();
    Worker.prototype.terminate = terminate;
    equal(ended, 1);
  },

  async "a module that is not there is an error, and so is a worker that cannot start"() {
    const worker = new BombproofWorker(new URL("nothing.wasm", import.meta.url));
    const error = await rejection(worker.probe(new Blob(["x"])));
    equal(error instanceof Error && !(error instanceof BombproofError), true);
    worker.close();
  },
};

const failures = [];
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`);
  }
}
await fetch("/done", { method: "POST", body: JSON.stringify({ passed: Object.keys(tests).length - failures.length, failures }) });
