// A relying party with openid-client 6. OpenID Connect Core 3.1, 5.5.1.1.

import * as client from "openid-client";

import { signedIn } from "./signed_in.mjs";
import { serve, taken } from "./site.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, RP_URL } = process.env;
const LOA2 = "urn:countersign:acr:loa2";

const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  client.ClientSecretBasic(CLIENT_SECRET),
);

async function signIn(session, more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  session.checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return client.buildAuthorizationUrl(config, {
    redirect_uri: `${RP_URL}/callback`,
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  });
}

async function callback(session, url) {
  const checks = taken(session, "checks");
  if (!checks) throw new Error("nobody asked");
  const tokens = await client.authorizationCodeGrant(config, url, checks);
  const claims = tokens.claims();
  const needed = taken(session, "needed");
  if (needed && claims.acr !== needed) throw new Error("not enough");
  Object.assign(session, { tokens, claims });
  return new URL("/me", RP_URL);
}

function stepUp(session) {
  session.needed = LOA2;
  const claims = { id_token: { acr: { essential: true, values: [LOA2] } } };
  return signIn(session, { claims: JSON.stringify(claims) });
}

serve({
  "/sign-in": (session) => signIn(session),
  "/step-up": stepUp,
  "/callback": callback,
  ...signedIn(config, RP_URL),
});
