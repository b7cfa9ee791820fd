// Runs the script of the provider's session frame as a browser would: it gets the cookies that
// scripts may read and one message, and says what it answered. Session Management 1.0 3.2.

import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const asked = JSON.parse(readFileSync(0, "utf8"));
let hear;
const source = {
  postMessage(said, origin) {
    if (origin !== asked.origin) throw new Error(`answered to ${origin}`);
    process.stdout.write(said);
  },
};
const window = {
  addEventListener(kind, listener) {
    if (kind === "message") hear = listener;
  },
};
const currentScript = { getAttribute: (name) => asked.data[name.replace("data-", "")] };
const document = { cookie: asked.cookie, currentScript };
runInNewContext(asked.script, { window, document });
hear({ data: asked.message, origin: asked.origin, source });
