// node bench.js FILE...: an avatar of each file here and by the native example, the best of seven each, and the first
// call here, whose code the engine has not optimised yet. Needs a release build of the example:
// cargo build --release --example avatar
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { load } from "./bombproof.js";

const example = fileURLToPath(new URL("../../target/release/examples/avatar", import.meta.url));
const module = readFileSync(new URL("bombproof.wasm", import.meta.url));
const request = { width: 256, height: 256 };

function milliseconds(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const best = (measure) => Math.min(...Array.from({ length: 7 }, measure));
const ratios = [];
console.log("| upload | native, ms | module, ms | ratio | first call, ms |\n|---|---|---|---|---|");
for (const path of process.argv.slice(2)) {
  const upload = readFileSync(path);
  const bombproof = await load(module);
  const call = () => milliseconds(() => bombproof.thumbnail(upload, request));
  const [first, here] = [call(), best(call)];
  const native = best(() => {
    const report = execFileSync(example, ["--json", "--size", "256", path, "/dev/null"], { encoding: "utf8" });
    return JSON.parse(report).elapsed_ms;
  });
  ratios.push(here / native);
  console.log(`| ${basename(path)} | ${[native, here, here / native, first].map((ms) => ms.toFixed(1)).join(" | ")} |`);
}
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`\nratio, geometric mean: ${mean.toFixed(2)}`);
