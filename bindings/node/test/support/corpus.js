'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../../../..');
const CORPUS = path.join(ROOT, 'corpus');

/** A file of the corpus. */
function read(name) {
  return fs.readFileSync(path.join(CORPUS, name));
}

/** The paths of all files, in the order of the manifest. */
function paths() {
  const manifest = fs.readFileSync(path.join(CORPUS, 'MANIFEST.toml'), 'utf8');
  return [...manifest.matchAll(/^path = "(.+)"$/gm)].map(([, path]) => path);
}

module.exports = { CORPUS, ROOT, paths, read };
