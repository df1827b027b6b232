'use strict';

const { errorOf, unwrap } = require('./errors.js');
const native = require('./native.js');

let runIn;

/** Memory that jobs share: see index.d.ts. The core counts it, and jobs wait for it here. */
class MemoryPool {
  #pool;
  /** The jobs that wait, the oldest first, each with what starts it. */
  #waiting = new Map();

  static {
    runIn = (pool, ...args) => pool.#run(...args);
  }

  constructor(capacityBytes) {
    this.#pool = unwrap(native.createPool({ pool: { capacityBytes } }));
  }

  get capacityBytes() {
    return this.#pool.capacityBytes;
  }

  get inUseBytes() {
    return this.#pool.inUseBytes;
  }

  get waiting() {
    return this.#waiting.size;
  }

  /** Starts the job as soon as its memory is free, after all that came before it. */
  async #run(job, timeoutMs, stop) {
    // A job that can never fit is refused at once.
    const comesFirst = this.#waiting.size === 0 || job.memoryBytes > this.capacityBytes;
    if (comesFirst && unwrap(this.#pool.tryReserve(job))) {
      return this.#start(job);
    }
    if (timeoutMs === 0) {
      throw errorOf(this.#pool.busy(job));
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        this.#waiting.delete(job);
      };
      const giveUp = () => {
        leave();
        // The jobs behind it may fit.
        this.#startWaiting();
      };
      const timer = setTimeout(() => {
        reject(errorOf(this.#pool.busy(job)));
        giveUp();
      }, timeoutMs);
      stop.onStop = giveUp;
      this.#waiting.set(job, () => {
        leave();
        resolve(this.#start(job));
      });
    });
  }

  /** Runs a job whose memory is reserved. It returns the memory before its promise settles. */
  #start(job) {
    const reply = job.run();
    const next = () => this.#startWaiting();
    reply.then(next, next);
    return reply;
  }

  #startWaiting() {
    for (const [job, start] of this.#waiting) {
      if (!unwrap(this.#pool.tryReserve(job))) {
        return;
      }
      start();
    }
  }
}

module.exports = { MemoryPool, runIn };
