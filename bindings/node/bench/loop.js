'use strict';

// node bench/loop.js LIBRARY HOW: the delay of the event loop while 40 photographs are worked on, as
// JSON. They come one a turn of the loop, as uploads do (`apart`), or all in one turn (`together`).

const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setImmediate: turn, setTimeout: sleep } = require('node:timers/promises');
const libraries = require('./libraries.js');
const { photographs } = require('./photographs.js');

const COUNT = 40;
/** Timers of one millisecond are late by less than this on an idle loop. */
const RESOLUTION_MS = 1;

async function run(library, how) {
  const avatar = libraries[library]();
  const photos = photographs();
  for (const { bytes } of photos) {
    await avatar(bytes);
  }
  await sleep(100);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await sleep(20);
  const start = performance.now();
  const jobs = [];
  for (let i = 0; i < COUNT; i++) {
    jobs.push(avatar(photos[i % photos.length].bytes));
    if (how === 'apart') {
      await turn();
    }
  }
  const avatars = await Promise.all(jobs);
  const ms = performance.now() - start;
  await sleep(20);
  delay.disable();
  if (!avatars.every((data) => data[0] === 0xff && data[1] === 0xd8)) {
    throw new Error('not all of them are JPEG files');
  }
  const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6);
  console.log(JSON.stringify({ p50, p99, max, samples: delay.count, ms }));
}

run(...process.argv.slice(2));
