// bombproof in a worker, for a page: the methods are those of `bombproof.js`, and return promises.

import { BombproofError } from "./bombproof.js";

export { BombproofError };

/** A worker that makes one call after the other, in their order. */
export class BombproofWorker {
  #waiting = [];   // calls: what is sent, the signal, and the two functions of the promise
  #running = null; // the first call, once it is sent
  #worker = null;
  #module;

  /** `module` is the URL of `bombproof.wasm`, by default beside this file. */
  constructor(module = new URL("bombproof.wasm", import.meta.url)) {
    this.#module = String(module);
  }

  /** `upload` is a `Blob`, such as a `File`, an `ArrayBuffer` or a `Uint8Array`. */
  probe(upload, limits, { signal } = {}) {
    return this.#call("probe", upload, [limits], signal);
  }

  plan(upload, request, limits, { signal } = {}) {
    return this.#call("plan", upload, [request, limits], signal);
  }

  async thumbnail(upload, request, limits, options) {
    if (request?.sizes?.length) throw new TypeError("a request of several sizes: call thumbnails");
    return (await this.thumbnails(upload, request, limits, options))[0];
  }

  thumbnails(upload, request, limits, { signal, timeoutMs } = {}) {
    return this.#call("thumbnails", upload, [request, limits, { timeoutMs }], signal);
  }

  /** Ends the worker. Calls that wait or run are rejected; a later call starts it again. */
  close() {
    const reason = new DOMException("the worker was closed", "AbortError");
    const calls = [this.#running, ...this.#waiting];
    this.#waiting = [];
    this.#end();
    for (const call of calls) call?.settle(call.reject, reason);
  }

  #call(method, upload, args, signal) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => call.stop(signal.reason);
      const call = {
        message: { module: this.#module, method, upload, args },
        stop: (reason) => {
          if (this.#running === call) this.#end();
          this.#waiting = this.#waiting.filter((other) => other !== call);
          call.settle(reject, reason);
        },
        settle: (settle, value) => {
          signal?.removeEventListener("abort", abort);
          settle(value);
          this.#next();
        },
        resolve, reject,
      };
      signal?.addEventListener("abort", abort);
      this.#waiting.push(call);
      this.#next();
    });
  }

  #next() {
    if (this.#running || this.#waiting.length === 0) return;
    const call = this.#running = this.#waiting.shift();
    try {
      (this.#worker ??= this.#start()).postMessage(call.message);
    } catch (error) {
      // The arguments cannot be sent.
      this.#running = null;
      call.settle(call.reject, error);
    }
  }

  #start() {
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { result, error } }) => {
      const call = this.#running;
      this.#running = null;
      if (error) call.settle(call.reject, errorOf(error)); else call.settle(call.resolve, result);
    };
    // The files of the worker cannot be loaded.
    worker.onerror = (event) => {
      const call = this.#running;
      this.#end();
      call?.settle(call.reject, new Error(event.message || "the worker cannot start"));
    };
    return worker;
  }

  // A call that runs cannot be stopped, but its worker can.
  #end() {
    this.#worker?.terminate();
    this.#worker = this.#running = null;
  }
}

function errorOf({ name, message, ...fields }) {
  if (name === "BombproofError") return new BombproofError({ message, ...fields });
  return name === "TypeError" ? new TypeError(message) : Object.assign(new Error(message), { name });
}
