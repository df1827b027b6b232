'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { Worker } = require('node:worker_threads');
const test = require('node:test');
const { thumbnail } = require('bombproof');
const { read } = require('./support/corpus.js');

const photo = read('valid/photo.jpg');
const request = { width: 24, height: 24 };

function start(body) {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { MemoryPool, thumbnail } = require(workerData.package);
    (async () => { ${body} })();`;
  const workerData = { photo, request, package: require.resolve('bombproof') };
  return new Worker(script, { eval: true, workerData });
}

test('several threads of JavaScript make the same bytes at once', async () => {
  const { data } = await thumbnail(photo, request);
  const workers = Array.from({ length: 4 }, () => start(`
    const { photo, request } = workerData;
    const pool = new MemoryPool(2 ** 20);
    const jobs = Array.from({ length: 10 }, () => thumbnail(photo, request, {}, { pool }));
    for (const { data } of await Promise.all(jobs)) {
      parentPort.postMessage(data);
    }`));
  const outputs = workers.map((worker) => {
    const received = [];
    worker.on('message', (output) => received.push(Buffer.from(output)));
    return once(worker, 'exit').then(() => received);
  });
  for (const received of await Promise.all(outputs)) {
    assert.deepEqual(received, Array(10).fill(data));
  }
});

test('a thread that is terminated while its jobs run takes nothing with it', async () => {
  for (let round = 0; round < 5; round++) {
    const worker = start(`
      const jobs = Array.from({ length: 8 }, () =>
        thumbnail(workerData.photo, { width: 512, height: 512 }, {}, { timeoutMs: 60_000 }));
      parentPort.postMessage('started');
      await Promise.all(jobs);`);
    await once(worker, 'message');
    await worker.terminate();
  }
  assert.equal((await thumbnail(photo, request)).width, 24);
});
