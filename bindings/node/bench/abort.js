'use strict';

// UV_THREADPOOL_SIZE=1 node bench/abort.js: how long a job keeps its thread after it was aborted, in
// milliseconds as JSON. There is one thread, so what is queued behind the job waits for it. `cpu` is
// what the process works meanwhile, which does not depend on what else the machine does.

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { thumbnail } = require('..');
const { photographs } = require('./photographs.js');

/** Each with the number of moments of a job at which it is aborted. */
const REQUESTS = {
  '256 × 256, JPEG': [{ width: 256, height: 256 }, 60],
  '1024 × 1024, JPEG': [{ width: 1024, height: 1024 }, 30],
  '2048 × 2048, JPEG': [{ width: 2048, height: 2048 }, 15],
  '2048 × 2048, WebP': [{ width: 2048, height: 2048, format: 'webp' }, 15],
};

/** Aborts a job `ms` milliseconds after it has started, and waits for the thread. */
async function freed(bytes, request, ms) {
  const controller = new AbortController();
  const job = thumbnail(bytes, request, {}, { signal: controller.signal }).catch((error) => error);
  await sleep(ms);
  const start = performance.now();
  const before = process.cpuUsage();
  controller.abort();
  await new Promise((resolve) => fs.stat(__filename, resolve));
  const { user, system } = process.cpuUsage(before);
  const took = { ms: performance.now() - start, cpu: (user + system) / 1_000 };
  return (await job).name === 'AbortError' ? [took] : [];
}

/** The median, the 99th percentile and the longest. */
function shares(times, unit) {
  const sorted = times.map((time) => time[unit]).sort((a, b) => a - b);
  return [0.5, 0.99, 1].map((share) => sorted[Math.ceil(share * sorted.length) - 1]);
}

async function run() {
  const results = {};
  for (const [name, [request, moments]] of Object.entries(REQUESTS)) {
    const times = [];
    for (const photo of photographs()) {
      const start = performance.now();
      await thumbnail(photo.bytes, request);
      const length = performance.now() - start;
      for (let moment = 0; moment < moments; moment++) {
        times.push(...(await freed(photo.bytes, request, (length * moment) / moments)));
      }
    }
    results[name] = { ms: shares(times, 'ms'), cpu: shares(times, 'cpu'), jobs: times.length };
  }
  console.log(JSON.stringify(results));
}

run();
