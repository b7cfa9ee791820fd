// A relying party with oauth4webapi 3. OpenID Connect Core 3.1, 12; RFC 9207; RFC 9470 4.

import * as oauth from "oauth4webapi";

import { serve, taken } from "./site.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, RP_URL } = process.env;
const LOA2 = "urn:countersign:acr:loa2";

const issuer = new URL(ISSUER);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
const client = { client_id: CLIENT_ID };
const authentication = oauth.ClientSecretBasic(CLIENT_SECRET);
const redirectUri = `${RP_URL}/callback`;

async function signIn(session, more = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  session.asked = { verifier, state, nonce };
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid profile email offline_access",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  return url;
}

async function callback(session, url) {
  const { verifier, state, nonce } = taken(session, "asked");
  const parameters = oauth.validateAuthResponse(as, client, url, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    as, client, authentication, parameters, redirectUri, verifier,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  // Beyond what Core asks of a client that got the ID token over TLS.
  await oauth.validateApplicationLevelSignature(as, answer);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const needed = taken(session, "needed");
  if (needed && claims.acr !== needed) throw new Error("not enough");
  Object.assign(session, { tokens, claims });
  return new URL("/me", RP_URL);
}

function stepUp(session) {
  session.needed = LOA2;
  return signIn(session, { acr_values: LOA2 });
}

async function me({ tokens, claims }) {
  if (!tokens) return {};
  const answer = await oauth.userInfoRequest(as, client, tokens.access_token);
  const { email } = await oauth.processUserInfoResponse(as, client, claims.sub, answer);
  return { sub: claims.sub, acr: claims.acr, amr: claims.amr, email };
}

async function refresh(session) {
  const before = session.tokens;
  const answer = await oauth.refreshTokenGrantRequest(
    as, client, authentication, before.refresh_token,
  );
  session.tokens = {
    ...before,
    ...(await oauth.processRefreshTokenResponse(as, client, answer)),
  };
  return { ...(await me(session)), renewed: session.tokens.access_token !== before.access_token };
}

function signOut(session) {
  const url = new URL(as.end_session_endpoint);
  url.search = new URLSearchParams({
    id_token_hint: session.tokens.id_token,
    post_logout_redirect_uri: `${RP_URL}/signed-out`,
  });
  delete session.tokens;
  return url;
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
