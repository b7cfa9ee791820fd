// A relying party with openid-client 6. OpenID Connect Core 3.1, 5.5.1.1, 12;
// RP-Initiated Logout 1.0.

import * as client from "openid-client";

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
  const { acr } = tokens.claims();
  if (session.needed && acr !== session.needed) throw new Error(`${acr} is not enough`);
  session.tokens = tokens;
  session.claims = tokens.claims();
  return new URL("/me", RP_URL);
}

function stepUp(session) {
  session.needed = LOA2;
  const claims = { id_token: { acr: { essential: true, values: [LOA2] } } };
  return signIn(session, { claims: JSON.stringify(claims) });
}

async function me({ tokens, claims }) {
  if (!tokens) return {};
  const { email } = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  return { sub: claims.sub, acr: claims.acr, amr: claims.amr, email };
}

async function refresh(session) {
  const before = session.tokens.access_token;
  session.tokens = {
    ...session.tokens,
    ...(await client.refreshTokenGrant(config, session.tokens.refresh_token)),
  };
  return { ...(await me(session)), renewed: session.tokens.access_token !== before };
}

function signOut(session) {
  const { id_token } = session.tokens;
  delete session.tokens;
  return client.buildEndSessionUrl(config, {
    id_token_hint: id_token,
    post_logout_redirect_uri: `${RP_URL}/signed-out`,
  });
}

serve({
  "/sign-in": (session) => signIn(session),
  "/callback": callback,
  "/step-up": stepUp,
  "/me": me,
  "/refresh": refresh,
  "/sign-out": signOut,
  "/signed-out": () => ({ signed_out: true }),
});
