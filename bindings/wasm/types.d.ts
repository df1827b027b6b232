// What goes in and comes out, in a worker and outside.

/** Red, green, blue: 0 to 255. */
export type Rgb = [number, number, number];
/** Red, green, blue, alpha, which is 255 where the colour is opaque. */
export type Rgba = [number, number, number, number];

export interface Size {
  width: number;
  height: number;
}

/** In pixels of the upright picture. */
export interface Rect extends Size {
  x: number;
  y: number;
}

/** What is wanted of a picture. What is left out is as by default; a name that is not here is a `TypeError`. */
export interface Request {
  /** How the picture fits the size: `cover` (the default), `contain`, `pad` or `fullSize`. */
  fit?: "cover" | "contain" | "pad" | "fullSize";
  /** In pixels; left out with `fullSize`. */
  width?: number;
  /** In pixels; left out with `fullSize`. */
  height?: number;
  /** The colour around the picture, with `pad`. */
  canvas?: Rgba;
  /** Further sizes from the same decode, at most 7. */
  sizes?: Size[];
  /** Also enlarges pictures that are smaller than the target. */
  enlarge?: boolean;
  /** Uses this part of the picture only. */
  crop?: Rect;
  /** With `cover`: stays near the middle; 0 to 1 from left to right and from top to bottom. */
  focus?: { x: number; y: number };
  /** With `cover`: looks for the part to show. */
  attention?: boolean;
  /** Default `jpeg`. */
  format?: "jpeg" | "png" | "webp" | "webpLossless" | "pixels";
  /** 1 to 100, of `jpeg` and `webp`. Default 80. */
  quality?: number;
  jpegFullChroma?: boolean;
  jpegProgressive?: boolean;
  jpegEffort?: "balanced" | "smallest";
  jpegDetail?: "fastest" | "balanced" | "best";
  /** A file of at most so many bytes, at a lower quality if need be. */
  maxBytes?: number;
  /** Behind transparent pixels of a JPEG. Default white. */
  background?: Rgb;
  /** Cuts the picture to an ellipse. */
  round?: boolean;
  /** Keeps colours outside of sRGB, as Display P3. */
  keepWideGamut?: boolean;
  /** Also makes a ThumbHash and the dominant colour. */
  placeholder?: boolean;
  /** Also accepts a truncated JPEG that has so many percent of its rows, 1 to 100. */
  acceptTruncated?: number;
}

/** The limits of a job. What is left out is as by default; the README of the crate has the table. */
export interface Limits {
  maxInputBytes?: number;
  maxSidePx?: number;
  maxPixels?: number;
  maxMemoryBytes?: number;
  maxWork?: number;
  maxOutputSidePx?: number;
  maxScans?: number;
  maxScanWork?: number;
  maxSegments?: number;
  maxIccBytes?: number;
  maxIccBytesCmyk?: number;
  formats?: ("jpeg" | "png" | "webp")[];
}

export interface Header extends Size {
  format: "jpeg" | "png" | "webp";
  uprightWidth: number;
  uprightHeight: number;
  /** The value of Exif, 1 to 8. */
  orientation: number;
  bitDepth: number;
  color: "gray" | "rgb" | "ycbcr" | "indexed" | "cmyk" | "ycck";
  alpha: boolean;
  progressive: boolean;
  animated: boolean;
  icc: "gray" | "rgb" | "cmyk" | "other" | "compressed" | null;
  scans: number | null;
  inputBytes: number;
  segments: number;
}

export interface Plan {
  /** The most memory that the job takes, in bytes. */
  memoryBytes: number;
  /** The most time that it takes on the machine that the crate is measured on, in nanoseconds. */
  work: number;
  sizes: Size[];
  /** The part that is used, in pixels as stored. */
  crop: Rect;
  scaleDivisor: number;
  boxSize: Size;
  header: Header;
  description: string;
}

export interface Output extends Size {
  /** A file, or the samples of `pixels`. */
  data: Uint8Array;
  mediaType: "image/jpeg" | "image/png" | "image/webp" | "application/octet-stream";
  /** Of `pixels`, else null. */
  layout: "gray" | "grayAlpha" | "rgb" | "rgba" | null;
  gamut: "srgb" | "displayP3";
  color: "srgb" | "converted" | "convertedToDisplayP3" | "ignored";
  profileProblem:
    | "tooLarge" | "incomplete" | "malformed" | "wrongColorSpace" | "tooCostly" | "unsupported" | null;
  /** The part that is shown. */
  sourceRect: Rect;
  truncated: { format: string; rows: number | null; expectedRows: number | null } | null;
  placeholder: { thumbHash: Uint8Array; dominantColor: Rgb } | null;
  /** What was less than perfect, each in a sentence for the log. */
  warnings: string[];
  memoryBytes: number;
  work: number;
}

/** A refusal. */
export class BombproofError extends Error {
  /** The kind: `over_limit`, `truncated` and so on. */
  code: string;
  /** The HTTP status that a service answers with. */
  status: number;
  /** A sentence for the person who uploads. */
  userMessage: string;
  /** The name of the exceeded limit: `maxPixels` and so on. */
  limit: string | null;
  found: number | null;
  allowed: number | null;
  /** True when the same call may succeed later. */
  retryable: boolean;
}
