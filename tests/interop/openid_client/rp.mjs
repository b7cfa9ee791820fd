// A relying party with openid-client 6. OpenID Connect Core 3.1, 5.5.1.1.

import * as client from "openid-client";

import { signedIn } from "./signed_in.mjs";
import { serve } from "./site.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, RP_URL } = process.env;
const LOA2 = "urn:countersign:acr:loa2";

const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  client.ClientSecretBasic(CLIENT_SECRET),
);

async function signIn(session, more = {}) {
  session.verifier = client.randomPKCECodeVerifier();
  session.state = client.randomState();
  session.nonce = client.randomNonce();
  return client.buildAuthorizationUrl(config, {
    redirect_uri: `${RP_URL}/callback`,
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
    code_challenge_method: "S256",
    state: session.state,
    nonce: session.nonce,
    ...more,
  });
}

async function callback(session, url) {
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: session.verifier,
    expectedState: session.state,
    expectedNonce: session.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (session.needed && claims.acr !== session.needed) throw new Error("not enough");
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
