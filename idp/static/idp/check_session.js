/* Tells the page that frames this one whether the person's session has changed.
   OpenID Connect Session Management 1.0 3.2. The hash is that of idp/protocol/session_state.py. */

"use strict";

(() => {
  const { cookie } = document.currentScript.dataset;

  function browserState() {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${cookie}=`));
    return found ? found.slice(cookie.length + 1) : "";
  }

  async function digest(text) {
    const hash = await window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function answer(message, origin) {
    // The client's identifier, a space, what it was given at sign-in: hash, dot, salt.
    const parts = /^([!-~]+) ([0-9a-f]{64})\.([0-9a-f]+)$/.exec(message);
    if (!parts) return "error";
    const [, clientId, given, salt] = parts;
    const now = await digest(`${clientId} ${origin} ${browserState()} ${salt}`);
    return now === given ? "unchanged" : "changed";
  }

  window.addEventListener("message", async ({ data, origin, source }) => {
    if (typeof data !== "string" || !source || source === window) return;
    let said = "error";
    try {
      said = await answer(data, origin);
    } catch {
      // No WebCrypto outside a secure context: the client is told that there is no answer.
    }
    source.postMessage(said, origin);
  });
})();
