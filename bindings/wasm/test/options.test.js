// Every option changes what comes out. The options are those of the types.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { bombproof, corpus, photo } from "./setup.js";

const file = (path) => readFileSync(new URL(path, corpus));
const cover = { width: 48, height: 32 };
const alpha = file("valid/gray-alpha-8.png");

// For each option: the upload, the options without it, and its value.
const options = {
  fit: [photo, { width: 48, height: 48 }, "contain"],
  width: [photo, cover, 40],
  height: [photo, cover, 40],
  canvas: [photo, { width: 48, height: 48, fit: "pad", canvas: [0, 0, 0, 255] }, [250, 0, 0, 255]],
  sizes: [photo, cover, [{ width: 9, height: 9 }]],
  enlarge: [alpha, { width: 300, height: 300 }, true],
  crop: [photo, cover, { x: 5, y: 6, width: 700, height: 800 }],
  focus: [photo, { width: 20, height: 60 }, { x: 0.1, y: 0.5 }],
  attention: [photo, { width: 20, height: 60 }, true],
  format: [photo, cover, "png"],
  quality: [photo, cover, 30],
  jpegFullChroma: [photo, cover, true],
  jpegProgressive: [photo, cover, true],
  jpegEffort: [photo, cover, "smallest"],
  jpegDetail: [photo, { width: 400, height: 400, format: "pixels" }, "fastest"],
  maxBytes: [photo, { ...cover, quality: 95 }, 900],
  background: [alpha, cover, [0, 90, 200]],
  round: [photo, cover, true],
  keepWideGamut: [file("valid/icc-display-p3.png"), cover, true],
  placeholder: [photo, cover, true],
  acceptTruncated: [photo.subarray(0, Math.floor(photo.length * 0.8)), cover, 50],
};

test("every option of the types changes the outputs", () => {
  const types = readFileSync(new URL("../types.d.ts", import.meta.url), "utf8");
  const declared = /interface Request \{(.*?)^\}/ms.exec(types)[1].matchAll(/^ {2}(\w+)\?:/gm);
  assert.deepEqual([...declared].map(([, name]) => name), Object.keys(options));
  for (const [name, [upload, request, value]] of Object.entries(options)) {
    assert.notDeepEqual(outcome(upload, { ...request, [name]: value }), outcome(upload, request), name);
  }
});

function outcome(upload, request) {
  try {
    return bombproof.thumbnails(upload, request).map(({ data, placeholder }) => [data, placeholder]);
  } catch (error) {
    return error.code;
  }
}

test("an option that is wrong is a TypeError that tells its name", () => {
  for (const [wrong, told] of [
    [{ ...cover, widht: 5 }, "widht"],
    [{ ...cover, width: 1.5 }, "1.5"],
    [{ ...cover, width: -1 }, "-1"],
    [{ ...cover, width: 2 ** 32 }, "4294967296"],
    [{ ...cover, quality: NaN }, "null"],
    [{ ...cover, quality: 300 }, "300"],
    [{ ...cover, quality: null }, "null"],
    [{ ...cover, round: 1 }, "boolean"],
    [{ ...cover, format: "gif" }, "gif"],
    [{ ...cover, background: [1, 2] }, "array of length 3"],
    [{ ...cover, format: "png", quality: 80 }, "quality"],
    [{ ...cover, canvas: [0, 0, 0, 0] }, "canvas"],
    [{ ...cover, fit: "pad" }, "canvas"],
    [{ ...cover, fit: "fullSize" }, "fullSize"],
    [{ width: 5 }, "height"],
    [{ ...cover, attention: true, focus: { x: 0, y: 0 } }, "focus"],
    [{ ...cover, focus: { x: 0, z: 0 } }, "z"],
  ]) {
    const isTold = (error) => error instanceof TypeError && error.message.includes(told);
    assert.throws(() => bombproof.plan(photo, wrong), isTold, JSON.stringify(wrong));
  }
  assert.throws(() => bombproof.plan(photo), TypeError);
  assert.throws(() => bombproof.probe("a path"), TypeError);
  assert.throws(() => bombproof.thumbnail(photo, { ...cover, sizes: [{ width: 1, height: 1 }] }), TypeError);
});

test("a value that the crate refuses is its bad request", () => {
  for (const wrong of [{ width: 0, height: 5 }, { ...cover, quality: 101 }, { ...cover, focus: { x: 2, y: 0 } }]) {
    assert.throws(() => bombproof.plan(photo, wrong), { name: "BombproofError", code: "bad_request", status: 400 });
  }
});

test("every limit refuses, and a limit that does not exist is a TypeError", () => {
  const icc = file("valid/icc-display-p3.png");
  const zero = ["maxInputBytes", "maxSidePx", "maxPixels", "maxMemoryBytes", "maxWork", "maxOutputSidePx", "maxScans",
    "maxScanWork", "maxSegments"];
  for (const limit of zero) {
    const refused = { name: "BombproofError", code: "over_limit", limit, allowed: 0 };
    assert.throws(() => bombproof.plan(photo, cover, { [limit]: 0 }), refused, limit);
  }
  assert.throws(() => bombproof.plan(photo, cover, { formats: ["png"] }), { code: "unsupported", status: 415 });
  assert.equal(bombproof.plan(photo, cover, { formats: ["jpeg"] }).header.format, "jpeg");
  assert.equal(bombproof.thumbnail(icc, cover).color, "converted");
  assert.equal(bombproof.thumbnail(icc, cover, { maxIccBytes: 0 }).profileProblem, "tooLarge");
  const cmyk = file("valid/icc-cmyk.jpg");
  assert.equal(bombproof.thumbnail(cmyk, cover).color, "converted");
  assert.equal(bombproof.thumbnail(cmyk, cover, { maxIccBytesCmyk: 0 }).profileProblem, "tooLarge");
  for (const wrong of [{ maxPixel: 5 }, { maxPixels: -1 }, { maxPixels: NaN }, { formats: ["gif"] }]) {
    assert.throws(() => bombproof.plan(photo, cover, wrong), TypeError, JSON.stringify(wrong));
  }
});
