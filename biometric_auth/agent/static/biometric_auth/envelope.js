// What leaves the device: manifest, proof and frames in one envelope that only the biometric
// system can open. AGENT-PROTOCOL, "Transaction" 4; R-9.5-3, R-9.3-7 (sealed before the network).

import { CompactEncrypt, importJWK } from "./jose.js";
import { sha256Hex } from "./challenge.js";
import { concatenate } from "./jpeg.js";

const VERSION = "1";
const encode = (value) => new TextEncoder().encode(value);

/** Part 0: what was captured, for which challenge, meant how. */
export async function manifestOf({ jws, claims, device, capture, approvedAt, clock, build, signals }) {
  const frames = await Promise.all(
    capture.frames.map(async ({ bytes, at_ms, step }) => ({
      sha256: await sha256Hex(bytes),
      at_ms,
      step,
    })),
  );
  return encode(
    JSON.stringify({
      txn: claims.txn,
      challenge_sha256: await sha256Hex(encode(jws)),
      device: device.id,
      frames,
      intent: { action: "approve", at: clock(approvedAt) },
      started_at: clock(capture.startedMs),
      ended_at: clock(capture.endedMs),
      agent: { name: "countersign-web", version: VERSION, build_sha256: build },
      signals: { ...signals, ...capture.signals },
    }),
  );
}

/** Frame the parts (4-byte big-endian length each) and encrypt them to the challenge's key. */
export async function seal({ manifest, proof, frames, claims, jwks }) {
  const jwk = jwks.keys.find((key) => key.kid === claims.enc);
  if (!jwk) throw new Error("the challenge names an encryption key that was not given");
  const parts = [manifest, encode(JSON.stringify(proof)), ...frames.map((frame) => frame.bytes)];
  const plaintext = concatenate(parts.flatMap((part) => [lengthOf(part), part]));
  try {
    return await new CompactEncrypt(plaintext)
      .setProtectedHeader({
        alg: "ECDH-ES",
        enc: "A256GCM",
        kid: claims.enc,
        cty: "countersign-capture",
      })
      .encrypt(await importJWK(jwk, "ECDH-ES"));
  } finally {
    plaintext.fill(0);
  }
}

function lengthOf(part) {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, part.length);
  return length;
}
