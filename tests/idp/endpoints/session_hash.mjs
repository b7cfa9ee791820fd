/* Asks the frame's script for many texts, and compares with Node's own SHA-256; prints the misses. */

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

let heard;
let said;
let cookies;
const frame = { addEventListener: (_name, listener) => (heard = listener) };
const page = {
  currentScript: { getAttribute: () => "state" },
  get cookie() {
    return cookies;
  },
};
new Function("window", "document", readFileSync(process.argv[2], "utf8"))(frame, page);

function answer(data, origin) {
  heard({ data, origin, source: { postMessage: (word) => (said = word) } });
  return said;
}

let misses = 0;
for (let length = 0; length < 300; length++) {
  const state = "k".repeat(length);
  cookies = `other=1; state=${state}; more=2`;
  const id = "c".repeat(1 + (length % 120));
  const origin = length % 2 ? "https://rp.example" : "https://b\u00fccher.example";
  const salt = randomBytes(8).toString("hex");
  const hash = createHash("sha256").update(`${id} ${origin} ${state} ${salt}`).digest("hex");
  const other = (hash[0] === "0" ? "1" : "0") + hash.slice(1);
  if (answer(`${id} ${hash}.${salt}`, origin) !== "unchanged") misses++;
  if (answer(`${id} ${other}.${salt}`, origin) !== "changed") misses++;
}
if (answer("nonsense", "https://rp.example") !== "error") misses++;
console.log(misses);
