'use strict';

const { AbortError, errorOf } = require('./errors.js');
const native = require('./native.js');
const { onAbort } = require('./signals.js');

/** What ends a job early: its signal or its deadline. */
class Stop {
  /** Called when it does. */
  onStop;
  #close = [];
  #stopped;

  constructor(job, signal, timeoutMs) {
    this.#stopped = new Promise((_, reject) => {
      const stop = (error) => {
        job.cancel();
        reject(error);
        this.onStop?.();
      };
      if (signal !== undefined) {
        this.#close.push(onAbort(signal, () => stop(new AbortError(signal.reason))));
      }
      if (timeoutMs !== undefined) {
        // The job knows the deadline too, but sees it only once it has a thread.
        const timer = setTimeout(() => stop(errorOf(native.deadlinePassed())), timeoutMs);
        this.#close.push(() => clearTimeout(timer));
      }
    });
  }

  /** Settles like `promise`, or rejects as soon as the job is stopped. */
  async race(promise) {
    try {
      return await Promise.race([promise, this.#stopped]);
    } finally {
      this.#close.forEach((close) => close());
    }
  }
}

module.exports = { Stop };
