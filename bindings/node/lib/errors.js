'use strict';

const { camelCase } = require('./names.js');

/** A refusal by the core: see `code`. */
class BombproofError extends Error {
  static {
    this.prototype.name = 'BombproofError';
  }

  constructor(failure) {
    super(failure.message);
    this.code = failure.failure;
    this.status = failure.status;
    this.userMessage = failure.userMessage;
    this.limit = camelCase(failure.limit);
    this.found = failure.found;
    this.allowed = failure.allowed;
    this.retryable = failure.retryable;
  }
}

/** As the functions of Node itself reject when their signal aborts. */
class AbortError extends Error {
  static {
    this.prototype.name = 'AbortError';
  }

  constructor(reason) {
    super('The operation was aborted', { cause: reason });
    this.code = 'ABORT_ERR';
  }
}

/** The value of a call of the addon, or its failure as an exception. */
function unwrap(reply) {
  if (reply?.failure === undefined) {
    return reply;
  }
  throw errorOf(reply);
}

function errorOf(failure) {
  return failure.failure === 'argument'
    ? new TypeError(failure.message)
    : new BombproofError(failure);
}

module.exports = { AbortError, BombproofError, errorOf, unwrap };
