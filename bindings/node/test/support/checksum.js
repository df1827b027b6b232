'use strict';

/** FNV-1a of 64 bits, in two halves of 32: its prime is 2^40 + 0x1b3. */
function fnv1a64(bytes) {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < bytes.length; i++) {
    low ^= bytes[i];
    const small = Math.imul(low & 0xffff, 0x1b3);
    const large = Math.imul(low >>> 16, 0x1b3) + (small >>> 16);
    high = (Math.imul(high, 0x1b3) + (low << 8) + (large >>> 16)) | 0;
    low = (large << 16) | (small & 0xffff);
  }
  return hex(high) + hex(low);
}

function hex(half) {
  return (half >>> 0).toString(16).padStart(8, '0');
}

module.exports = { fnv1a64 };
