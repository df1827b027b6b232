'use strict';

const { MemoryPool } = require('./pool.js');

/** Checks the fourth argument of `thumbnail`, and fills in what is missing. */
function settingsOf(options = {}) {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('the options must be an object');
  }
  const { signal, timeoutMs, pool, poolTimeoutMs = DEFAULT_POOL_TIMEOUT_MS, ...unknown } = options;
  for (const name of Object.keys(unknown)) {
    throw new TypeError(`options has no option ${JSON.stringify(name)}`);
  }
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError('options.signal must be an AbortSignal');
  }
  if (pool !== undefined && !(pool instanceof MemoryPool)) {
    throw new TypeError('options.pool must be a MemoryPool');
  }
  if (timeoutMs !== undefined) {
    checkMilliseconds('timeoutMs', timeoutMs);
  }
  checkMilliseconds('poolTimeoutMs', poolTimeoutMs);
  return { signal, timeoutMs, pool, poolTimeoutMs };
}

function isSignal(value) {
  return typeof value === 'object' && value !== null && 'aborted' in value;
}

function checkMilliseconds(name, value) {
  if (!Number.isInteger(value) || value < 0 || value > LONGEST_TIMER_MS) {
    throw new TypeError(`options.${name} must be an integer from 0 to ${LONGEST_TIMER_MS}`);
  }
}

/** How long a job waits for memory where nothing else is said. */
const DEFAULT_POOL_TIMEOUT_MS = 2_000;

/** Node takes a longer timer for one of 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

module.exports = { settingsOf };
