// The module makes of every file of the corpus what the crate makes of it on every machine.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { bombproof, corpus } from "./setup.js";
import { describe, fnv1a64, requestsOf } from "./vectors.js";

test("every line of OUTPUTS.txt is the same", () => {
  const record = readFileSync(new URL("OUTPUTS.txt", corpus), "utf8");
  const end = record.indexOf("\n\n");
  const requests = requestsOf(record.slice(0, end));
  const recorded = record.slice(end + 2).trimEnd().split("\n");
  assert.ok(requests.length >= 28 && recorded.length >= 10_000);
  const paths = recorded.filter((line) => !line.startsWith(" "));
  const lines = paths.flatMap((path) => describe(bombproof, path, readFileSync(new URL(path, corpus)), requests));
  for (const [index, line] of recorded.entries()) assert.equal(lines[index], line);
  assert.equal(lines.length, recorded.length);
});

test("the checksum is FNV-1a", () => {
  // The values that its authors publish.
  assert.equal(fnv1a64([]), "cbf29ce484222325");
  assert.equal(fnv1a64(new TextEncoder().encode("foobar")), "85944171f73967e8");
});
