'use strict';

// npm run bench: the event loop beside sharp, and how fast an abort frees a thread. PHOTOS=DIR takes
// other photographs. Each row is a process of its own, and of three runs the one in the middle.

const { execFileSync } = require('node:child_process');
const path = require('node:path');

const RUNS = 3;

function run(script, args, env = {}) {
  const options = { env: { ...process.env, ...env }, encoding: 'utf8' };
  return JSON.parse(execFileSync(process.execPath, [path.join(__dirname, script), ...args], options));
}

function median(runs) {
  return runs.sort((a, b) => a.p99 - b.p99)[Math.floor(runs.length / 2)];
}

const ms = (number) => `${number.toFixed(1)} ms`;

console.log('40 photographs to avatars of 256 × 256: the delay of the event loop\n');
console.log('| library | they come | median | 99th percentile | longest | all 40 |');
console.log('|---|---|---|---|---|---|');
for (const how of ['apart', 'together']) {
  for (const library of ['bombproof', 'sharp']) {
    const runs = Array.from({ length: RUNS }, () => run('loop.js', [library, how]));
    const { p50, p99, max, ms: total } = median(runs);
    console.log(`| ${library} | ${how} | ${ms(p50)} | ${ms(p99)} | ${ms(max)} | ${total.toFixed(0)} ms |`);
  }
}

console.log('\nFrom abort() until the thread is free\n');
console.log('| request | median | 99th percentile | longest | jobs |');
console.log('|---|---|---|---|---|');
for (const [name, times] of Object.entries(run('abort.js', [], { UV_THREADPOOL_SIZE: '1' }))) {
  const { p50, p99, max, of, jobs } = times;
  console.log(`| ${name} | ${ms(p50)} | ${ms(p99)} | ${ms(max)} (${of}) | ${jobs} |`);
}
