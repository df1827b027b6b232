'use strict';

const { BombproofError, plan, thumbnails } = require('bombproof');
const { fnv1a64 } = require('./checksum.js');

/** The requests of the head of `corpus/OUTPUTS.txt`, with their names. */
function requestsOf(head) {
  const lines = head.split('\n').filter((line) => line.startsWith('@ '));
  return lines.map((line) => {
    const [name, calls] = line.slice(2).split(':');
    return [name, requestOf(calls.split(',').map((call) => call.trim().split(' ')))];
  });
}

function requestOf(calls) {
  const request = {};
  for (const [name, ...words] of calls) {
    const numbers = words.map(Number);
    if (CALLS[name]?.length !== numbers.length + 1 && !OF_LISTS.includes(name)) {
      throw new Error(`${name} ${words}`);
    }
    CALLS[name](request, ...numbers);
  }
  return request;
}

/** What each call of the record is in an object. */
const CALLS = {
  cover: (request, width, height) => Object.assign(request, { width, height }),
  contain: (request, width, height) => Object.assign(request, { fit: 'contain', width, height }),
  pad: (request, width, height, ...canvas) =>
    Object.assign(request, { fit: 'pad', width, height, canvas }),
  full_size: (request) => (request.fit = 'fullSize'),
  and_size: (request, width, height) => (request.sizes ??= []).push({ width, height }),
  crop: (request, x, y, width, height) => (request.crop = { x, y, width, height }),
  focus: (request, x, y) => (request.focus = { x, y }),
  attention: (request) => (request.attention = true),
  enlarge: (request) => (request.enlarge = true),
  jpeg: (request, quality) => Object.assign(request, { format: 'jpeg', quality }),
  png: (request) => (request.format = 'png'),
  webp: (request, quality) => Object.assign(request, { format: 'webp', quality }),
  webp_lossless: (request) => (request.format = 'webpLossless'),
  pixels: (request) => (request.format = 'pixels'),
  background: (request, ...background) => (request.background = background),
  jpeg_detail_fastest: (request) => (request.jpegDetail = 'fastest'),
  jpeg_detail_best: (request) => (request.jpegDetail = 'best'),
  jpeg_full_chroma: (request) => (request.jpegFullChroma = true),
  jpeg_progressive: (request) => (request.jpegProgressive = true),
  jpeg_effort_smallest: (request) => (request.jpegEffort = 'smallest'),
  round: (request) => (request.round = true),
  keep_wide_gamut: (request) => (request.keepWideGamut = true),
  max_bytes: (request, bytes) => (request.maxBytes = bytes),
  placeholder: (request) => (request.placeholder = true),
  accept_truncated: (request, percent) => (request.acceptTruncated = percent),
};

/** Those that take a list. */
const OF_LISTS = ['pad', 'background'];

/** The lines of one file: its path, and what each request gives. */
async function describe(path, bytes, requests) {
  const results = await Promise.all(requests.map(([, request]) => result(bytes, request)));
  const [first] = results;
  if (first.startsWith('refused') && results.every((result) => result === first)) {
    return [path, `  *: ${first}`];
  }
  return [path, ...results.map((result, index) => `  ${requests[index][0]}: ${result}`)];
}

async function result(bytes, request) {
  let parts = [];
  try {
    const { memoryBytes, work } = plan(bytes, request);
    parts = [`${memoryBytes} bytes`, `${work} ns`];
    const outputs = await thumbnails(bytes, request);
    parts.push(...outputs.map(outputText));
  } catch (error) {
    parts.push(refusal(error));
  }
  return parts.join(', ');
}

function outputText({ width, height, data, placeholder }) {
  const text = `${width}x${height} ${fnv1a64(data)}`;
  if (placeholder === undefined) {
    return text;
  }
  const color = Buffer.from(placeholder.dominantColor).toString('hex');
  return `${text} ${placeholder.thumbHash.toString('base64')} #${color}`;
}

function refusal(error) {
  if (!(error instanceof BombproofError)) {
    throw error;
  }
  const limit = error.limit?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const numbers = limit === undefined ? '' : ` ${limit} ${error.found} ${error.allowed}`;
  return `refused: ${error.code}${numbers}`;
}

module.exports = { describe, requestsOf };
