// node compare.mjs MODULE.wasm CORPUS [N]: what src/main.rs does, with the module and the files read here.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [, , modulePath, corpus, every = "1"] = process.argv;
const { instance } = await WebAssembly.instantiate(readFileSync(modulePath), {});
const { block, describe_file, memory } = instance.exports;

function write(bytes) {
  const address = block(bytes.length) >>> 0;
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  return [address, bytes.length];
}

const text = new TextEncoder();
const record = readFileSync(join(corpus, "OUTPUTS.txt"), "utf8");
const end = record.indexOf("\n\n");
const head = write(text.encode(record.slice(0, end)));
const files = record.slice(end + 2).trimEnd().split(/\n(?! )/).filter((_, index) => index % Number(every) === 0);
const then = files.flatMap((lines) => lines.split("\n"));
const now = files
  .map((lines) => lines.split("\n", 1)[0])
  .flatMap((path) => {
    const bytes = readFileSync(join(corpus, path));
    const answer = describe_file(...head, ...write(text.encode(path)), ...write(bytes)) >>> 0;
    const length = new DataView(memory.buffer).getUint32(answer, true);
    return new TextDecoder().decode(new Uint8Array(memory.buffer, answer + 4, length)).trimEnd().split("\n");
  });
const differing = then.map((line, i) => [now[i], line]).filter(([now, then]) => now !== then);
for (const [now, then] of differing.slice(0, 10)) console.log(`${now}\nrecorded: ${then}`);
console.log(`${then.length} lines, ${differing.length} differ; a job over its quote would trap`);
process.exit(differing.length === 0 && now.length === then.length ? 0 : 1);
