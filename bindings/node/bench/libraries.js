'use strict';

// The same avatar by both: 256 × 256, cropped around the middle, upright, a JPEG of quality 80.
const SIDE = 256;
const QUALITY = 80;

module.exports = {
  bombproof() {
    const { thumbnail } = require('..');
    const request = { width: SIDE, height: SIDE, quality: QUALITY };
    return async (bytes) => (await thumbnail(bytes, request)).data;
  },
  sharp() {
    const sharp = require('sharp');
    return (bytes) =>
      sharp(bytes)
        .autoOrient()
        .resize(SIDE, SIDE)
        .jpeg({ quality: QUALITY })
        .toBuffer();
  },
};
