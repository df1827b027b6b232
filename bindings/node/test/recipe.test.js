'use strict';

// The service of the README: 100 uploads at once, among them hostile ones.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const { after, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { thumbnail } = require('bombproof');
const { paths, read } = require('./support/corpus.js');
const { example } = require('./support/readme.js');

const UPLOADS = 100;
const request = { width: 200, height: 200, format: 'jpeg', quality: 80 };
let service;
let url;

before(async () => {
  const env = { ...process.env, PORT: '0' };
  service = spawn(process.execPath, [example('multer')], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(service.stdout, 'data');
  url = line.toString().trim();
});

after(() => service.kill());

/** What the service has to answer. */
async function expected(file) {
  try {
    const { data } = await thumbnail(file, request);
    return { status: 201, name: `${createHash('sha256').update(data).digest('hex')}.jpg`, data };
  } catch ({ status, code, userMessage }) {
    return { status, code, error: userMessage };
  }
}

async function post(file) {
  const body = new FormData();
  body.append('avatar', new Blob([file]), '../../etc/passwd.svg');
  const response = await fetch(`${url}/avatar`, { method: 'POST', body });
  return { status: response.status, ...(await response.json()) };
}

/** The most memory that a process has had, in bytes, where the system tells. */
function peakMemory(pid) {
  const status = `/proc/${pid}/status`;
  const peak = fs.existsSync(status) && fs.readFileSync(status, 'utf8').match(/^VmHWM:\s+(\d+) kB$/m);
  return peak ? peak[1] * 1024 : undefined;
}

/** Uploads of all kinds: pictures, bombs, damaged files, other formats, and one that is too large. */
function uploads() {
  const photos = ['valid/photo.jpg', 'valid/photo.png', 'valid/photo.webp', 'valid/photo-progressive.jpg'];
  const folders = ['valid', 'bombs', 'invalid'].map((folder) =>
    paths().filter((path) => path.startsWith(`${folder}/`) && !path.includes('/photo')));
  const names = photos.concat(Array(6).fill(photos).flat());
  for (let index = 0; names.length < UPLOADS; index++) {
    names.push(...folders.map((files) => files[(index * 7) % files.length]));
  }
  return names.slice(0, UPLOADS).map(read);
}

test('100 uploads at once are all answered rightly, and in bounded memory', async () => {
  const files = uploads();
  const answers = [];
  for (const file of files) {
    answers.push(await expected(file));
  }
  const received = await Promise.all(files.map(post));
  for (const [index, { data, ...answer }] of answers.entries()) {
    assert.deepEqual(received[index], answer);
  }
  const statuses = new Set(received.map(({ status }) => status));
  assert.deepEqual([201, 413, 415, 422].filter((status) => !statuses.has(status)), []);
  for (const { name, data } of answers.filter(({ status }) => status === 201)) {
    const response = await fetch(`${url}/avatars/${name}`);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), data);
  }
  const peak = peakMemory(service.pid);
  if (peak !== undefined) {
    console.log(`the service has had ${Math.round(peak / 1e6)} MB at most`);
    assert.ok(peak < 400e6, `${peak} bytes`);
  }
});

test('what is no upload of one picture is refused', async () => {
  const large = await post(Buffer.alloc((8 << 20) + 1));
  assert.deepEqual([large.status, large.code], [413, 'LIMIT_FILE_SIZE']);
  const empty = await fetch(`${url}/avatar`, { method: 'POST', body: new FormData() });
  assert.equal(empty.status, 400);
  assert.equal((await fetch(`${url}/avatars/none.jpg`)).status, 404);
});

test('the upload after the hundredth is refused', { timeout: 60_000 }, async () => {
  const open = Array.from({ length: UPLOADS }, begin);
  const photo = read('valid/photo.jpg');
  while ((await post(photo)).status !== 503) {
    open.push(begin()); // ours was one of the hundred, and one of theirs was refused
  }
  open.forEach((upload) => upload.destroy());
  while ((await post(photo)).status !== 201) {
    await sleep(10); // the service sees the end of a connection a moment later
  }
});

/** Starts an upload of which no byte of the file comes. */
function begin() {
  const headers = { 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': 1000 };
  const upload = http.request(`${url}/avatar`, { method: 'POST', headers });
  upload.on('error', () => {}); // it is cut off in the end
  upload.write('--b\r\nContent-Disposition: form-data; name="avatar"; filename="a"\r\n\r\n');
  return upload;
}
