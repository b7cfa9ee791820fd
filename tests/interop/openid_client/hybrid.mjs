// A relying party of the hybrid flow, where an administrator allows it.
// OpenID Connect Core 3.3; Form Post Response Mode.

import * as client from "openid-client";

import { signedIn } from "./signed_in.mjs";
import { asFetched, serve, taken } from "./site.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, RP_URL } = process.env;

const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  client.ClientSecretPost(CLIENT_SECRET),
);
client.useCodeIdTokenResponseType(config);

async function signIn(session, more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  session.checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return client.buildAuthorizationUrl(config, {
    redirect_uri: `${RP_URL}/callback`,
    response_mode: "form_post",
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  });
}

async function callback(session, url, request) {
  const checks = taken(session, "checks");
  if (!checks) throw new Error("nobody asked");
  const answer = await asFetched(url, request);
  const tokens = await client.authorizationCodeGrant(config, answer, checks);
  Object.assign(session, { tokens, claims: tokens.claims() });
  return new URL("/me", RP_URL);
}

serve({
  "/sign-in": (session) => signIn(session),
  "/step-up": (session) => signIn(session, { acr_values: "urn:countersign:acr:loa2" }),
  "/callback": callback,
  ...signedIn(config, RP_URL),
});
