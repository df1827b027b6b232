// Writes a picture in the five formats, with the encoders that write most files (libjpeg, libpng, libwebp):
// write_photos.mjs RAW_RGB WIDTH HEIGHT STEM
import { readFileSync } from 'node:fs';
import sharp from 'sharp';

const [raw, width, height, stem] = process.argv.slice(2);
const samples = readFileSync(raw);
const picture = () =>
  sharp(samples, {
    raw: { width: Number(width), height: Number(height), channels: 3 },
    limitInputPixels: false,
  });
const writers = {
  'baseline.jpg': (file) => file.jpeg({ quality: 90 }),
  'progressive.jpg': (file) => file.jpeg({ quality: 90, progressive: true }),
  'photo.png': (file) => file.png({ compressionLevel: 6, adaptiveFiltering: true }),
  'lossy.webp': (file) => file.webp({ quality: 80 }),
  // The lowest effort. The others need minutes for 100 megapixels.
  'lossless.webp': (file) => file.webp({ lossless: true, effort: 0 }),
};
for (const [name, write] of Object.entries(writers)) {
  await write(picture()).toFile(`${stem}-${name}`);
}
