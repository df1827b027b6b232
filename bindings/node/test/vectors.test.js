'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { fnv1a64 } = require('./support/checksum.js');
const { paths, read } = require('./support/corpus.js');
const { describe, requestsOf } = require('./support/outputs.js');

test('the checksum is FNV-1a', () => {
  const vectors = { '': 'cbf29ce484222325', a: 'af63dc4c8601ec8c', foobar: '85944171f73967e8' };
  for (const [text, checksum] of Object.entries(vectors)) {
    assert.equal(fnv1a64(Buffer.from(text)), checksum);
  }
});

test('quotes, outputs and refusals are those of all languages', async () => {
  const [head, results] = read('OUTPUTS.txt').toString().split('\n\n');
  const requests = requestsOf(head);
  assert.ok(requests.length >= 28, `${requests.length} requests`);
  const recorded = results.trimEnd().split('\n');
  const lines = [];
  for (const path of paths()) {
    lines.push(...(await describe(path, read(path), requests)));
  }
  const different = lines.filter((line, index) => line !== recorded[index]);
  assert.deepEqual(different, [], `${different.length} lines of corpus/OUTPUTS.txt differ`);
  assert.equal(lines.length, recorded.length, 'files are gone, or new');
  console.log(`${lines.length} lines agree`);
});
