'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('node:test');
const { MemoryPool, plan, thumbnail } = require('bombproof');
const { read } = require('./support/corpus.js');
const { slow, slowLimits } = require('./support/slow.js');

const photo = read('valid/photo.jpg');
const request = { width: 24, height: 24 };
const large = { width: 1024, height: 1024 };
const quote = plan(photo, request).memoryBytes;
const largeQuote = plan(photo, large).memoryBytes;

test('jobs together never reserve more than the pool has, and return all of it', async () => {
  const pool = new MemoryPool(3 * quote);
  // No timer is left, for which the process would wait.
  const options = { pool, poolTimeoutMs: 600_000 };
  const jobs = Array.from({ length: 20 }, () => thumbnail(photo, request, {}, options));
  assert.deepEqual([pool.inUseBytes, pool.waiting, pool.capacityBytes], [3 * quote, 17, 3 * quote]);
  const most = [];
  for (const job of jobs) {
    await job;
    most.push(pool.inUseBytes);
  }
  assert.ok(Math.max(...most) <= 3 * quote);
  assert.deepEqual([pool.inUseBytes, pool.waiting], [0, 0]);
});

test('jobs start in the order of their arrival, and a small one does not overtake', async () => {
  const pool = new MemoryPool(largeQuote + quote);
  const ended = [];
  const job = (name, what) =>
    thumbnail(photo, what, {}, { pool }).then(() => ended.push(name));
  const jobs = [job('large', large)];
  jobs.push(job('second large', large));
  // Its memory is free, but the other came first.
  assert.ok(pool.capacityBytes - pool.inUseBytes >= quote);
  jobs.push(job('small', request));
  assert.equal(pool.waiting, 2);
  await jobs[0];
  assert.equal(pool.waiting, 0);
  await Promise.all(jobs);
  assert.equal(ended[0], 'large');
});

test('a job that waits in vain is busy, and those behind it go on', { timeout: 60_000 }, async () => {
  const slowQuote = plan(photo, slow, slowLimits).memoryBytes;
  const pool = new MemoryPool(slowQuote + quote);
  const controller = new AbortController();
  const first = thumbnail(photo, slow, slowLimits, { pool, signal: controller.signal });
  const second = thumbnail(photo, slow, slowLimits, { pool, poolTimeoutMs: 5 });
  const third = thumbnail(photo, request, {}, { pool });
  const fourth = thumbnail(photo, request, {}, { pool, poolTimeoutMs: 0 });
  assert.equal(pool.waiting, 2);
  const busy = { name: 'BombproofError', code: 'busy', status: 503, retryable: true };
  // The free memory belongs to the two that came first.
  await assert.rejects(fourth, { ...busy, found: quote, allowed: 0 });
  await assert.rejects(second, { ...busy, found: slowQuote, allowed: quote });
  assert.equal((await third).width, 24);
  controller.abort();
  await assert.rejects(first, { name: 'AbortError' });
  await untilFree(pool);
  assert.equal(pool.waiting, 0);
});

/** A job that was aborted returns its memory as soon as its thread has stopped. */
async function untilFree(pool) {
  while (pool.inUseBytes > 0) {
    await sleep(1);
  }
}

test('a job that can never fit is refused at once, also behind others', async () => {
  const pool = new MemoryPool(quote);
  const jobs = [1, 2].map(() => thumbnail(photo, request, {}, { pool }));
  assert.equal(pool.waiting, 1);
  await assert.rejects(thumbnail(photo, large, {}, { pool }), { code: 'bad_request', message: /pool/ });
  await Promise.all(jobs);
});

test('jobs that fail return their memory', async () => {
  const pool = new MemoryPool(10 * quote);
  const broken = read('invalid/code-of-ones.jpg');
  const jobs = Array.from({ length: 30 }, () => thumbnail(broken, request, {}, { pool }));
  for (const { reason } of await Promise.allSettled(jobs)) {
    assert.equal(reason.code, 'malformed');
  }
  assert.deepEqual([pool.inUseBytes, pool.waiting], [0, 0]);
});
