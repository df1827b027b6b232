// Inspects a file, lets the user choose a crop, and uploads it (PUT /users/NAME/avatar). Where the service has the module
// of bindings/wasm, the file is inspected here, and shrunk before the upload; else the service inspects it (POST /inspect).

import { Shrinker, refusalOf } from "./shrink.js";
import { thumbHashUrl } from "./thumb_hash.js";

const element = (id) => document.getElementById(id);
const formatNumber = (value) => value.toLocaleString("en");
const formatRounded = (value, unit) => `${value.toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`;

function formatBytes(value) {
  if (value >= 1 << 20) return formatRounded(value / (1 << 20), "MB");
  if (value >= 1 << 10) return formatRounded(value / (1 << 10), "KB");
  return `${value} bytes`;
}

function formatPixels(value) {
  return value >= 1e6 ? formatRounded(value / 1e6, "megapixels") : `${formatNumber(value)} pixels`;
}

// The start of the sentence for each limit, and how to show its numbers.
const LIMITS = {
  max_input_bytes: ["The file has", formatBytes],
  max_side_px: ["Its longer side has", (value) => `${formatNumber(value)} pixels`],
  max_pixels: ["It has", formatPixels],
  max_memory_bytes: ["It would need memory of", formatBytes],
  max_work: ["It could take", (value) => formatRounded(value / 1e9, "s")],
  max_output_side_px: ["Each side of the avatar would have", (value) => `${formatNumber(value)} pixels`],
  max_scans: ["The number of its scans is", formatNumber],
  max_scan_work: ["The number of samples in all its scans is", formatNumber],
  max_segments: ["The number of its segments is", formatNumber],
};

let limits;       // the limits of the service, once they are loaded
let shrinker;     // checks and shrinks here, or null
let file;         // the chosen file
let hasAlpha;     // whether it may have transparent pixels
let pictureSize;  // its size after the orientation is applied
let crop;         // the selected square: x, y, side, in pixels of the picture

element("file").addEventListener("change", () => chooseFile(element("file").files[0]));
for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  element("drop").addEventListener(name, (event) => {
    event.preventDefault();
    element("drop").classList.toggle("over", isOver);
    if (name === "drop") chooseFile(event.dataTransfer.files[0]);
  });
}

async function loadLimits() {
  if (!limits) {
    limits = await send("GET", "/limits", "");
    shrinker = limits && await Shrinker.open(limits);
  }
  if (limits) {
    element("accepted").textContent =
      `JPEG, PNG or WebP, up to ${formatBytes(limits.max_input_bytes)} and ${formatPixels(limits.max_pixels)}`;
  }
  return limits;
}

async function chooseFile(chosen) {
  file = chosen;
  element("error").replaceChildren();
  for (const id of ["details", "crop", "result"]) element(id).hidden = true;
  element("upload").disabled = true;
  if (!file || !await loadLimits()) return;
  if (file.size > limits.max_input_bytes) {
    return showError({
      user_message: "This file is too large. Please use a smaller one.",
      limit: "max_input_bytes", found: file.size, allowed: limits.max_input_bytes,
    });
  }
  const here = await tryHere("Checking the file …", () => shrinker.inspect(chosen));
  if (file !== chosen || here === REFUSED) return;
  const inspection = here ?? await send("POST", "/inspect", "Checking the file …");
  if (inspection && file === chosen) showInspection(inspection);
}

// The result of work in the browser; null where the service has to do it; REFUSED after the refusal is shown.
async function tryHere(status, work) {
  if (!shrinker) return null;
  const chosen = file;
  element("status").textContent = status;
  element("upload").disabled = true;
  try {
    return await work();
  } catch (error) {
    if (file !== chosen) return REFUSED;
    const refusal = refusalOf(error);
    if (refusal) {
      showError(refusal);
      return REFUSED;
    }
    // The module does not run here.
    shrinker = null;
    return null;
  } finally {
    element("upload").disabled = element("details").hidden;
  }
}
const REFUSED = Symbol("refused");

