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

const LOADS = [
  ['40 photographs, one a turn of the loop', 'loop.js', 'apart'],
  ['40 photographs in one turn', 'loop.js', 'together'],
  ['100 uploads at once to the service', 'uploads.js'],
];

console.log('The delay of the event loop\n');
console.log('| | library | median | 99th percentile | longest | all of them |');
console.log('|---|---|---|---|---|---|');
for (const [load, script, ...args] of LOADS) {
  for (const library of ['bombproof', 'sharp']) {
    const runs = Array.from({ length: RUNS }, () => run(script, [library, ...args]));
    const { p50, p99, max, ms: total } = median(runs);
    console.log(`| ${load} | ${library} | ${ms(p50)} | ${ms(p99)} | ${ms(max)} | ${total.toFixed(0)} ms |`);
  }
}

console.log('\nFrom abort() until the thread is free\n');
console.log('| request | median | 99th percentile | longest | the same in CPU time | jobs |');
console.log('|---|---|---|---|---|---|');
for (const [name, times] of Object.entries(run('abort.js', [], { UV_THREADPOOL_SIZE: '1' }))) {
  const [p50, p99, max] = times.ms.map(ms);
  console.log(`| ${name} | ${p50} | ${p99} | ${max} | ${times.cpu.map(ms).join(', ')} | ${times.jobs} |`);
}
