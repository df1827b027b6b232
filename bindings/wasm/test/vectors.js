// What `corpus/OUTPUTS.txt` says of a file: the requests of its head, and the lines of a file as they are here. For Node
// and for a page.

// The requests as pairs of a name and the options that its calls stand for.
export function requestsOf(head) {
  const lines = head.split("\n").filter((line) => line.startsWith("@ "));
  return lines.map((line) => {
    const [, name, calls] = /^@ (\w+): (.*)$/.exec(line);
    return [name, calls.split(", ").reduce(withCall, {})];
  });
}

function withCall(request, text) {
  const [call, ...words] = text.split(" ");
  const numbers = words.map(Number);
  const [x, y, width, height] = numbers;
  const options = {
    cover: () => ({ width: x, height: y }),
    contain: () => ({ fit: "contain", width: x, height: y }),
    pad: () => ({ fit: "pad", width: x, height: y, canvas: numbers.slice(2) }),
    full_size: () => ({ fit: "fullSize" }),
    and_size: () => ({ sizes: [...request.sizes ?? [], { width: x, height: y }] }),
    crop: () => ({ crop: { x, y, width, height } }),
    focus: () => ({ focus: { x, y } }),
    attention: () => ({ attention: true }),
    enlarge: () => ({ enlarge: true }),
    jpeg: () => ({ format: "jpeg", quality: x }),
    png: () => ({ format: "png" }),
    webp: () => ({ format: "webp", quality: x }),
    webp_lossless: () => ({ format: "webpLossless" }),
    pixels: () => ({ format: "pixels" }),
    jpeg_detail_fastest: () => ({ jpegDetail: "fastest" }),
    jpeg_detail_best: () => ({ jpegDetail: "best" }),
    jpeg_full_chroma: () => ({ jpegFullChroma: true }),
    jpeg_progressive: () => ({ jpegProgressive: true }),
    jpeg_effort_smallest: () => ({ jpegEffort: "smallest" }),
    max_bytes: () => ({ maxBytes: x }),
    background: () => ({ background: numbers }),
    round: () => ({ round: true }),
    keep_wide_gamut: () => ({ keepWideGamut: true }),
    placeholder: () => ({ placeholder: true }),
    accept_truncated: () => ({ acceptTruncated: x }),
  }[call];
  return { ...request, ...options() };
}

// The lines of a file.
export function describe(bombproof, path, bytes, requests) {
  const results = requests.map(([, request]) => result(bombproof, bytes, request));
  if (results[0].startsWith("refused") && results.every((line) => line === results[0])) {
    return [path, `  *: ${results[0]}`];
  }
  return [path, ...requests.map(([name], index) => `  ${name}: ${results[index]}`)];
}

function result(bombproof, bytes, request) {
  let quotes = "";
  try {
    const plan = bombproof.plan(bytes, request);
    quotes = `${plan.memoryBytes} bytes, ${plan.work} ns, `;
    const outputs = bombproof.thumbnails(bytes, request).map(({ width, height, data, placeholder }) =>
      `${width}x${height} ${fnv1a64(data)}${placeholder ? shown(placeholder) : ""}`);
    return quotes + outputs.join(", ");
  } catch (error) {
    if (error.code === undefined) throw error;
    const { code, limit, found, allowed } = error;
    const numbers = code === "over_limit" ? ` ${snakeCase(limit)} ${found} ${allowed}` : "";
    return `${quotes}refused: ${code}${numbers}`;
  }
}

const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function shown({ thumbHash, dominantColor }) {
  const color = dominantColor.map((level) => level.toString(16).padStart(2, "0")).join("");
  return ` ${btoa(String.fromCharCode(...thumbHash))} #${color}`;
}

// FNV-1a with 64 bits, whose prime is 2^40 + 0x1B3, in two halves.
export function fnv1a64(bytes) {
  let [high, low] = [0xCBF29CE4, 0x84222325];
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1B3;
    high = (high * 0x1B3 + Math.floor(product / 2 ** 32) + ((low << 8) >>> 0)) % 2 ** 32;
    low = product >>> 0;
  }
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
}