function showInspection({ header, plan, memory_bytes, upright }) {
  const { format, size, progressive, animated, alpha } = header;
  const traits = [progressive && "progressive", animated && "animated", alpha && "with transparency"];
  hasAlpha = alpha;
  element("header").textContent = [format.toUpperCase(),
    `${formatNumber(size.width)} × ${formatNumber(size.height)} pixels`, formatBytes(file.size),
    ...traits.filter(Boolean)].join(", ");
  element("plan").textContent = plan;
  element("quote").textContent = `${formatBytes(memory_bytes)} of ${formatBytes(limits.max_memory_bytes)} allowed`;
  element("details").hidden = false;
  element("upload").disabled = false;
  element("status").textContent = "You can use this picture.";

  pictureSize = upright;
  const side = Math.min(upright.width, upright.height);
  crop = { x: Math.floor((upright.width - side) / 2), y: Math.floor((upright.height - side) / 2), side };
  URL.revokeObjectURL(element("preview").src);
  element("preview").onload = () => { element("crop").hidden = false; drawCrop(); };
  // The browser decodes the file only after it was accepted.
  element("preview").src = URL.createObjectURL(file);
}

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const user = encodeURIComponent(element("user").value);
  const { x, y, side } = crop;
  const shrunk = await tryHere("Shrinking the picture …",
    () => shrinker.shrink(file, { x, y, width: side, height: side }, hasAlpha));
  if (shrunk === REFUSED) return;
  const query = shrunk ? "" : `?crop=${[x, y, side, side].join(",")}`;
  const stored = await send("PUT", `/users/${user}/avatar${query}`, "Making your avatar …", shrunk ?? file);
  if (!stored) return;
  element("sent").textContent = shrunk ? `Sent ${formatBytes(shrunk.size)} of ${formatBytes(file.size)}.` : "";
  const { thumb_hash, dominant_color } = stored.placeholder;
  const background = `${dominant_color} center / cover url(${thumbHashUrl(thumb_hash)})`;
  element("avatars").replaceChildren(...stored.pictures.map(({ size, url, bytes, webp_url, webp_bytes }) => {
    const image = Object.assign(new Image(size, size), { alt: `Your avatar, ${size} pixels` });
    // Shown until the picture is loaded, and gone then, because a picture can have transparent parts.
    image.style.background = background;
    image.addEventListener("load", () => { image.style.background = ""; });
    // The browser takes the WebP if it can show one.
    const picture = document.createElement("picture");
    const webp = Object.assign(document.createElement("source"), { type: "image/webp", srcset: webp_url });
    picture.append(webp, image);
    image.src = url;
    const item = document.createElement("li");
    item.append(picture, `${size} × ${size}, ${formatBytes(webp_bytes)} as WebP, ${formatBytes(bytes)} as JPEG`);
    return item;
  }));
  element("memory").textContent =
    `This used ${formatBytes(stored.memory_measured)} of ${formatBytes(stored.memory_quoted)} reserved memory.`;
  element("result").hidden = false;
  element("status").textContent = "Your avatar is saved.";
});

// Returns the answer, or undefined after it has shown an error.
async function send(method, url, status, body = file) {
  element("status").textContent = status;
  element("error").replaceChildren();
  element("upload").disabled = true;
  try {
    const response = await fetch(url, { method, body: method === "GET" ? undefined : body });
    const answer = await response.json();
    if (response.ok) return answer;
    showError(answer.error);
  } catch {
    showError({ user_message: "The service cannot be reached. Please try again." });
  } finally {
    element("upload").disabled = element("details").hidden;
  }
}

function showError({ user_message, limit, found, allowed, kind }) {
  const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });
  const lines = [paragraph(user_message)];
  if (LIMITS[limit]) {
    const [subject, format] = LIMITS[limit];
    let numbers = [found, allowed].map(format);
    // Numbers that look the same when they are rounded are shown exactly.
    if (numbers[0] === numbers[1]) numbers = [found, allowed].map(formatNumber);
    lines.push(paragraph(`${subject} ${numbers[0]}; the limit is ${numbers[1]}.`));
  } else if (kind === "not_credible") {
    lines.push(paragraph(`The file claims to have ${formatPixels(found)}, `
      + `but its data is enough for at most ${formatPixels(allowed)}.`));
  }
  element("status").textContent = "";
  element("error").replaceChildren(...lines);
}

// Keeps the crop inside the picture.
function setCrop(next) {
  const maxSide = Math.min(pictureSize.width, pictureSize.height);
  const side = Math.max(1, Math.min(Math.round(next.side), maxSide));
  const clamp = (value, length) => Math.max(0, Math.min(Math.round(value), length - side));
  crop = { x: clamp(next.x, pictureSize.width), y: clamp(next.y, pictureSize.height), side };
  drawCrop();
}

function drawCrop() {
  const scale = element("preview").clientWidth / pictureSize.width;
  const style = element("square").style;
  [style.left, style.top] = [crop.x, crop.y].map((value) => `${value * scale}px`);
  style.width = style.height = `${crop.side * scale}px`;
  [element("left").value, element("top").value, element("side").value] = [crop.x, crop.y, crop.side];
}

element("square").addEventListener("pointerdown", (down) => {
  const before = crop;
  const isResize = down.target === element("corner");
  element("square").setPointerCapture(down.pointerId);
  element("square").onpointermove = (move) => {
    const scale = pictureSize.width / element("preview").clientWidth;
    const [right, below] = [(move.clientX - down.clientX) * scale, (move.clientY - down.clientY) * scale];
    setCrop(isResize
      ? { ...before, side: before.side + Math.max(right, below) }
      : { ...before, x: before.x + right, y: before.y + below });
  };
  element("square").onpointerup = element("square").onpointercancel = () => {
    element("square").onpointermove = null;
  };
});

element("square").addEventListener("keydown", (event) => {
  const step = Math.max(1, Math.round(pictureSize.width / 50));
  const moves = {
    ArrowLeft: { x: -step }, ArrowRight: { x: step }, ArrowUp: { y: -step }, ArrowDown: { y: step },
    "+": { side: step }, "-": { side: -step },
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  const { x = 0, y = 0, side = 0 } = move;
  setCrop({ x: crop.x + x, y: crop.y + y, side: crop.side + side });
});

for (const id of ["left", "top", "side"]) {
  element(id).addEventListener("change", () =>
    setCrop({ x: +element("left").value, y: +element("top").value, side: +element("side").value }));
}
addEventListener("resize", () => pictureSize && drawCrop());

// A file may have been chosen before this script was loaded.
if (element("file").files[0]) chooseFile(element("file").files[0]); else loadLimits();
