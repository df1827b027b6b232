'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { PACKAGE } = require('./declared.js');

/**
 * Writes the code block that contains `text` to a file, beside which modules are found. It is one of the README, or of the
 * page for all languages.
 */
function example(text, page = 'README.md') {
  const readme = fs.readFileSync(path.join(PACKAGE, page), 'utf8');
  const blocks = [...readme.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code]) => code);
  const code = blocks.filter((code) => code.includes(text));
  if (code.length !== 1) {
    throw new Error(`${code.length} code blocks with ${text}`);
  }
  const folder = path.join(PACKAGE, 'target', 'readme');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${text.replace(/\W/g, '')}-${process.pid}.js`);
  fs.writeFileSync(file, code[0]);
  return file;
}

module.exports = { example };
