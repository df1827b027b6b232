import type { Header, Limits, Output, Plan, Request } from "./types.js";

export * from "./types.js";

export type Upload = Blob | ArrayBuffer | Uint8Array;

/** A worker that makes one call after the other, in their order. */
export class BombproofWorker {
  /** `module` is the URL of `bombproof.wasm`, by default beside this file. */
  constructor(module?: URL | string);
  /** What the header of `upload` declares. Decodes nothing. */
  probe(upload: Upload, limits?: Limits, options?: { signal?: AbortSignal }): Promise<Header>;
  /** The quotes of memory and of work, and the sizes. Decodes nothing. */
  plan(upload: Upload, request: Request, limits?: Limits, options?: { signal?: AbortSignal }): Promise<Plan>;
  /** The one output of a request of one size. */
  thumbnail(upload: Upload, request: Request, limits?: Limits, options?: Options): Promise<Output>;
  /** An output for each size of the request, from one decode. */
  thumbnails(upload: Upload, request: Request, limits?: Limits, options?: Options): Promise<Output[]>;
  /** Ends the worker. Calls that wait or run are rejected; a later call starts it again. */
  close(): void;
}

export interface Options {
  /** Rejects the promise with the reason, and ends the work: that of a running call at once. */
  signal?: AbortSignal;
  /** From the start of the work, after which it is refused with the code `interrupted`. */
  timeoutMs?: number;
}
