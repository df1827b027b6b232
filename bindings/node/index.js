'use strict';

const { AbortError, BombproofError } = require('./lib/errors.js');
const { defaultLimits, plan, probe } = require('./lib/headers.js');
const { MemoryPool } = require('./lib/pool.js');
const { thumbnail, thumbnails } = require('./lib/thumbnails.js');

// A literal of plain names, from which Node also tells the named exports of an `import`.
module.exports = {
  AbortError,
  BombproofError,
  MemoryPool,
  defaultLimits,
  plan,
  probe,
  thumbnail,
  thumbnails,
};
