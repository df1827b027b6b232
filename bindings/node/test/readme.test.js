'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const test = require('node:test');
const { ROOT, read } = require('./support/corpus.js');
const { example } = require('./support/readme.js');

test('the first example of the README prints what it says', () => {
  const options = { cwd: ROOT, encoding: 'utf8' };
  const printed = execFileSync(process.execPath, [example('flood-65535')], options);
  assert.match(printed, /^image\/jpeg 256x256 \d+ bytes\ntrue over_limit maxPixels 4294836225\n/);
  assert.match(printed, /^for people: {3}This picture has too many pixels\./m);
  assert.match(printed, /^HTTP status: {2}413$/m);
});

test('the example of a pool works', async () => {
  const { avatarOf, pool } = require(example('avatarOf'));
  const avatars = await Promise.all(Array(50).fill(read('valid/photo.jpg')).map((upload) => avatarOf(upload)));
  assert.ok(avatars.every(({ width }) => width === 200));
  assert.equal(pool.inUseBytes, 0);
});

test('the example of the page for all languages runs', () => {
  execFileSync(process.execPath, [example("require('node:assert/strict')", '../README.md')], { cwd: ROOT });
});
