'use strict';

const { unwrap } = require('./errors.js');
const { bytesOf } = require('./input.js');
const native = require('./native.js');

/** The limits of a call without any. */
const defaultLimits = Object.freeze(native.defaultLimits());
Object.freeze(defaultLimits.formats);

/** Reads the header of a file. */
function probe(input) {
  return unwrap(native.probe({ input: bytesOf(input) }));
}

/** Tells what a request would take. */
function plan(input, request, limits) {
  return unwrap(native.plan({ input: bytesOf(input), request, limits }));
}

module.exports = { defaultLimits, plan, probe };
