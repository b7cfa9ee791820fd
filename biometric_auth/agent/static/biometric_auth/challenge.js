// The server's capture challenge, believed only when everything in it is right.
// AGENT-PROTOCOL, "Transaction" 3; R-6.2.3-4, R-9.5-2, R-9.5-5.

import { createLocalJWKSet, jwtVerify } from "./jose.js";

const TURNS = new Set(["left", "right", "centre"]);

/** The challenge is not what this page may answer: wrong signer, transaction, device or text. */
export class ChallengeRejected extends Error {}

export async function sha256Hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Verify the challenge against what this page shows and return its claims.
 * `shown`: {text, client} as read from the page; `at`: the server's time in milliseconds.
 */
export async function verifyChallenge(jws, { metadata, transaction, purpose, device, shown, at }) {
  let claims;
  try {
    ({ payload: claims } = await jwtVerify(jws, createLocalJWKSet(metadata.challenge_jwks), {
      typ: "countersign-challenge+jwt",
      algorithms: ["ES256"],
      issuer: metadata.issuer,
      audience: device.id,
      currentDate: new Date(at),
      clockTolerance: 2,
      maxTokenAge: 120,
      requiredClaims: ["txn", "nonce", "text_sha256", "enc", "steps", "exp"],
    }));
  } catch (cause) {
    throw new ChallengeRejected("the signature or a standard claim is wrong", { cause });
  }
  const wrong = [
    [new URL(metadata.issuer).origin === location.origin, "issuer"],
    [claims.txn === transaction, "txn"],
    [claims.purpose === purpose, "purpose"],
    [claims.client?.name === shown.client, "client"],
    [claims.text === shown.text, "text"],
    [claims.text_sha256 === (await sha256Hex(new TextEncoder().encode(shown.text))), "digest"],
    [claims.steps.every(({ kind, turn }) => kind === "pose" && TURNS.has(turn)), "steps"],
  ].find(([right]) => !right);
  if (wrong) throw new ChallengeRejected(wrong[1]);
  return claims;
}
