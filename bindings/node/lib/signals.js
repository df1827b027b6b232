'use strict';

/**
 * What is called when a signal aborts. A signal has one listener, however many jobs it stops: from
 * the eleventh on, Node would warn of a leak.
 */
class Listener {
  static #of = new WeakMap();
  #callbacks = new Set();
  #signal;
  #abort = () => [...this.#callbacks].forEach((callback) => callback());

  static add(signal, callback) {
    const listener = Listener.#of.get(signal) ?? new Listener(signal);
    listener.#callbacks.add(callback);
    return () => listener.#remove(callback);
  }

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort);
    Listener.#of.set(signal, this);
  }

  #remove(callback) {
    const isLast = this.#callbacks.delete(callback) && this.#callbacks.size === 0;
    if (isLast) {
      this.#signal.removeEventListener('abort', this.#abort);
      Listener.#of.delete(this.#signal);
    }
  }
}

/** Calls `callback` when `signal` aborts, until the returned function is called. */
function onAbort(signal, callback) {
  return Listener.add(signal, callback);
}

module.exports = { onAbort };
