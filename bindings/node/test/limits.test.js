'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { BombproofError, defaultLimits, plan, probe, thumbnail } = require('bombproof');
const { ROOT, read } = require('./support/corpus.js');
const { declared, readByAddon } = require('./support/declared.js');

const photo = read('valid/photo.jpg');
const progressive = read('valid/photo-progressive.jpg');
const request = { width: 24, height: 24 };

/** A limit allows its own value, as a number and as a BigInt, and refuses one less. */
async function assertLimits(limit, value, file = photo) {
  for (const most of [value, BigInt(value)]) {
    assert.equal((await thumbnail(file, request, { [limit]: most })).width, 24);
  }
  const refused = { name: 'BombproofError', code: 'over_limit', limit, found: value, allowed: value - 1 };
  await assert.rejects(thumbnail(file, request, { [limit]: value - 1 }), refused);
  assert.throws(() => plan(file, request, { [limit]: value - 1 }), refused);
}

async function assertLimitsProfiles(limit, file) {
  const large = await thumbnail(file, request, { [limit]: 1 << 24 });
  const { data, color, profileProblem, warnings } = await thumbnail(file, request, { [limit]: 100 });
  assert.deepEqual([large.color, large.profileProblem, large.warnings], ['converted', undefined, []]);
  assert.deepEqual([color, profileProblem, warnings], ['ignored', 'tooLarge', ['profile ignored: too large']]);
  assert.notDeepEqual(data, large.data);
}

/** Each limit, and what it refuses. */
const LIMITS = {
  maxInputBytes: () => assertLimits('maxInputBytes', photo.length),
  maxSidePx: () => assertLimits('maxSidePx', 2400),
  maxPixels: () => assertLimits('maxPixels', 2400 * 1600),
  maxMemoryBytes: () => assertLimits('maxMemoryBytes', plan(photo, request).memoryBytes),
  maxWork: () => assertLimits('maxWork', plan(photo, request).work),
  maxOutputSidePx: () => assertLimits('maxOutputSidePx', 24),
  maxScans: () => assertLimits('maxScans', probe(progressive).scans, progressive),
  maxSegments: () => assertLimits('maxSegments', probe(photo).segments),
  async maxScanWork() {
    assert.equal((await thumbnail(progressive, request)).width, 24);
    const refused = { code: 'over_limit', limit: 'maxScanWork', status: 422 };
    await assert.rejects(thumbnail(progressive, request, { maxScanWork: 1 }), refused);
  },
  maxIccBytes: () => assertLimitsProfiles('maxIccBytes', read('valid/icc-display-p3.jpg')),
  maxIccBytesCmyk: () => assertLimitsProfiles('maxIccBytesCmyk', read('valid/icc-cmyk.jpg')),
  async formats() {
    const files = { jpeg: photo, png: read('valid/photo.png'), webp: read('valid/photo.webp') };
    for (const format of Object.keys(files)) {
      for (const [other, file] of Object.entries(files)) {
        const outcome = thumbnail(file, request, { formats: [format] });
        if (other === format) {
          assert.equal((await outcome).width, 24);
        } else {
          await assert.rejects(outcome, { code: 'unsupported', status: 415 });
        }
      }
    }
    await assert.rejects(thumbnail(photo, request, { formats: [] }), { code: 'unsupported' });
    await assert.rejects(thumbnail(photo, request, { formats: ['gif'] }), TypeError);
  },
};

for (const [limit, check] of Object.entries(LIMITS)) {
  test(`${limit} limits`, check);
}

test('every limit is declared, read and tested', () => {
  const tested = Object.keys(LIMITS).sort();
  assert.deepEqual(declared('Limits').sort(), tested);
  assert.deepEqual([...new Set(readByAddon('limits.rs'))].sort(), tested);
  assert.deepEqual(Object.keys(defaultLimits).sort(), tested);
});

test('the defaults are those of the README', () => {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `(max_\w+)` \| ([\d,]+) \|/gm)];
  assert.equal(rows.length, 11);
  for (const [, name, value] of rows) {
    const limit = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    assert.equal(defaultLimits[limit], Number(value.replaceAll(',', '')), limit);
  }
  assert.deepEqual(defaultLimits.formats, ['jpeg', 'png', 'webp']);
  assert.throws(() => { defaultLimits.maxPixels = 1; }, TypeError);
  assert.throws(() => { defaultLimits.formats.push('gif'); }, TypeError);
});

test('the defaults can be given as limits', async () => {
  assert.equal((await thumbnail(photo, request, defaultLimits)).width, 24);
});

test('an input that is too long is refused before it is copied', async () => {
  const long = Buffer.alloc(64 << 20);
  const before = process.memoryUsage.rss();
  const refusals = Array.from({ length: 50 }, () => thumbnail(long, request));
  const grown = process.memoryUsage.rss() - before;
  for (const outcome of await Promise.allSettled(refusals)) {
    assert.ok(outcome.reason instanceof BombproofError && outcome.reason.status === 413);
  }
  assert.ok(grown < 64 << 20, `${grown} bytes for 50 refusals`);
});
