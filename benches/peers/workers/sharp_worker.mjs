// sharp: one thread, no operation cache, default limits and default `failOn`.
// ../src/worker.rs describes the line protocol.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

function job(data, kind, side) {
  const fit = kind === 'contain' ? 'inside' : 'cover';
  const small = sharp(data).autoOrient().resize(side, side, { fit, withoutEnlargement: true });
  const file = kind === 'png' ? small.png() : small.flatten({ background: '#ffffff' }).jpeg({ quality: 80 });
  return file.toBuffer();
}

const { versions } = sharp;
console.log(`ready\tsharp ${versions.sharp} (libvips ${versions.vips})`);
let data = Buffer.alloc(0);
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, ...parts] = line.split('\t');
  if (kind === 'read') {
    data = readFileSync(parts[0]);
    console.log('read');
    continue;
  }
  const [side, path] = parts;
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
