'use strict';

// What the service of the README uses of bombproof, made with sharp, so that both run the same code.

const sharp = require('sharp');

class MemoryPool {}
class BombproofError extends Error {}

async function thumbnail(bytes, { width, height, quality }) {
  const data = await sharp(bytes).autoOrient().resize(width, height).jpeg({ quality }).toBuffer();
  return { data };
}

module.exports = { BombproofError, MemoryPool, thumbnail };
