// The device key: made once, then proved for each transaction and each capture.
// AGENT-PROTOCOL, "Device" and "Transaction" 2 and 4 (part 1, proof).

import { CompactSign, FlattenedSign } from "./jose.js";
import { findKept, keep } from "./keystore.js";
import { assert, fromBase64url, register } from "./webauthn.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const encode = (value) => new TextEncoder().encode(JSON.stringify(value));

/** The device that this browser has kept, ready to prove itself; undefined where it has none. */
export async function keptDevice(listed) {
  const kept = await findKept(listed).catch(() => undefined);
  return kept && (kept.type === "jws" ? browserKey(kept) : platformKey(kept));
}

/** A platform key outlives cleared site data: the server's list names what to ask for. */
export function listedPlatformKey(listed) {
  const device = listed.find(({ type }) => type === "webauthn");
  return device && platformKey(device);
}

/** Make a key, register it with the server and keep it. `type`: "webauthn" or "jws". */
export async function newDevice(api, transaction, type) {
  const options = await api.deviceOptions(type, describeBrowser());
  if (type === "webauthn") {
    const credential = await register(options.publicKey);
    const { device } = await api.addDevice({ registration: options.registration, credential });
    const record = { id: device, type, credential_id: credential.id };
    await keep(record);
    return platformKey(record);
  }
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const { device } = await api.addDevice({
    registration: options.registration,
    jwk: { kty, crv, x, y },
    proof: await signed(privateKey, "countersign-device+jwt", transaction, options.nonce),
  });
  const record = { id: device, type, privateKey };
  await keep(record);
  return browserKey(record);
}

/** Claim the transaction: prove possession over the server's nonce. R-6.2.3-2. */
export async function claim(api, transaction, device) {
  const offer = await api.claim({ device: device.id });
  const proof = await device.proveClaim(transaction, offer);
  return api.claim({ device: device.id, proof });
}

function browserKey({ id, privateKey }) {
  return {
    id,
    type: "jws",
    proveClaim: async (transaction, { nonce }) => ({
      type: "jws",
      jws: await signed(privateKey, "countersign-claim+jwt", transaction, nonce),
    }),
    /** A detached JWS over the manifest. RFC 7797. */
    proveManifest: async (manifest) => {
      const jws = await new FlattenedSign(manifest)
        .setProtectedHeader({ alg: "ES256", b64: false, crit: ["b64"] })
        .sign(privateKey);
      return { type: "jws", jws: `${jws.protected}..${jws.signature}` };
    },
  };
}

function platformKey({ id, credential_id }) {
  let options = { allowCredentials: [{ type: "public-key", id: credential_id }] };
  return {
    id,
    type: "webauthn",
    proveClaim: async (_transaction, { publicKey }) => {
      options = publicKey;
      return {
        type: "webauthn",
        assertion: await assert(options, fromBase64url(options.challenge)),
      };
    },
    /** The challenge of the assertion is the digest of the manifest. */
    proveManifest: async (manifest) => ({
      type: "webauthn",
      assertion: await assert(
        { ...options, userVerification: "required" },
        await crypto.subtle.digest("SHA-256", manifest),
      ),
    }),
  };
}

const signed = (key, typ, txn, nonce) =>
  new CompactSign(encode({ txn, nonce })).setProtectedHeader({ alg: "ES256", typ }).sign(key);

/** A name to recognise the entry by: kinds of program and system, never the device's own name. */
function describeBrowser() {
  const agent = navigator.userAgent;
  const first = (...kinds) => kinds.find(([, pattern]) => pattern.test(agent))?.[0];
  const browser = first(
    ["Firefox", /Firefox|FxiOS/], ["Edge", /Edg/], ["Chrome", /Chrom|CriOS/], ["Safari", /Safari/],
  );
  const system = first(
    ["Android", /Android/], ["iPhone", /iPhone/], ["iPad", /iPad/],
    ["Windows", /Windows/], ["Mac", /Macintosh/], ["Linux", /Linux|CrOS/],
  );
  return [browser ?? "Browser", system].filter(Boolean).join(" · ");
}
