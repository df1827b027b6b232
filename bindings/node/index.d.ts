/// <reference types="node" />

/** The bytes of an upload. Shared memory is refused: pass a copy of it. */
export type Input = Uint8Array | ArrayBuffer;

export interface Size {
  width: number;
  height: number;
}

/** Whole pixels. `x` and `y` are the top left corner. */
export interface Rect extends Size {
  x: number;
  y: number;
}

/** Red, green and blue, each from 0 to 255, in sRGB. */
export type Rgb = [red: number, green: number, blue: number];

/** The same with alpha: 255 is opaque. */
export type Rgba = [red: number, green: number, blue: number, alpha: number];

/** An integer, or for those over `Number.MAX_SAFE_INTEGER` a BigInt. */
export type Integer = number | bigint;

/** What is wanted of the pixels, whatever the fit. */
export interface Options {
  /** Further sizes from the same decode, for `thumbnails`. At most 7. */
  sizes?: Size[];
  /** Also enlarges pictures that are smaller than the target. Default false. */
  enlarge?: boolean;
  /** Uses only this part of the picture, in upright pixels. */
  crop?: Rect;
  /**
   * Keeps this point near the middle of what `cover` leaves, in parts of the upright picture from 0
   * to 1. Default the middle.
   */
  focus?: { x: number; y: number };
  /** Places what `cover` leaves around what draws attention. Not together with `focus`. */
  attention?: boolean;
  /** Default `'jpeg'`. */
  format?: 'jpeg' | 'png' | 'webp' | 'webpLossless' | 'pixels';
  /** From 1 to 100, for `'jpeg'` and `'webp'`. Default 80. */
  quality?: number;
  /** Writes the chroma of a JPEG in full size. Default false. Other formats ignore it. */
  jpegFullChroma?: boolean;
  /** Writes a JPEG in several scans. Default false. Other formats ignore it. */
  jpegProgressive?: boolean;
  /** How much work the bytes of a JPEG are worth. Default `'balanced'`. Other formats ignore it. */
  jpegEffort?: 'balanced' | 'smallest';
  /** The scale at which a JPEG upload is decoded. Default `'balanced'`. */
  jpegDetail?: 'fastest' | 'balanced' | 'best';
  /** Limits each output: a lower quality if need be, or the error `over_limit`. */
  maxBytes?: Integer;
  /** Behind the transparent parts of a JPEG output. Default white. */
  background?: Rgb;
  /** Cuts the outputs to the ellipse that touches all four sides. Default false. */
  round?: boolean;
  /** Display P3 where the upload has more colours than sRGB. Default false. */
  keepWideGamut?: boolean;
  /** Also makes a placeholder of each output. Default false. */
  placeholder?: boolean;
  /** Accepts a truncated JPEG with at least this many percent, 1 to 100, of the needed rows. */
  acceptTruncated?: number;
}

/** Fills the size; what does not fit is cropped. */
export interface CoverRequest extends Options, Size {
  fit?: 'cover';
}

/** Fits the complete picture inside the size. */
export interface ContainRequest extends Options, Size {
  fit: 'contain';
}

/** The same, in the middle of a canvas of the size, in this colour. */
export interface PadRequest extends Options, Size {
  fit: 'pad';
  canvas: Rgba;
}

/** Keeps the size of the picture, or of the crop. */
export interface FullSizeRequest extends Options {
  fit: 'fullSize';
}

/** The outputs that are wanted. An option that is not listed is a TypeError. */
export type Request = CoverRequest | ContainRequest | PadRequest | FullSizeRequest;

/** The request for one output. */
export type SingleRequest = Request & { sizes?: undefined };

export type InputFormat = 'jpeg' | 'png' | 'webp';

/** What is missing is the default: see `defaultLimits`. A limit that is not listed is a TypeError. */
export interface Limits {
  /** The largest upload in bytes. */
  maxInputBytes?: Integer;
  /** The longest side of the upload in pixels. */
  maxSidePx?: number;
  /** The largest number of pixels of the upload. */
  maxPixels?: Integer;
  /** The most memory of one job in bytes, without its input. */
  maxMemoryBytes?: Integer;
  /** The most work of one job, in nanoseconds of one core. */
  maxWork?: Integer;
  /** The longest side of an output in pixels. */
  maxOutputSidePx?: number;
  /** The largest number of scans in a JPEG. */
  maxScans?: number;
  /** How many samples all scans of a JPEG may visit, as a multiple of those in the picture. */
  maxScanWork?: number;
  /** The largest number of segments or chunks in a file. */
  maxSegments?: number;
  /** A longer colour profile is ignored, with a warning. */
  maxIccBytes?: Integer;
  /** The same for CMYK pictures. */
  maxIccBytesCmyk?: Integer;
  /** The formats that are accepted, and no others. */
  formats?: InputFormat[];
}

/** The limits of a call without any, to show them to clients too. */
export const defaultLimits: Readonly<{
  [Name in Exclude<keyof Limits, 'formats'>]-?: number;
}> & { readonly formats: readonly InputFormat[] };

/** What the header of a file declares. */
export interface Header {
  format: InputFormat;
  /** As stored, before the orientation is applied. */
  width: number;
  height: number;
  uprightWidth: number;
  uprightHeight: number;
  /** As Exif numbers it, from 1 (upright) to 8. */
  orientation: number;
  bitDepth: number;
  color: 'gray' | 'rgb' | 'ycbcr' | 'indexed' | 'cmyk' | 'ycck' | 'other';
  /** Whether pixels may be transparent. */
  alpha: boolean;
  /** Whether it is a progressive JPEG or an interlaced PNG. */
  progressive: boolean;
  animated: boolean;
  /** The colour space of the embedded profile, if there is one. */
  icc?: 'gray' | 'rgb' | 'cmyk' | 'compressed' | 'other';
  /** The number of scans of a JPEG. */
  scans?: number;
  inputBytes: number;
  segments: number;
}

