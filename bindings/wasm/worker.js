// The worker of `client.js`: makes one call after the other.
import { load } from "./bombproof.js";

let bombproof; // a promise of the module

addEventListener("message", async ({ data: { module, method, upload, args } }) => {
  try {
    // A module that cannot be loaded now may be there for the next call.
    bombproof ??= load(module).catch((error) => {
      bombproof = undefined;
      throw error;
    });
    const bytes = upload instanceof Blob ? await upload.arrayBuffer() : upload;
    const result = (await bombproof)[method](bytes, ...args);
    const buffers = method === "thumbnails" ? result.map(({ data }) => data.buffer) : [];
    postMessage({ result }, buffers);
  } catch (error) {
    // Of an error that is sent, only name and message arrive.
    const { name, message } = error;
    postMessage({ error: { ...error, name, message } });
  }
});
