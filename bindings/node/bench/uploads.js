'use strict';

// node bench/uploads.js LIBRARY: 100 photographs uploaded at once to the service of the README, as JSON.

const { fork } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { example } = require('../test/support/readme.js');
const { photographs } = require('./photographs.js');

const COUNT = 100;

async function run(library) {
  const file = example('multer');
  if (library === 'sharp') {
    const shim = JSON.stringify(path.join(__dirname, 'sharp-as-bombproof.js'));
    const code = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, code.replace("require('bombproof')", `require(${shim})`));
  }
  const execArgv = ['--require', path.join(__dirname, 'delay.js')];
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'];
  const service = fork(file, [], { env: { ...process.env, PORT: '0' }, execArgv, stdio });
  const [line] = await once(service.stdout, 'data');
  const photos = photographs();
  const measure = async () => {
    service.send('measure');
    return (await once(service, 'message'))[0];
  };
  const upload = async ({ bytes }) => {
    const body = new FormData();
    body.append('avatar', new Blob([bytes]), 'photo');
    const response = await fetch(`${line.toString().trim()}/avatar`, { method: 'POST', body });
    if (response.status !== 201) {
      throw new Error(`${library}: ${response.status}`);
    }
  };
  for (const photo of photos) {
    await upload(photo);
  }
  await measure();
  const start = performance.now();
  await Promise.all(Array.from({ length: COUNT }, (_, index) => upload(photos[index % photos.length])));
  const ms = performance.now() - start;
  console.log(JSON.stringify({ ...(await measure()), ms }));
  service.kill();
}

run(process.argv[2]);
