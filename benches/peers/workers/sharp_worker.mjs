// sharp: one thread, no cache of operations, the limits and `failOn` that it comes with.
// The line protocol is described in ../src/worker.rs.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

function job(data, kind, side) {
  const small = sharp(data).autoOrient().resize(side, side, { fit: 'cover', withoutEnlargement: true });
  const file = kind === 'png' ? small.png() : small.flatten({ background: '#ffffff' }).jpeg({ quality: 80 });
  return file.toBuffer();
}

const { versions } = sharp;
console.log(`ready\tsharp ${versions.sharp} (libvips ${versions.vips})`);
let data = Buffer.alloc(0);
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, ...words] = line.split('\t');
  if (kind === 'read') {
    data = readFileSync(words[0]);
    console.log('read');
    continue;
  }
  const [side, path] = words;
  const start = process.hrtime.bigint();
  try {
    const output = await job(data, kind, Number(side));
    const elapsed = process.hrtime.bigint() - start;
    writeFileSync(path, output);
    console.log(`done\t${elapsed}\t`);
  } catch (error) {
    const elapsed = process.hrtime.bigint() - start;
    console.log(`refused\t${elapsed}\t${error.message.split(/\s+/).join(' ')}`);
  }
}
