// Encodes the PNGs of a folder with the encoders of sharp, at several qualities:
// sharp_ladder.mjs FOLDER QUALITY,QUALITY...
// "256.png" becomes "256 sharp JPEG 80". Prints the versions.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const [folder, qualities] = process.argv.slice(2);
const encoders = {
  'sharp JPEG': (picture, quality) => picture.jpeg({ quality }),
  'sharp mozjpeg': (picture, quality) => picture.jpeg({ quality, mozjpeg: true }),
  'sharp WebP': (picture, quality) => picture.webp({ quality }),
};
for (const name of readdirSync(folder).filter((name) => name.endsWith('.png'))) {
  for (const [encoder, encode] of Object.entries(encoders)) {
    for (const quality of qualities.split(',')) {
      const output = join(folder, `${name.replace('.png', '')} ${encoder} ${quality}`);
      await encode(sharp(join(folder, name)), Number(quality)).toFile(output);
    }
  }
}
const { versions } = sharp;
console.log(`sharp ${versions.sharp} (libvips ${versions.vips}, mozjpeg ${versions.mozjpeg}, libwebp ${versions.webp})`);
