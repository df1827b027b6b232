'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { MemoryPool, plan, probe, thumbnail, thumbnails } = require('bombproof');
const { read } = require('./support/corpus.js');

const photo = read('valid/photo.jpg');
const good = { width: 8, height: 8 };

/** A mistake of the caller is a TypeError, of `plan` at once and of `thumbnail` in the promise. */
async function assertTypeError(request, message, limits) {
  assert.throws(() => plan(photo, request, limits), { name: 'TypeError', message });
  await assert.rejects(thumbnail(photo, request, limits), { name: 'TypeError', message });
}

const NO_INTEGERS = [-1, 1.5, NaN, Infinity, -Infinity, 2 ** 53, '8', null, true, {}, [8], -1n, 2n ** 64n];

test('integers are neither rounded nor wrapped nor coerced', async () => {
  for (const value of NO_INTEGERS) {
    await assertTypeError({ ...good, width: value }, /^request\.width must be an integer from 0 to 4294967295$/);
    await assertTypeError({ ...good, quality: value }, /^request\.quality must be/);
    await assertTypeError({ ...good, maxBytes: value }, /^request\.maxBytes must be/);
    await assertTypeError({ ...good, sizes: [good, { ...good, height: value }] }, /^request\.sizes\[1\]\.height must be|left out/);
    await assertTypeError({ ...good, crop: { x: value, y: 0, ...good } }, /^request\.crop\.x must be/);
    await assertTypeError({ ...good, background: [0, value, 0] }, /^request\.background must be a list of 3/);
    await assertTypeError(good, /^limits\.maxPixels must be an integer from 0 to 9007199254740991, or a BigInt/, { maxPixels: value });
    await assertTypeError(good, /^limits\.maxScans must be/, { maxScans: value });
    assert.throws(() => new MemoryPool(value), { name: 'TypeError', message: /^pool\.capacityBytes must be/ });
  }
  for (const value of [2 ** 32, 2 ** 32 + 8, 2n ** 32n]) {
    await assertTypeError({ ...good, width: value }, /width/);
    await assertTypeError(good, /maxSidePx/, { maxSidePx: value });
  }
  for (const value of [256, -0.5]) {
    await assertTypeError({ ...good, background: [0, value, 0] }, /background/);
  }
});

test('integers that are right are taken as they are', async () => {
  for (const [width, height] of [[8, 8n], [8.0, 8]]) {
    assert.deepEqual(plan(photo, { width, height }).sizes, [{ width: 8, height: 8 }]);
  }
  const all = { maxPixels: 2n ** 64n - 1n, maxWork: Number.MAX_SAFE_INTEGER };
  assert.equal((await thumbnail(photo, good, all)).width, 8);
  assert.equal(new MemoryPool(2n ** 40n).capacityBytes, 2 ** 40);
});

test('what the core calls a bad request has a status for the client', async () => {
  const bad = [
    { width: 0 },
    { quality: 0 },
    { quality: 101 },
    { quality: 300 },
    { quality: 256 + 80 },
    { acceptTruncated: 0 },
    { acceptTruncated: 101 },
    { focus: { x: NaN, y: 0 } },
    { focus: { x: 0, y: 1.5 } },
    { crop: { x: 2399, y: 0, width: 2, height: 1 } },
    { crop: { x: 0, y: 0, width: 0, height: 1 } },
  ];
  for (const options of bad) {
    const refused = { name: 'BombproofError', code: 'bad_request', status: 400 };
    await assert.rejects(thumbnail(photo, { ...good, ...options }), refused, JSON.stringify(options));
  }
  const sizes = (count) => ({ ...good, sizes: Array(count).fill(good) });
  assert.equal((await thumbnails(photo, sizes(7))).length, 8);
  await assert.rejects(thumbnails(photo, sizes(8)), { code: 'bad_request' });
  await assert.rejects(thumbnails(photo, { fit: 'fullSize', sizes: [good] }), { code: 'bad_request' });
});

