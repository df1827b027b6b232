'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const test = require('node:test');
const bombproof = require('bombproof');
const { read } = require('./support/corpus.js');
const { declared } = require('./support/declared.js');

const { BombproofError, MemoryPool, plan, thumbnail } = bombproof;
const request = { width: 24, height: 24 };

async function refusalOf(file, ...rest) {
  const outcome = await Promise.allSettled([thumbnail(file, request, ...rest)]);
  return outcome[0].reason;
}

test('a refusal says which limit, what was found, what is allowed, and what to answer', async () => {
  const refusal = await refusalOf(read('bombs/flood-65535.png'));
  assert.ok(refusal instanceof BombproofError && refusal instanceof Error);
  assert.equal(refusal.message, 'the number of pixels is 4294836225, over the limit of 268435456 (max_pixels)');
  assert.deepEqual({ ...refusal }, {
    code: 'over_limit',
    status: 413,
    userMessage: 'This picture has too many pixels. Please use a smaller one.',
    limit: 'maxPixels',
    found: 4294836225,
    allowed: 268435456,
    retryable: false,
  });
  const fields = declared('BombproofError').filter((field) => field !== 'name');
  assert.deepEqual(Object.keys(refusal).sort(), fields.sort());
});

test('errors of each kind have their status', async () => {
  const photo = read('valid/photo.jpg');
  const small = new MemoryPool(1);
  const full = new MemoryPool(plan(photo, request).memoryBytes);
  const running = thumbnail(photo, request, {}, { pool: full });
  const refusals = [
    [refusalOf(Buffer.from('GIF89a')), 'unsupported', 415, false],
    [refusalOf(Buffer.alloc(0)), 'unsupported', 415, false],
    [refusalOf(photo.subarray(0, photo.length / 2)), 'truncated', 422, false],
    [refusalOf(read('invalid/code-of-ones.jpg')), 'malformed', 422, false],
    [refusalOf(read('bombs/absent-10000.png')), 'not_credible', 422, false],
    [refusalOf(photo, {}, { pool: small }), 'bad_request', 400, false],
    [refusalOf(photo, {}, { pool: full, poolTimeoutMs: 0 }), 'busy', 503, true],
    [refusalOf(photo, {}, { timeoutMs: 0 }), 'interrupted', 503, true],
  ];
  for (const [promise, code, status, retryable] of refusals) {
    const refusal = await promise;
    assert.ok(refusal instanceof BombproofError, `${code}: ${refusal}`);
    assert.deepEqual([refusal.code, refusal.status, refusal.retryable], [code, status, retryable]);
    assert.ok(refusal.userMessage.length > 10);
  }
  await running;
});

test('the stack of an error leads to the caller', async () => {
  async function theCaller() {
    await thumbnail(Buffer.from('GIF89a'), request);
  }
  await assert.rejects(theCaller(), ({ stack }) => stack.includes('theCaller'));
});

test('plan refuses what thumbnail refuses by the header', async () => {
  const bomb = read('bombs/flood-65535.png');
  assert.throws(() => plan(bomb, request), { code: 'over_limit', limit: 'maxPixels' });
});

test('the package can be imported by name and as a whole', () => {
  const script = `
    import whole, { ${Object.keys(bombproof).join(', ')} } from 'bombproof';
    const names = { ${Object.keys(bombproof).join(', ')} };
    console.log(Object.entries(names).every(([name, value]) => whole[name] === value));`;
  const options = { cwd: __dirname, encoding: 'utf8' };
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], options);
  assert.equal(printed, 'true\n');
});
