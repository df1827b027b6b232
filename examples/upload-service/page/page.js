// Look at the file (POST /inspect), let the person choose a part, send it (PUT /users/NAME/avatar).

const at = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");

// Each limit in the words of the person who passed it.
const LIMITS = {
  max_input_bytes: ["The file has", "bytes"],
  max_side_px: ["Its longer side has", "pixels"],
  max_pixels: ["It has", "pixels"],
  max_memory_bytes: ["It would take", "bytes of memory"],
  max_output_side_px: ["The avatar would have", "pixels a side"],
  max_scans: ["It is stored in", "passes"],
  max_scan_work: ["Its passes visit", "samples"],
  max_segments: ["It is stored in", "pieces"],
};

let limits;      // what the service takes, once it has said so
let file;        // the file that was chosen
let upright;     // its size as a person sees it
let square;      // the part that is used: x, y, side, in upright pixels

at("file").addEventListener("change", () => choose(at("file").files[0]));
for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  at("drop").addEventListener(name, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", over);
    if (name === "drop") choose(event.dataTransfer.files[0]);
  });
}

async function know() {
  limits ??= await send("GET", "/limits", "");
  if (limits) {
    at("taken").textContent =
      `JPEG, PNG or WebP, up to ${number(limits.max_input_bytes)} bytes and ${number(limits.max_pixels)} pixels.`;
  }
  return limits;
}

async function choose(chosen) {
  file = chosen;
  at("refusal").replaceChildren();
  for (const id of ["seen", "cut", "made"]) at(id).hidden = true;
  at("send").disabled = true;
  if (!file || !await know()) return;
  if (file.size > limits.max_input_bytes) {
    return refuse({
      user_message: "This file is too large. Please use a smaller one.",
      limit: "max_input_bytes", found: file.size, allowed: limits.max_input_bytes,
    });
  }
  const seen = await send("POST", "/inspect", "Looking at the file …");
  if (seen && file === chosen) show(seen);
}

function show(seen) {
  const { format, size, progressive, animated, alpha } = seen.header;
  const traits = [progressive && "progressive", animated && "animated", alpha && "with transparency"];
  at("header").textContent = [format.toUpperCase(), `${number(size.width)} × ${number(size.height)} pixels`,
    `${number(file.size)} bytes`, ...traits.filter(Boolean)].join(", ");
  at("plan").textContent = seen.plan;
  at("quote").textContent = `${number(seen.memory_bytes)} bytes, of ${number(limits.max_memory_bytes)} allowed`;
  at("seen").hidden = false;
  at("send").disabled = false;
  at("status").textContent = "This picture can be used.";

  upright = seen.upright;
  const side = Math.min(upright.width, upright.height);
  square = { x: Math.floor((upright.width - side) / 2), y: Math.floor((upright.height - side) / 2), side };
  URL.revokeObjectURL(at("preview").src);
  at("preview").onload = () => { at("cut").hidden = false; draw(); };
  // Only now: the browser decodes nothing that the service refuses.
  at("preview").src = URL.createObjectURL(file);
}

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const user = encodeURIComponent(at("user").value);
  const crop = [square.x, square.y, square.side, square.side].join(",");
  const made = await send("PUT", `/users/${user}/avatar?crop=${crop}`, "Making your avatar …");
  if (!made) return;
  at("avatars").replaceChildren(...made.pictures.map(({ size, url, bytes }) => {
    const picture = Object.assign(new Image(size, size), { src: url, alt: `Your avatar, ${size} pixels` });
    const item = document.createElement("li");
    item.append(picture, `${size} × ${size}, ${number(bytes)} bytes`);
    return item;
  }));
  at("spent").textContent =
    `${number(made.memory_measured)} bytes of memory were used, of ${number(made.memory_quoted)} quoted.`;
  at("made").hidden = false;
  at("status").textContent = "This is your avatar now.";
});

// The answer, or nothing when there is a refusal to read.
async function send(method, url, doing) {
  at("status").textContent = doing;
  at("refusal").replaceChildren();
  at("send").disabled = true;
  try {
    const response = await fetch(url, { method, body: method === "GET" ? undefined : file });
    const body = await response.json();
    if (response.ok) return body;
    refuse(body.error);
  } catch {
    refuse({ user_message: "The service cannot be reached. Please try again." });
  } finally {
    at("send").disabled = at("seen").hidden;
  }
}

function refuse({ user_message, limit, found, allowed, kind }) {
  const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });
  const lines = [paragraph(user_message)];
  if (LIMITS[limit]) {
    const [subject, unit] = LIMITS[limit];
    lines.push(paragraph(`${subject} ${number(found)} ${unit}; ${number(allowed)} are allowed.`));
  } else if (kind === "not_credible") {
    lines.push(paragraph(`It says that it has ${number(found)} pixels, but holds ${number(allowed)} at the most.`));
  }
  at("status").textContent = "";
  at("refusal").replaceChildren(...lines);
}

// The square: one place that changes it, one that draws it.
function change(next) {
  const most = Math.min(upright.width, upright.height);
  const side = Math.max(1, Math.min(Math.round(next.side), most));
  const within = (value, length) => Math.max(0, Math.min(Math.round(value), length - side));
  square = { x: within(next.x, upright.width), y: within(next.y, upright.height), side };
  draw();
}

function draw() {
  const scale = at("preview").clientWidth / upright.width;
  const style = at("square").style;
  [style.left, style.top] = [square.x, square.y].map((value) => `${value * scale}px`);
  style.width = style.height = `${square.side * scale}px`;
  [at("left").value, at("top").value, at("side").value] = [square.x, square.y, square.side];
}

at("square").addEventListener("pointerdown", (down) => {
  const before = square;
  const resizes = down.target === at("corner");
  at("square").setPointerCapture(down.pointerId);
  at("square").onpointermove = (move) => {
    const scale = upright.width / at("preview").clientWidth;
    const [right, below] = [(move.clientX - down.clientX) * scale, (move.clientY - down.clientY) * scale];
    change(resizes
      ? { ...before, side: before.side + Math.max(right, below) }
      : { ...before, x: before.x + right, y: before.y + below });
  };
  at("square").onpointerup = at("square").onpointercancel = () => { at("square").onpointermove = null; };
});

at("square").addEventListener("keydown", (event) => {
  const step = Math.max(1, Math.round(upright.width / 50));
  const moves = {
    ArrowLeft: { x: -step }, ArrowRight: { x: step }, ArrowUp: { y: -step }, ArrowDown: { y: step },
    "+": { side: step }, "-": { side: -step },
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  const { x = 0, y = 0, side = 0 } = move;
  change({ x: square.x + x, y: square.y + y, side: square.side + side });
});

for (const id of ["left", "top", "side"]) {
  at(id).addEventListener("change", () =>
    change({ x: +at("left").value, y: +at("top").value, side: +at("side").value }));
}
addEventListener("resize", () => upright && draw());

// Whoever was faster than this script has chosen already.
if (at("file").files[0]) choose(at("file").files[0]); else know();
