'use strict';

const fs = require('node:fs');
const path = require('node:path');

const PACKAGE = path.join(__dirname, '../..');

/** The properties of an interface of `index.d.ts`. */
function declared(name) {
  const types = fs.readFileSync(path.join(PACKAGE, 'index.d.ts'), 'utf8');
  const body = types.match(new RegExp(`^export (?:interface|class) ${name}\\b.*\\{$([^]*?)^\\}`, 'm'));
  return [...body[1].matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, property]) => property);
}

/** The properties that a file of the addon reads from the object `options`, or names in a table. */
function readByAddon(file) {
  const source = fs.readFileSync(path.join(PACKAGE, 'src', file), 'utf8');
  const calls = /\boptions\s*\.(?!wrong|required)\w+(?:::<\d>)?\(\s*"(\w+)"/g;
  const tables = /^\s+\("(max\w+)", &mut/gm;
  return [calls, tables].flatMap((names) => [...source.matchAll(names)].map(([, name]) => name));
}

module.exports = { PACKAGE, declared, readByAddon };
