'use strict';

const { AbortError, unwrap } = require('./errors.js');
const { bytesOf } = require('./input.js');
const { camelCase } = require('./names.js');
const native = require('./native.js');
const { runIn } = require('./pool.js');
const { settingsOf } = require('./settings.js');
const { Stop } = require('./stop.js');

/** Makes an output for each size of the request, from one decode. */
async function thumbnails(input, request, limits, options) {
  const { signal, timeoutMs, pool, poolTimeoutMs } = settingsOf(options);
  if (signal?.aborted) {
    throw new AbortError(signal.reason);
  }
  // Up to here and through this call nothing is awaited: the input is copied before the caller can
  // write to it, and the time runs from now.
  const call = { input: bytesOf(input), request, limits, options: { timeoutMs } };
  const job = unwrap(native.prepare(call));
  const stop = new Stop(job, signal, timeoutMs);
  const reply = pool === undefined ? job.run() : runIn(pool, job, poolTimeoutMs, stop);
  return unwrap(await stop.race(reply)).map(named);
}

/** An output with the names of JavaScript. */
function named(output) {
  for (const property of ['layout', 'gamut', 'color', 'profileProblem']) {
    if (output[property] !== undefined) {
      output[property] = camelCase(output[property]);
    }
  }
  return output;
}

/** Makes the one output of the request. */
async function thumbnail(input, request, limits, options) {
  if (request?.sizes !== undefined) {
    throw new TypeError('request.sizes must be left out: thumbnails() makes several outputs');
  }
  const [output] = await thumbnails(input, request, limits, options);
  return output;
}

module.exports = { thumbnail, thumbnails };
