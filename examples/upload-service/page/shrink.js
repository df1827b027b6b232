// Checks and shrinks pictures in the browser, before the upload, with the module of bindings/wasm. The service does not
// rely on it: it checks all that arrives, and works for browsers and pages that have no module.

// The sides of what is sent, in those of the largest avatar: enough for its resize to look the same.
const TIMES_LARGEST = 2;
// No loss that one sees, before the service compresses again.
const QUALITY = 95;

export class Shrinker {
  #worker;
  #limits;
  #side;

  /** `service` is the answer of GET /limits. Null where the service has no module, or it cannot be loaded. */
  static async open(service) {
    if (!service.browser_module) return null;
    try {
      const { BombproofWorker } = await import("/bombproof/client.js");
      return new Shrinker(new BombproofWorker(), service);
    } catch {
      return null;
    }
  }

  constructor(worker, { sizes, browser_module, formats, ...limits }) {
    const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    const named = Object.entries(limits).map(([name, value]) => [camelCase(name), value]);
    this.#limits = { ...Object.fromEntries(named), formats: Object.keys(formats).filter((name) => formats[name]) };
    this.#side = Math.min(TIMES_LARGEST * Math.max(...sizes), limits.max_output_side_px);
    this.#worker = worker;
  }

  /** What POST /inspect answers. Throws a refusal, or because the module fails: `refusalOf` tells. */
  async inspect(file) {
    const { header, description, memoryBytes } = await this.#worker.plan(file, this.#request(), this.#limits);
    const { width, height, uprightWidth, uprightHeight, ...traits } = header;
    return {
      header: { ...traits, size: { width, height } },
      plan: description,
      memory_bytes: memoryBytes,
      upright: { width: uprightWidth, height: uprightHeight },
    };
  }

  /** The part `crop` of the picture in fewer bytes than those of the file, or null where it has not fewer. */
  async shrink(file, crop, hasAlpha) {
    const request = { ...this.#request(), crop, format: hasAlpha ? "webp" : "jpeg", quality: QUALITY };
    const { data, mediaType } = await this.#worker.thumbnail(file, request, this.#limits);
    return data.length < file.size ? new Blob([data], { type: mediaType }) : null;
  }

  #request() {
    return { width: this.#side, height: this.#side, jpegFullChroma: true };
  }
}

/** The report of the service, where the file is at fault, so that it would refuse it too. Else null. */
export function refusalOf({ name, status, code, limit, userMessage, found, allowed }) {
  if (name !== "BombproofError" || status >= 500 || code === "bad_request") return null;
  const inSnakeCase = limit?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { kind: code, limit: inSnakeCase, user_message: userMessage, found, allowed };
}
