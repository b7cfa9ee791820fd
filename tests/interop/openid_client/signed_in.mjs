// What a site does with openid-client 6 once somebody is signed in.
// OpenID Connect Core 5.3, 12; RP-Initiated Logout 1.0.

import * as client from "openid-client";

export function signedIn(config, url) {
  async function me({ tokens, claims }) {
    if (!tokens) return {};
    const { email } = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    return { sub: claims.sub, acr: claims.acr, amr: claims.amr, email };
  }

  async function refresh(session) {
    const { tokens } = session;
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
    session.tokens = { ...tokens, ...renewed };
    return { ...(await me(session)), renewed: renewed.access_token !== tokens.access_token };
  }

  function signOut(session) {
    const { id_token } = session.tokens;
    delete session.tokens;
    return client.buildEndSessionUrl(config, {
      id_token_hint: id_token,
      post_logout_redirect_uri: `${url}/signed-out`,
    });
  }

  const signedOut = () => ({ signed_out: true });
  return { "/me": me, "/refresh": refresh, "/sign-out": signOut, "/signed-out": signedOut };
}
