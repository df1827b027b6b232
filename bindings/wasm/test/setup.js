import { readFileSync } from "node:fs";

import { load } from "../bombproof.js";

export const corpus = new URL("../../../corpus/", import.meta.url);
export const bombproof = await load(readFileSync(new URL("../bombproof.wasm", import.meta.url)));
export const photo = readFileSync(new URL("valid/photo.jpg", corpus));
