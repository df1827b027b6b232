// Errors, deadlines and memory.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { load } from "../bombproof.js";
import { bombproof, corpus, photo } from "./setup.js";

const avatar = { width: 64, height: 64 };

test("an error has the fields of a report", () => {
  const bomb = readFileSync(new URL("bombs/flood-65535.png", corpus));
  assert.throws(() => bombproof.probe(bomb, { maxInputBytes: 64 }), {
    name: "BombproofError", code: "over_limit", status: 413, limit: "maxInputBytes", found: 65, allowed: 64,
    retryable: false, message: /65.*64.*max_input_bytes/,
  });
  assert.throws(() => bombproof.plan(bomb, avatar), { code: "over_limit", limit: "maxPixels", found: 4_294_836_225 });
  assert.throws(() => bombproof.probe(new Uint8Array(0)), { name: "BombproofError" });
});

test("a header and a plan have all fields of the types", () => {
  const types = readFileSync(new URL("../types.d.ts", import.meta.url), "utf8");
  const declared = (name) => {
    const [, base, body] = new RegExp(`interface ${name} (?:extends (\\w+) )?\\{(.*?)^\\}`, "ms").exec(types);
    const own = [...body.matchAll(/^ {2}(\w+):/gm)].map(([, field]) => field);
    return [...own, ...base ? declared(base) : []].sort();
  };
  const plan = bombproof.plan(photo, avatar);
  assert.deepEqual(Object.keys(plan).sort(), declared("Plan"));
  assert.deepEqual(Object.keys(plan.header).sort(), declared("Header"));
  assert.deepEqual(plan.header, bombproof.probe(photo));
  const output = bombproof.thumbnail(photo, avatar);
  assert.deepEqual(Object.keys(output).sort(), declared("Output"));
  assert.deepEqual([output.width, output.height, output.mediaType], [64, 64, "image/jpeg"]);
  assert.equal(output.memoryBytes, plan.memoryBytes);
});

test("a deadline stops the work", () => {
  assert.throws(() => bombproof.thumbnail(photo, avatar, {}, { timeoutMs: 0 }), { code: "interrupted", retryable: true });
  assert.equal(bombproof.thumbnail(photo, avatar, {}, { timeoutMs: 60_000 }).width, 64);
  assert.throws(() => bombproof.thumbnail(photo, avatar, {}, { timeoutMs: NaN }), TypeError);
});

test("views and buffers are uploads, and are not changed", () => {
  const padded = new Uint8Array(photo.length + 20);
  padded.set(photo, 10);
  const before = bombproof.thumbnail(photo, avatar).data;
  assert.deepEqual(bombproof.thumbnail(padded.subarray(10, 10 + photo.length), avatar).data, before);
  assert.deepEqual(bombproof.thumbnail(padded.slice(10, 10 + photo.length).buffer, avatar).data, before);
  assert.deepEqual(padded.slice(10, 10 + photo.length), new Uint8Array(photo));
});

test("a trap is the error of a bug, and the next call works", async () => {
  const module = await load(trapping());
  assert.throws(() => module.probe(photo), (error) => error.code === "bug" && error.cause instanceof WebAssembly.RuntimeError);
  assert.throws(() => module.probe(photo), { code: "bug" });
  assert.equal(bombproof.probe(photo).format, "jpeg");
});

// A module with the exports of ours, of which `probe` executes `unreachable` and the others return 8.
function trapping() {
  const text = (name) => [name.length, ...new TextEncoder().encode(name)];
  const section = (id, ...bytes) => [id, bytes.length, ...bytes];
  const named = [["write_arguments", 0], ["write_upload", 0], ["probe", 1], ["answer", 2], ["answer_len", 2]];
  const exported = named.flatMap(([name, index]) => [...text(name), 0, index]);
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, 3, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 0, 0x60, 0, 1, 0x7f),
    ...section(3, 3, 0, 1, 2),
    ...section(5, 1, 0, 64),
    ...section(7, 6, ...text("memory"), 2, 0, ...exported),
    ...section(10, 3, 4, 0, 0x41, 8, 0x0b, 3, 0, 0, 0x0b, 4, 0, 0x41, 8, 0x0b),
  ]);
}
