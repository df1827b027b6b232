// bombproof in JavaScript: `load` compiles the module, and its methods make calls, which are synchronous. So a page
// makes them in a worker: `client.js` does.

/** A refusal: `code` is its kind, and the other fields are those of the crate's `ErrorReport`. */
export class BombproofError extends Error {
  constructor({ message, ...fields }) {
    super(message);
    this.name = "BombproofError";
    Object.assign(this, fields);
  }

  /** The error of a report in the names of the crate. */
  static of({ kind: code, http_status: status, limit, ...report }) {
    return new BombproofError({ code, status, limit: limit && camelCase(limit), ...withNames(camelCase, report) });
  }
}

/** Compiles the module: from a URL (by default beside this file), a `Response`, or its bytes. */
export async function load(source = new URL("bombproof.wasm", import.meta.url)) {
  if (source instanceof URL || typeof source === "string") source = fetch(source);
  const isBytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source);
  return new Bombproof(await (isBytes ? WebAssembly.compile(source) : WebAssembly.compileStreaming(source)));
}

/** The compiled module. Every call has an instance of its own, and so memory of its own, which is freed after it. */
class Bombproof {
  #module;

  constructor(module) {
    this.#module = module;
  }

  /** What the header of `upload` declares. Decodes nothing. */
  probe(upload, limits = {}) {
    return this.#call("probe", upload, { limits }).answer.header;
  }

  /** The quotes of memory and of work, and the sizes. Decodes nothing. */
  plan(upload, request, limits = {}) {
    return this.#call("plan", upload, { request, limits }).answer.plan;
  }

  /** The one output of a request of one size. */
  thumbnail(upload, request, limits = {}, options = {}) {
    if (request?.sizes?.length) throw new TypeError("a request of several sizes: call thumbnails");
    return this.thumbnails(upload, request, limits, options)[0];
  }

  /** An output for each size of the request, from one decode. */
  thumbnails(upload, request, limits = {}, { timeoutMs } = {}) {
    const { answer, instance } = this.#call("thumbnails", upload, { request, limits, timeoutMs });
    return answer.outputs.map((output, index) => {
      const { byteLength, layout, gamut, color, profileProblem, placeholder, ...others } = output;
      const { memory, output: address } = instance.exports;
      const [layoutName, gamutName, colorName, problemName] =
        [layout, gamut, color, profileProblem].map((name) => name && camelCase(name));
      return {
        // A copy, which outlives the instance.
        data: new Uint8Array(memory.buffer, address(index) >>> 0, byteLength).slice(),
        layout: layoutName, gamut: gamutName, color: colorName, profileProblem: problemName,
        placeholder: placeholder && { ...placeholder, thumbHash: Uint8Array.from(placeholder.thumbHash) },
        ...others,
      };
    });
  }

  #call(name, upload, { limits, ...others }) {
    const bytes = upload instanceof ArrayBuffer ? new Uint8Array(upload) : upload;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("an upload is an ArrayBuffer or a Uint8Array");
    const args = new TextEncoder().encode(JSON.stringify({ ...others, limits: coreLimits(limits) }));
    const instance = new WebAssembly.Instance(this.#module, { host: { now_ms: () => performance.now() } });
    const { exports } = instance;
    let answer;
    try {
      if (write(exports, exports.write_arguments, args) && write(exports, exports.write_upload, bytes)) exports[name]();
      const text = new Uint8Array(exports.memory.buffer, exports.answer() >>> 0, exports.answer_len() >>> 0);
      answer = JSON.parse(new TextDecoder().decode(text));
    } catch (cause) {
      // A trap: the promise is that no upload can cause one.
      throw Object.assign(BombproofError.of(BUG), { cause });
    }
    if (answer.wrongArguments) throw new TypeError(answer.wrongArguments);
    if (answer.error) throw BombproofError.of(answer.error);
    return { answer: withNames(camelCase, answer), instance };
  }
}

// Copies bytes to the place that `reserve` returns. False where it has none.
function write({ memory }, reserve, bytes) {
  const address = reserve(bytes.length) >>> 0;
  if (address === 0) return false;
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  return true;
}

// The names of the crate are in snake case.
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

// The same data with other names.
function withNames(convert, data) {
  if (Array.isArray(data)) return data.map((item) => withNames(convert, item));
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [convert(name), withNames(convert, value)]));
}

// Limits as the crate reads them. It names the formats one by one.
function coreLimits({ formats, ...limits }) {
  const names = new Set(["jpeg", "png", "webp", ...formats ?? []]);
  const allowed = formats && Object.fromEntries([...names].map((name) => [name, formats.includes(name)]));
  return { ...withNames(snakeCase, limits), formats: allowed };
}

const BUG = {
  kind: "bug", message: "a bug in bombproof: the module stopped", http_status: 500,
  user_message: "Something went wrong on our side. Please try again later.",
  limit: null, found: null, allowed: null, retryable: false,
};
