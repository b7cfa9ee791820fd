// A relying party that registers itself, holds keys instead of a secret, signs its requests, gets
// the response by POST and the ID token encrypted. OpenID Connect Dynamic Client Registration 1.0 3;
// RFC 9101; RFC 7523 2.2; Form Post Response Mode; RFC 7009; RFC 7662.

import { exportJWK, generateKeyPair } from "jose";
import * as client from "openid-client";

import { signedIn } from "./signed_in.mjs";
import { asFetched, serve, taken } from "./site.mjs";

const { ISSUER, INITIAL_TOKEN, RP_URL } = process.env;
const LOA2 = "urn:countersign:acr:loa2";

const signing = await generateKeyPair("ES256");
const decryption = await generateKeyPair("ECDH-ES", { crv: "P-256" });
const published = {
  keys: [
    { ...(await exportJWK(signing.publicKey)), kid: "signing", use: "sig", alg: "ES256" },
    { ...(await exportJWK(decryption.publicKey)), kid: "decryption", use: "enc", alg: "ECDH-ES" },
  ],
};
const key = { key: signing.privateKey, kid: "signing" };

const config = await client.dynamicClientRegistration(
  new URL(ISSUER),
  {
    client_name: "A client that registered itself",
    redirect_uris: [`${RP_URL}/callback`],
    post_logout_redirect_uris: [`${RP_URL}/signed-out`],
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    scope: "openid profile email offline_access",
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "ES256",
    request_object_signing_alg: "ES256",
    require_signed_request_object: true,
    id_token_signed_response_alg: "ES256",
    id_token_encrypted_response_alg: "ECDH-ES",
    id_token_encrypted_response_enc: "A128CBC-HS256",
    userinfo_signed_response_alg: "ES256",
    jwks: published,
  },
  client.PrivateKeyJwt(key),
  { initialAccessToken: INITIAL_TOKEN },
);
client.enableDecryptingResponses(config, ["A128CBC-HS256"], {
  key: decryption.privateKey,
  alg: "ECDH-ES",
  kid: "decryption",
});
client.enableNonRepudiationChecks(config);

async function signIn(session, more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  session.checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const parameters = {
    redirect_uri: `${RP_URL}/callback`,
    response_mode: "form_post",
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  };
  return client.buildAuthorizationUrlWithJAR(config, parameters, key);
}

async function callback(session, url, request) {
  const checks = taken(session, "checks");
  if (!checks) throw new Error("nobody asked");
  const answer = await asFetched(url, request);
  const tokens = await client.authorizationCodeGrant(config, answer, checks);
  // As a hint the provider reads what it signed, not what only this client can open.
  const idToken = client.getDecryptedResponses(tokens).id_token.token_endpoint;
  session.claims = tokens.claims();
  session.tokens = { ...tokens, id_token: idToken };
  return new URL("/me", RP_URL);
}

async function revoke({ tokens }) {
  const before = await client.tokenIntrospection(config, tokens.access_token);
  await client.tokenRevocation(config, tokens.access_token);
  const after = await client.tokenIntrospection(config, tokens.access_token);
  return { before: before.active, after: after.active };
}

serve({
  "/sign-in": (session) => signIn(session),
  "/step-up": (session) => signIn(session, { acr_values: LOA2 }),
  "/callback": callback,
  "/revoke": revoke,
  ...signedIn(config, RP_URL),
});