/** What a job does and costs, known before it is decoded. */
export interface Plan {
  /** The most heap that the job holds, without its input. */
  memoryBytes: number;
  /** The most nanoseconds that the job takes on one core of the machine that the core is measured on. */
  work: number;
  /** The sizes of the outputs. */
  sizes: Size[];
  /** The part that is needed, in stored pixels. */
  crop: Rect;
  /** The divisor of the sides in the decoder: 1, 2, 4 or 8. */
  scaleDivisor: number;
  /** The boxes that are averaged after decoding. */
  boxSize: Size;
  header: Header;
  /** All of this in one line. */
  description: string;
}

export interface Placeholder {
  /** At most 25 bytes: `thumbHash.toString('base64')` goes into a page. */
  thumbHash: Buffer;
  dominantColor: Rgb;
}

/** A new file without any byte of the upload, or pixels. */
export interface Thumbnail {
  /** The file, or the samples: rows from top to bottom, without padding. */
  data: Buffer;
  mediaType: 'image/jpeg' | 'image/png' | 'image/webp' | 'application/octet-stream';
  width: number;
  height: number;
  /** The samples of a pixel, with format `'pixels'`. */
  layout?: 'gray' | 'grayAlpha' | 'rgb' | 'rgba' | 'other';
  /** `'srgb'` unless the request has `keepWideGamut`. */
  gamut: 'srgb' | 'displayP3' | 'other';
  /** How the colour profile of the upload was used. */
  color: 'srgb' | 'converted' | 'convertedToDisplayP3' | 'ignored' | 'other';
  /** Why it was ignored. */
  profileProblem?:
    | 'tooLarge'
    | 'incomplete'
    | 'malformed'
    | 'wrongColorSpace'
    | 'tooCostly'
    | 'unsupported'
    | 'other';
  /** The part of the upload that is shown, in upright pixels. */
  sourceRect: Rect;
  /** Where the data ends, with `acceptTruncated`. */
  truncated?: { format: InputFormat; rows?: number; expectedRows?: number };
  /** With `placeholder`. */
  placeholder?: Placeholder;
  /** What was less than perfect, each in a sentence for the log. */
  warnings: string[];
  /** The quotes of the job, as `plan` has them. */
  memoryBytes: number;
  work: number;
}

export interface RunOptions {
  /** Stops the job. The promise rejects with an {@link AbortError} at once. */
  signal?: AbortSignal;
  /**
   * The most milliseconds from the call, with all waiting, to the error `interrupted`. Default: as
   * long as `limits.maxWork` lets it run.
   */
  timeoutMs?: number;
  /** Waits until the quote of the job is free in this pool. */
  pool?: MemoryPool;
  /** The most milliseconds to wait for the pool, to the error `busy`. Default 2,000; 0 never waits. */
  poolTimeoutMs?: number;
}

/** Reads the header of a file, synchronously: it takes microseconds. */
export function probe(input: Input): Header;

/** Tells what a request takes, or throws what refuses it. Synchronous: it takes microseconds. */
export function plan(input: Input, request: Request, limits?: Limits): Plan;

/** Makes the one output of the request on a thread of libuv. The input is copied first. */
export function thumbnail(
  input: Input,
  request: SingleRequest,
  limits?: Limits,
  options?: RunOptions,
): Promise<Thumbnail>;

/** Makes an output for each size of the request, from one decode. */
export function thumbnails(
  input: Input,
  request: Request,
  limits?: Limits,
  options?: RunOptions,
): Promise<Thumbnail[]>;

/**
 * Memory that jobs share: the quotes of those that run never exceed it together. Jobs wait in the
 * order of their arrival, without a thread. It belongs to the thread of JavaScript that made it.
 */
export class MemoryPool {
  constructor(capacityBytes: Integer);
  readonly capacityBytes: number;
  /** The reserved bytes, as a gauge. */
  readonly inUseBytes: number;
  /** The number of waiting jobs, as a gauge. */
  readonly waiting: number;
}

export type ErrorCode =
  | 'unsupported'
  | 'malformed'
  | 'truncated'
  | 'over_limit'
  | 'not_credible'
  | 'bad_request'
  | 'interrupted'
  | 'busy'
  | 'out_of_memory'
  | 'io'
  | 'bug';

/** Why there is no picture. `message` is for the log. */
export class BombproofError extends Error {
  private constructor();
  readonly name: 'BombproofError';
  readonly code: ErrorCode;
  /** The HTTP status to answer with. */
  readonly status: number;
  /** A fixed sentence for the person who uploaded, without a byte of the upload. */
  readonly userMessage: string;
  /** The exceeded limit, for `over_limit`. */
  readonly limit?: Exclude<keyof Limits, 'formats' | 'maxIccBytes' | 'maxIccBytesCmyk'> | 'maxBytes';
  /** In the unit of the limit, in pixels for `not_credible`, in bytes for `busy`. */
  readonly found?: number;
  /** What is allowed or available, in the same unit. */
  readonly allowed?: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
}

/** What a job rejects with when its signal aborts, like the functions of Node. */
export class AbortError extends Error {
  private constructor();
  readonly name: 'AbortError';
  readonly code: 'ABORT_ERR';
  /** The reason of the signal. */
  readonly cause: unknown;
}
