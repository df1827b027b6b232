// Checked by tsc, and not run. A line below `@ts-expect-error` must not compile.
import {
  AbortError,
  BombproofError,
  MemoryPool,
  defaultLimits,
  plan,
  probe,
  thumbnail,
  thumbnails,
  type Header,
  type Limits,
  type Plan,
  type Request,
  type Thumbnail,
} from 'bombproof';

const input = Buffer.alloc(3);
const request: Request = { width: 64, height: 64, format: 'webp', quality: 80, focus: { x: 0, y: 1 } };
const limits: Limits = { maxPixels: 10n ** 9n, maxSidePx: 5, formats: ['jpeg'] };
const pool = new MemoryPool(256 << 20);

export async function used(): Promise<void> {
  const header: Header = probe(input);
  const planned: Plan = plan(new Uint8Array(3), request, limits);
  const signal = AbortSignal.timeout(100);
  const one: Thumbnail = await thumbnail(
    input.buffer.slice(0),
    { width: 1, height: 2 },
    { ...limits },
    { signal, timeoutMs: 5, pool, poolTimeoutMs: 5 },
  );
  const all: Thumbnail[] = await thumbnails(input, { fit: 'fullSize', crop: { x: 0, y: 0, width: 1, height: 1 } });
  const padded = thumbnails(input, { fit: 'pad', width: 1, height: 1, canvas: [0, 0, 0, 0], sizes: [{ width: 1, height: 1 }] });
  const numbers: number[] = [header.width, planned.memoryBytes, one.data.length, all.length];
  const text: string = one.placeholder?.thumbHash.toString('base64') ?? one.mediaType;
  const rows: number | undefined = one.truncated?.rows;
  const most: number = defaultLimits.maxInputBytes + pool.inUseBytes + pool.capacityBytes + pool.waiting;
  void [numbers, text, rows, most, padded, defaultLimits.formats.includes('png')];
}

export function caught(error: unknown): number {
  if (error instanceof BombproofError) {
    const over: boolean = error.code === 'over_limit' && error.limit === 'maxPixels';
    return over ? (error.found ?? 0) - (error.allowed ?? 0) : error.status + error.userMessage.length;
  }
  return error instanceof AbortError && error.code === 'ABORT_ERR' ? 499 : 500;
}

// @ts-expect-error: a misspelt option
plan(input, { width: 1, height: 1, widht: 2 });
// @ts-expect-error: no height
plan(input, { width: 1 });
// @ts-expect-error: no canvas
plan(input, { fit: 'pad', width: 1, height: 1 });
// @ts-expect-error: a size that would have no meaning
plan(input, { fit: 'fullSize', width: 1, height: 1 });
// @ts-expect-error: a colour with alpha
plan(input, { width: 1, height: 1, background: [0, 0, 0, 0] });
// @ts-expect-error: an unknown format
plan(input, { width: 1, height: 1, format: 'gif' });
// @ts-expect-error: several outputs
void thumbnail(input, { width: 1, height: 1, sizes: [{ width: 1, height: 1 }] });
// @ts-expect-error: no signal
void thumbnail(input, { width: 1, height: 1 }, {}, { signal: new AbortController() });
// @ts-expect-error: text is not a picture
probe('text');
// @ts-expect-error: an unknown limit
plan(input, request, { maxSide: 5 });
// @ts-expect-error: read only
defaultLimits.maxPixels = 5;
// @ts-expect-error: made by the package only
new BombproofError();
