'use strict';

const path = require('node:path');

/**
 * Where the addon for this platform lies. A package that is published has the files of all platforms
 * side by side, so their names tell them apart.
 */
function addonFile() {
  const { platform, arch } = process;
  const libc = platform === 'linux' ? `-${isGlibc() ? 'gnu' : 'musl'}` : '';
  return path.join(__dirname, '..', 'native', `bombproof.${platform}-${arch}${libc}.node`);
}

function isGlibc() {
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}

module.exports = { addonFile };
