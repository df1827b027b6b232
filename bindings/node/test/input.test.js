'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { BombproofError, MemoryPool, plan, probe, thumbnail } = require('bombproof');
const { read } = require('./support/corpus.js');

const photo = read('valid/photo.jpg');
const request = { width: 24, height: 24 };

test('every kind of view of the same bytes gives the same output', async () => {
  const { data } = await thumbnail(photo, request);
  const arrayBuffer = new Uint8Array(photo).buffer;
  const padded = new Uint8Array(photo.length + 100).fill(7);
  padded.set(photo, 33);
  const resizable = new ArrayBuffer(photo.length, { maxByteLength: photo.length + 10 });
  new Uint8Array(resizable).set(photo);
  for (const input of [
    new Uint8Array(photo),
    arrayBuffer,
    padded.subarray(33, 33 + photo.length),
    Buffer.from(padded.buffer, 33, photo.length),
    resizable,
    new Uint8Array(resizable),
  ]) {
    assert.deepEqual((await thumbnail(input, request)).data, data);
    assert.equal(probe(input).inputBytes, photo.length);
  }
});

test('what is not bytes is a TypeError', async () => {
  const others = [undefined, null, 'text', 5, {}, [1, 2], new Uint16Array(4), new Uint8ClampedArray(4)];
  for (const input of [...others, new DataView(new ArrayBuffer(4)), new Blob([photo])]) {
    const expected = { name: 'TypeError', message: /Buffer, a Uint8Array or an ArrayBuffer/ };
    await assert.rejects(thumbnail(input, request), expected);
    assert.throws(() => plan(input, request), expected);
    assert.throws(() => probe(input), expected);
  }
});

test('shared memory is a TypeError', async () => {
  const shared = new SharedArrayBuffer(photo.length);
  const view = new Uint8Array(shared);
  view.set(photo);
  await assert.rejects(thumbnail(view, request), { name: 'TypeError', message: /shared memory/ });
  await assert.rejects(thumbnail(shared, request), TypeError);
  assert.equal((await thumbnail(Buffer.from(view), request)).width, 24);
});

test('a detached input is a TypeError', async () => {
  const view = new Uint8Array(photo);
  const { buffer } = view;
  structuredClone(buffer, { transfer: [buffer] });
  for (const input of [view, buffer]) {
    await assert.rejects(thumbnail(input, request), { name: 'TypeError', message: /detached/ });
    assert.throws(() => probe(input), { name: 'TypeError', message: /detached/ });
  }
});

test('a getter that takes the input away causes an error and no crash', async () => {
  const view = new Uint8Array(photo);
  const taking = {
    width: 24,
    get height() {
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return 24;
    },
  };
  await assert.rejects(thumbnail(view, taking), BombproofError);
});

test('an input that is written to after the call is read as it was', async () => {
  const { data } = await thumbnail(photo, request);
  const input = Buffer.from(photo);
  const outcome = thumbnail(input, request);
  input.fill(0);
  assert.deepEqual((await outcome).data, data);
});

test('so is one that waits for a pool', async () => {
  const { data } = await thumbnail(photo, request);
  const pool = new MemoryPool(plan(photo, request).memoryBytes);
  const first = thumbnail(photo, request, {}, { pool });
  const input = Buffer.from(photo);
  const outcome = thumbnail(input, request, {}, { pool });
  assert.equal(pool.waiting, 1);
  input.fill(0);
  assert.deepEqual((await outcome).data, data);
  await first;
});

test('outputs are Buffers of their own, which V8 counts and frees', async () => {
  const large = { fit: 'fullSize', format: 'pixels' };
  const before = process.memoryUsage().external;
  const { data } = await thumbnail(photo, large);
  assert.ok(Buffer.isBuffer(data) && data.length === 2400 * 1600 * 3);
  assert.ok(process.memoryUsage().external - before >= data.length);
  const rss = process.memoryUsage.rss();
  for (let i = 0; i < 40; i++) {
    await thumbnail(photo, large);
  }
  const grown = process.memoryUsage.rss() - rss;
  assert.ok(grown < 20 * data.length, `${grown} bytes after 40 outputs of ${data.length}`);
});
