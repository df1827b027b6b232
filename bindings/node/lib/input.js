'use strict';

const { types } = require('node:util');

/** The bytes of an input, where they lie. The addon copies them. */
function bytesOf(input) {
  const bytes = types.isArrayBuffer(input) ? new Uint8Array(input) : input;
  if (!types.isUint8Array(bytes)) {
    throw new TypeError('the input must be a Buffer, a Uint8Array or an ArrayBuffer');
  }
  // Another thread could write to it while it is read.
  if (types.isSharedArrayBuffer(bytes.buffer)) {
    throw new TypeError('the input must not be shared memory: pass a copy, Buffer.from(input)');
  }
  if (isDetached(bytes.buffer)) {
    throw new TypeError('the input is detached: its memory was transferred to another thread');
  }
  return bytes;
}

/** Node 20 has no `ArrayBuffer.prototype.detached`, but a detached buffer refuses to be viewed. */
function isDetached(buffer) {
  try {
    new Uint8Array(buffer, 0, 0);
    return false;
  } catch {
    return true;
  }
}

module.exports = { bytesOf };
