// Scales a photograph to about MEGAPIXELS, upright and in sRGB, as raw RGB; prints its width and height:
// scale_photo.mjs PHOTO MEGAPIXELS RAW
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';

const [photo, megapixels, raw] = process.argv.slice(2);
const options = { limitInputPixels: false };
const decoded = await sharp(photo, options)
  .autoOrient()
  .flatten({ background: '#ffffff' })
  .toColourspace('srgb')
  .raw()
  .toBuffer({ resolveWithObject: true });
let { data, info } = decoded;
const of = ({ width, height, channels }) => ({ ...options, raw: { width, height, channels } });
const wanted = Number(megapixels) * 1e6;
// Within a tenth, the size is right: pixels of the camera are better than resized ones.
const isTooSmall = () => info.width * info.height < wanted * 0.9;
const isTooLarge = () => info.width * info.height > wanted * 1.1;
while (isTooSmall()) {
  // Enlarging would only blur it. Mirrored, the copies have no seams.
  const mirrored = sharp(data, of(info)).extend({ right: info.width, bottom: info.height, extendWith: 'mirror' });
  ({ data, info } = await mirrored.raw().toBuffer({ resolveWithObject: true }));
}
if (isTooLarge()) {
  const factor = Math.sqrt(wanted / (info.width * info.height));
  const [width, height] = [info.width, info.height].map((side) => Math.round(side * factor));
  const scaled = sharp(data, of(info)).resize(width, height, { kernel: 'lanczos3', fit: 'fill' });
  ({ data, info } = await scaled.raw().toBuffer({ resolveWithObject: true }));
}
writeFileSync(raw, data);
console.log(`${info.width} ${info.height}`);
