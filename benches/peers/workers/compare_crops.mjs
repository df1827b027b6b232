// Draws what is cut out of photographs: compare_crops.mjs AVATAR_PROGRAM OUTPUT PHOTO...
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const [program, output, ...photos] = process.argv.slice(2);
const [side, gap, perRow] = [160, 8, 2];
const folder = mkdtempSync(join(tmpdir(), 'crops-'));

async function columns(photo) {
  const { width, height, orientation } = await sharp(photo).metadata();
  const isTurned = orientation >= 5;
  const isWide = isTurned ? height >= width : width >= height;
  const [w, h] = isWide ? [side / 2, side] : [side, side / 2];
  const ours = (...options) => {
    const file = join(folder, 'avatar.png');
    execFileSync(program, ['--size', `${w}x${h}`, '--enlarge', ...options, photo, file]);
    return sharp(file).png().toBuffer();
  };
  const upright = () => sharp(photo).autoOrient();
  return Promise.all([
    upright().resize(side, side, { fit: 'inside' }).png().toBuffer(),
    await ours(),
    await ours('--attention'),
    upright().resize(w, h, { fit: 'cover', position: 'attention' }).png().toBuffer(),
  ]);
}

const cells = [];
for (const [index, photo] of photos.entries()) {
  const [column, row] = [index % perRow, Math.floor(index / perRow)];
  for (const [place, input] of (await columns(photo)).entries()) {
    const left = (column * 4 + place) * (side + gap) + gap;
    cells.push({ input, left, top: row * (side + gap) + gap });
  }
}
const [width, height] = [perRow * 4, Math.ceil(photos.length / perRow)].map((count) => count * (side + gap) + gap);
await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
  .composite(cells)
  .jpeg({ quality: 85 })
  .toFile(output);
rmSync(folder, { recursive: true });
