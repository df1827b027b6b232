'use strict';

const assert = require('node:assert/strict');
const { getEventListeners } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('node:test');
const { AbortError, MemoryPool, plan, thumbnail } = require('bombproof');
const { read } = require('./support/corpus.js');
const { slow, slowLimits } = require('./support/slow.js');

const photo = read('valid/photo.jpg');
const request = { width: 24, height: 24 };
const quote = plan(photo, request).memoryBytes;
const THREADS = 4;

const listeners = (signal) => getEventListeners(signal, 'abort').length;

/** Node's own functions reject like this. */
async function assertAborted(promise, reason) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AbortError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.cause], ['AbortError', 'ABORT_ERR', reason]);
    return true;
  });
}

test('a signal that is aborted already stops the call before it reads the input', async () => {
  const reason = new Error('gone');
  await assertAborted(thumbnail('no input', request, {}, { signal: AbortSignal.abort(reason) }), reason);
});

test('a job that waits for the pool leaves the queue', async () => {
  const pool = new MemoryPool(quote);
  const running = thumbnail(photo, request, {}, { pool });
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = thumbnail(photo, request, {}, { pool, signal });
  const behind = thumbnail(photo, request, {}, { pool });
  assert.deepEqual([pool.waiting, listeners(signal)], [2, 1]);
  controller.abort('no longer wanted');
  assert.equal(pool.waiting, 1);
  await assertAborted(waiting, 'no longer wanted');
  assert.deepEqual([(await behind).width, (await running).width], [24, 24]);
  assert.deepEqual([pool.inUseBytes, listeners(signal)], [0, 0]);
});

test('a job that waits for a thread never runs, and rejects before it gets one', async () => {
  const blockers = new AbortController();
  const busy = Array.from({ length: THREADS }, () =>
    thumbnail(photo, slow, slowLimits, { signal: blockers.signal }));
  const controller = new AbortController();
  const pool = new MemoryPool(quote);
  const waiting = thumbnail(photo, request, {}, { signal: controller.signal, pool });
  controller.abort();
  await assertAborted(waiting, controller.signal.reason);
  // Nothing has freed a thread, so it did not have one. It holds its memory until a thread has seen that it was aborted.
  assert.equal(pool.inUseBytes, quote);
  blockers.abort();
  for (const { reason } of await Promise.allSettled(busy)) {
    assert.equal(reason.name, 'AbortError');
  }
  await thumbnail(photo, request, {}, { pool });
  assert.equal(pool.inUseBytes, 0);
});

test('a job that runs stops, and frees its thread and its memory', { timeout: 60_000 }, async () => {
  const pool = new MemoryPool(2 ** 34);
  const controller = new AbortController();
  const { signal } = controller;
  const options = { signal, pool };
  const running = Array.from({ length: THREADS }, () => thumbnail(photo, slow, slowLimits, options));
  assert.equal(listeners(signal), 1);
  await sleep(50); // Threads have started by now. The test holds as well if they have not.
  controller.abort();
  for (const job of running) {
    await assertAborted(job, signal.reason);
  }
  assert.equal(listeners(signal), 0);
  await sleep(500);
  assert.ok(await cpuMs(() => sleep(500)) < 200);
  // All threads were taken, and this needs one of them.
  await thumbnail(photo, request);
  while (pool.inUseBytes > 0) {
    await sleep(1);
  }
});

test('a job that waits for a thread drops its input', async () => {
  const blockers = new AbortController();
  const busy = Array.from({ length: THREADS }, () =>
    thumbnail(photo, slow, slowLimits, { signal: blockers.signal }));
  const controller = new AbortController();
  const upload = Buffer.concat([photo, Buffer.alloc(8 << 20)]);
  const waiting = Array.from({ length: 24 }, () =>
    thumbnail(upload, request, {}, { signal: controller.signal }));
  const before = process.memoryUsage.rss();
  controller.abort();
  const freed = before - process.memoryUsage.rss();
  blockers.abort();
  await Promise.allSettled([...busy, ...waiting]);
  assert.ok(freed > 12 * upload.length, `${freed} bytes of ${24 * upload.length}`);
});

test('a signal can be shared by many jobs, leaves no listeners, and can be used again', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const warnings = [];
  const warn = (warning) => warnings.push(warning.message);
  process.on('warning', warn);
  const jobs = Array.from({ length: 40 }, () => thumbnail(photo, request, {}, { signal }));
  assert.equal(listeners(signal), 1);
  await Promise.all(jobs);
  await assert.rejects(thumbnail(Buffer.from('GIF89a'), request, {}, { signal }), { code: 'unsupported' });
  await sleep(5);
  process.off('warning', warn);
  assert.deepEqual([listeners(signal), warnings], [0, []]);
  const again = thumbnail(photo, slow, slowLimits, { signal });
  controller.abort();
  await assertAborted(again, signal.reason);
  assert.equal(listeners(signal), 0);
});

test('an abort after the end does nothing', async () => {
  const controller = new AbortController();
  const { data } = await thumbnail(photo, request, {}, { signal: controller.signal });
  controller.abort();
  assert.deepEqual((await thumbnail(photo, request)).data, data);
});

test('the time runs from the call, also while a job waits for a thread or a pool', async () => {
  const late = { name: 'BombproofError', code: 'interrupted', status: 503, retryable: true };
  const blockers = new AbortController();
  const { signal } = blockers;
  const blocked = Array.from({ length: THREADS }, () => thumbnail(photo, slow, slowLimits, { signal }));
  const pool = new MemoryPool(quote);
  const first = thumbnail(photo, request, {}, { pool, signal });
  const timeoutMs = 5;
  await assert.rejects(thumbnail(photo, request, {}, { timeoutMs }), late);
  await assert.rejects(thumbnail(photo, request, {}, { timeoutMs, pool }), late);
  assert.deepEqual([pool.waiting, pool.inUseBytes], [0, quote]);
  blockers.abort();
  await Promise.allSettled([...blocked, first]);
});

test('a running job sees its deadline although the event loop is blocked', async () => {
  const outcome = thumbnail(photo, slow, slowLimits, { timeoutMs: 30 });
  block(500);
  assert.ok(await cpuMs(() => block(500)) < 200);
  await assert.rejects(outcome, { code: 'interrupted', retryable: true });
});

/** Blocks this thread, without work. */
function block(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** The time that all threads of this process work meanwhile. */
async function cpuMs(run) {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

test('a job in good time is not disturbed by its deadline', async () => {
  assert.equal((await thumbnail(photo, request, {}, { timeoutMs: 60_000 })).width, 24);
});