test('options of a wrong kind and combinations without a meaning are refused', async () => {
  const wrong = [
    [{ width: 8 }, /request\.height must be/],
    [{ fit: 'fullSize', width: 8 }, /width and height must be left out/],
    [{ ...good, fit: 'inside' }, /request\.fit must be 'cover' \| 'contain' \| 'pad' \| 'fullSize'/],
    [{ ...good, fit: 'Cover' }, /fit/],
    [{ ...good, fit: 'pad' }, /request\.canvas must be/],
    [{ ...good, fit: 'pad', canvas: [0, 0, 0] }, /canvas/],
    [{ ...good, canvas: [0, 0, 0, 0] }, /canvas must be left out/],
    [{ ...good, focus: { x: 0, y: 0 }, attention: true }, /focus must be left out/],
    [{ ...good, focus: { x: 0 } }, /request\.focus\.y must be a number/],
    [{ ...good, focus: { x: '0', y: 0 } }, /request\.focus\.x must be a number/],
    [{ ...good, focus: [0, 0] }, /request\.focus\.x must be a number/],
    [{ ...good, format: 'gif' }, /format/],
    [{ ...good, format: ['png'] }, /format/],
    [{ ...good, enlarge: 1 }, /request\.enlarge must be true or false/],
    [{ ...good, round: 'yes' }, /round/],
    [{ ...good, background: '#fff' }, /background/],
    [{ ...good, background: [1, , 3] }, /background/],
    [{ ...good, background: [1, 2, 3, 4] }, /background/],
    [{ ...good, crop: null }, /request\.crop must be an object/],
    [undefined, /request must be an object/],
    [null, /request must be an object/],
    ['cover', /request must be an object/],
  ];
  for (const [request, message] of wrong) {
    await assertTypeError(request, message);
  }
  await assert.rejects(thumbnails(photo, { ...good, sizes: good }), { name: 'TypeError', message: /sizes/ });
  await assert.rejects(thumbnails(photo, { ...good, sizes: [, good] }), { name: 'TypeError', message: /sizes/ });
  for (const limits of [null, 5, 'none']) {
    await assertTypeError(good, /limits must be an object/, limits);
  }
});

test('unknown options are refused, also nested and inherited ones', async () => {
  await assertTypeError({ ...good, widht: 8 }, /^request has no option "widht"$/);
  await assertTypeError({ ...good, widht: undefined }, /widht/);
  await assertTypeError({ ...good, jpeg_progressive: true }, /jpeg_progressive/);
  await assertTypeError(Object.create({ lossy: 1 }, Object.getOwnPropertyDescriptors(good)), /lossy/);
  await assertTypeError({ ...good, crop: { x: 0, y: 0, ...good, z: 1 } }, /^request\.crop has no option "z"$/);
  const sizes = [good, { ...good, z: 1 }];
  await assert.rejects(thumbnails(photo, { ...good, sizes }), { name: 'TypeError', message: /^request\.sizes\[1\] has no option "z"$/ });
  await assertTypeError({ ...good, focus: { x: 0, y: 0, z: 1 } }, /^request\.focus has no option "z"$/);
  await assertTypeError(good, /^limits has no option "maxPixel"$/, { maxPixel: 1 });
  const options = { timeout: 5 };
  await assert.rejects(thumbnail(photo, good, {}, options), { name: 'TypeError', message: /"timeout"/ });
});

test('undefined is the default, and inherited options count', async () => {
  const { data } = await thumbnail(photo, good);
  const undefinedToo = { ...good, quality: undefined, crop: undefined, sizes: undefined };
  assert.deepEqual((await thumbnail(photo, undefinedToo, undefined, undefined)).data, data);
  assert.deepEqual((await thumbnail(photo, Object.create(good))).data, data);
});

test('how a job runs is checked too', async () => {
  const wrong = [
    [null, /options must be an object/],
    [{ signal: {} }, /signal must be an AbortSignal/],
    [{ signal: null }, /signal/],
    [{ pool: 5 }, /pool must be a MemoryPool/],
    [{ pool: { capacityBytes: 5 } }, /pool/],
    ...[-1, 0.5, NaN, 2 ** 31, '5', null, 5n].flatMap((value) => [
      [{ timeoutMs: value }, /timeoutMs must be an integer/],
      [{ poolTimeoutMs: value }, /poolTimeoutMs must be an integer/],
    ]),
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(thumbnail(photo, good, {}, options), { name: 'TypeError', message });
  }
});

test('what a getter throws is thrown, and each is called once', async () => {
  const mine = new Error('mine');
  const request = { width: 8, get height() { throw mine; } };
  assert.throws(() => plan(photo, request), mine);
  await assert.rejects(thumbnail(photo, request), mine);
  let calls = 0;
  plan(photo, { width: 8, get height() { calls += 1; return 8; } });
  assert.equal(calls, 1);
});

test('probe reads the header and nothing else', () => {
  const header = probe(photo);
  const { format, width, height, orientation, color, scans, inputBytes } = header;
  assert.deepEqual([format, width, height, orientation, color, scans], ['jpeg', 2400, 1600, 1, 'ycbcr', 1]);
  assert.equal(inputBytes, photo.length);
  const turned = probe(read('valid/orientation-6.jpg'));
  assert.equal(turned.orientation, 6);
  assert.deepEqual([turned.uprightWidth, turned.uprightHeight], [turned.height, turned.width]);
  assert.equal(probe(read('valid/icc-gray.jpg')).icc, 'gray');
  assert.throws(() => probe(Buffer.from('GIF89a')), { code: 'unsupported', status: 415 });
});
