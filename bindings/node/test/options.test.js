'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { plan, probe, thumbnail, thumbnails } = require('bombproof');
const { read } = require('./support/corpus.js');
const { declared, readByAddon } = require('./support/declared.js');

const photo = read('valid/photo.jpg');
const pixels = { width: 24, height: 24, format: 'pixels' };

/** What a request makes of a file. */
const made = (request, file = photo) => thumbnail(file, request);

async function assertChanges(option, request = pixels, file = photo) {
  const [without, with_] = [await made(request, file), await made({ ...request, ...option }, file)];
  assert.notDeepEqual(with_.data, without.data);
  return [with_, without];
}

/** Each option, and what it does. */
const OPTIONS = {
  async width() {
    assert.equal((await made({ ...pixels, width: 10 })).width, 10);
  },
  async height() {
    assert.equal((await made({ ...pixels, height: 11 })).height, 11);
  },
  async fit() {
    const sizes = { cover: [24, 24], contain: [24, 16], pad: [24, 24], fullSize: [2400, 1600] };
    for (const [fit, size] of Object.entries(sizes)) {
      const request = fit === 'fullSize' ? { format: 'png' } : { width: 24, height: 24 };
      const canvas = fit === 'pad' ? { canvas: [0, 0, 0, 255] } : {};
      const { width, height } = await made({ fit, ...request, ...canvas });
      assert.deepEqual([width, height], size, fit);
    }
  },
  async canvas() {
    const { data, layout } = await made({ ...pixels, fit: 'pad', canvas: [1, 2, 3, 4] });
    assert.deepEqual([layout, ...data.subarray(0, 4)], ['rgba', 1, 2, 3, 4]);
  },
  async sizes() {
    const sizes = [{ width: 12, height: 6 }, { width: 5, height: 5 }];
    const outputs = await thumbnails(photo, { ...pixels, sizes });
    assert.deepEqual(outputs.map(({ width, height }) => [width, height]), [[24, 24], [12, 6], [5, 5]]);
    assert.deepEqual(outputs.map(({ data }) => data.length), [24 * 24 * 3, 12 * 6 * 3, 5 * 5 * 3]);
    await assert.rejects(made({ ...pixels, sizes }), TypeError);
  },
  async enlarge() {
    const small = read('valid/gray.jpg');
    const request = { width: 300, height: 200 };
    assert.ok((await made(request, small)).width < 300);
    assert.equal((await made({ ...request, enlarge: true }, small)).width, 300);
  },
  async crop() {
    const crop = { x: 100, y: 200, width: 500, height: 500 };
    const [{ sourceRect }] = await assertChanges({ crop });
    assert.deepEqual(sourceRect, crop);
  },
  async focus() {
    const [left, middle] = await assertChanges({ focus: { x: 0, y: 0.5 } });
    assert.deepEqual([left.sourceRect.x, middle.sourceRect.x], [0, 400]);
    assert.equal((await made({ ...pixels, focus: { x: 1, y: 0.5 } })).sourceRect.x, 800);
  },
  async attention() {
    await assertChanges({ attention: true });
    assert.match(plan(photo, { ...pixels, attention: true }).description, /attention/);
    assert.doesNotMatch(plan(photo, { ...pixels, attention: false }).description, /attention/);
  },
  async format() {
    const kinds = {
      jpeg: ['image/jpeg', 'jpeg'],
      png: ['image/png', 'png'],
      webp: ['image/webp', 'webp'],
      webpLossless: ['image/webp', 'webp'],
      pixels: ['application/octet-stream'],
    };
    const { data: expected } = await made(pixels);
    for (const [format, [mediaType, file]] of Object.entries(kinds)) {
      const output = await made({ ...pixels, format });
      assert.equal(output.mediaType, mediaType);
      assert.equal(output.layout, format === 'pixels' ? 'rgb' : undefined);
      if (file !== undefined) {
        assert.equal(probe(output.data).format, file);
      }
      const again = await made({ fit: 'fullSize', format: 'pixels' }, format === 'pixels' ? photo : output.data);
      const isSame = again.data.equals(expected);
      assert.equal(isSame, ['png', 'webpLossless'].includes(format), format);
    }
  },
  async quality() {
    for (const format of ['jpeg', 'webp']) {
      const request = { width: 64, height: 64, format };
      const [low, standard] = await assertChanges({ quality: 30 }, request);
      assert.ok(low.data.length < standard.data.length, format);
      assert.deepEqual((await made({ ...request, quality: 80 })).data, standard.data);
    }
    for (const format of ['png', 'webpLossless', 'pixels']) {
      await assert.rejects(made({ ...pixels, format, quality: 80 }), TypeError);
    }
  },
  async jpegFullChroma() {
    await assertChanges({ jpegFullChroma: true }, { width: 64, height: 64 });
  },
  async jpegProgressive() {
    const [progressive, baseline] = await assertChanges({ jpegProgressive: true }, { width: 64, height: 64 });
    assert.deepEqual([progressive, baseline].map(({ data }) => probe(data).progressive), [true, false]);
  },
  async jpegEffort() {
    const request = { width: 128, height: 128 };
    const [smallest, balanced] = await assertChanges({ jpegEffort: 'smallest' }, request);
    assert.ok(smallest.data.length < balanced.data.length);
    assert.deepEqual((await made({ ...request, jpegEffort: 'balanced' })).data, balanced.data);
  },
  async jpegDetail() {
    const request = { width: 170, height: 170 };
    const divisor = (detail) => plan(photo, { ...request, ...detail }).scaleDivisor;
    assert.deepEqual(['fastest', 'balanced', 'best'].map((jpegDetail) => divisor({ jpegDetail })), [8, 4, 4]);
    assert.equal(divisor({}), divisor({ jpegDetail: 'balanced' }));
    const best = { width: 150, height: 150, jpegDetail: 'best' };
    assert.equal(plan(photo, best).scaleDivisor, 4);
    await assertChanges({ jpegDetail: 'fastest' }, request);
  },
  async maxBytes() {
    const request = { width: 64, height: 64 };
    const { length } = (await made(request)).data;
    assert.equal((await made({ ...request, maxBytes: length })).data.length, length);
    assert.ok((await made({ ...request, maxBytes: length - 1 })).data.length < length);
    const refused = { code: 'over_limit', limit: 'maxBytes', allowed: 5 };
    await assert.rejects(made({ ...request, maxBytes: 5n }), refused);
  },
  async background() {
    const clear = { fit: 'pad', width: 32, height: 32, canvas: [0, 0, 0, 0] };
    await assertChanges({ background: [200, 30, 90] }, clear);
  },
  async round() {
    const [{ layout, data }] = await assertChanges({ round: true });
    assert.deepEqual([layout, data[3], data[4 * (12 * 24 + 12) + 3]], ['rgba', 0, 255]);
  },
  async keepWideGamut() {
    const file = read('valid/icc-display-p3.png');
    const [wide, srgb] = await assertChanges({ keepWideGamut: true }, pixels, file);
    assert.deepEqual([wide.gamut, wide.color], ['displayP3', 'convertedToDisplayP3']);
    assert.deepEqual([srgb.gamut, srgb.color], ['srgb', 'converted']);
  },
  async placeholder() {
    assert.equal((await made(pixels)).placeholder, undefined);
    const { thumbHash, dominantColor } = (await made({ ...pixels, placeholder: true })).placeholder;
    assert.ok(Buffer.isBuffer(thumbHash) && thumbHash.length <= 25 && thumbHash.length > 5);
    assert.equal(dominantColor.length, 3);
  },
  async acceptTruncated() {
    const half = photo.subarray(0, photo.length / 2);
    await assert.rejects(made(pixels, half), { code: 'truncated', status: 422 });
    await assert.rejects(made({ ...pixels, acceptTruncated: 90 }, half), { code: 'truncated' });
    const { truncated, warnings } = await made({ ...pixels, acceptTruncated: 20 }, half);
    const { format, rows, expectedRows } = truncated;
    assert.deepEqual([format, expectedRows], ['jpeg', 1600]);
    assert.ok(rows > 320 && rows < 1600, `${rows} rows`);
    assert.deepEqual(warnings, [`truncated JPEG: the data ends at row ${rows} of 1600`]);
  },
};

for (const [option, check] of Object.entries(OPTIONS)) {
  test(`${option} does what it says`, check);
}

test('every option is declared, read and tested', () => {
  const types = ['Options', 'Size', 'CoverRequest', 'PadRequest'].flatMap(declared);
  const tested = Object.keys(OPTIONS).sort();
  assert.deepEqual([...new Set(types)].sort(), tested);
  assert.deepEqual([...new Set(readByAddon('request.rs'))].sort(), tested);
});
