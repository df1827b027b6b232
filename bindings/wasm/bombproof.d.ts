import type { Header, Limits, Output, Plan, Request } from "./types.js";

export * from "./types.js";

export type Upload = ArrayBuffer | Uint8Array;

export interface Bombproof {
  /** What the header of `upload` declares. Decodes nothing. */
  probe(upload: Upload, limits?: Limits): Header;
  /** The quotes of memory and of work, and the sizes. Decodes nothing. */
  plan(upload: Upload, request: Request, limits?: Limits): Plan;
  /** The one output of a request of one size. */
  thumbnail(upload: Upload, request: Request, limits?: Limits, options?: { timeoutMs?: number }): Output;
  /** An output for each size of the request, from one decode. */
  thumbnails(upload: Upload, request: Request, limits?: Limits, options?: { timeoutMs?: number }): Output[];
}

/** Compiles the module: from a URL (by default `bombproof.wasm` beside this file), a `Response`, or its bytes. */
export function load(source?: URL | string | Response | Promise<Response> | ArrayBuffer | Uint8Array): Promise<Bombproof>;
