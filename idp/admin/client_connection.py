"""What whoever builds the application needs: addresses, and code to begin with. Discovery 4.

The code is that of docs/guides/relying-party.md, which a test holds; the secret never is in it: it
belongs into the environment of the application.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from idp.models import Client
from idp.oauth import server
from idp.policy import get_policy

DISCOVERY = "/.well-known/openid-configuration"


class Snippet(NamedTuple):
    """Code for one library."""

    library: str
    code: str


_METHODS = {
    "client_secret_basic": "client.ClientSecretBasic(CLIENT_SECRET)",
    "client_secret_post": "client.ClientSecretPost(CLIENT_SECRET)",
    "client_secret_jwt": "client.ClientSecretJwt(CLIENT_SECRET)",
    "private_key_jwt": "client.PrivateKeyJwt(key)",
    "none": "client.None()",
}
_OPENID_CLIENT = """\
const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  {method},
);
"""
_SIGN_IN = """
async function signIn(session, more = {{}}) {{
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  session.checks = {{ pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }};
  return client.buildAuthorizationUrl(config, {{
    redirect_uri: `${{RP_URL}}/callback`,
    scope: "{scope}",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  }});
}}
"""
_OWN_BEHALF = """
const tokens = await client.clientCredentialsGrant(config, {{ scope: "{scope}" }});
"""
_AUTHLIB = """\
AUTHLIB_OAUTH_CLIENTS = {{
    "countersign": {{
        "server_metadata_url": f"{{os.environ['ISSUER']}}/.well-known/openid-configuration",
        "client_id": os.environ["CLIENT_ID"],
        "client_secret": os.environ["CLIENT_SECRET"],
        "client_kwargs": {{
            "scope": "{scope}",
            "code_challenge_method": "S256",
        }},
    }}
}}
"""
_ALLAUTH = """\
SOCIALACCOUNT_PROVIDERS = {{
    "openid_connect": {{
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {{
                "provider_id": "countersign",
                "name": "Countersign",
                "client_id": os.environ["CLIENT_ID"],
                "secret": os.environ["CLIENT_SECRET"],
                "settings": {{
                    "server_url": os.environ["ISSUER"],
                    "token_auth_method": "client_secret_basic",
                    "scope": [{scopes}],
                }},
            }}
        ],
    }}
}}
"""
_APACHE = """\
OIDCProviderMetadataURL ${{ISSUER}}/.well-known/openid-configuration
OIDCClientID ${{CLIENT_ID}}
OIDCClientSecret ${{CLIENT_SECRET}}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCIDTokenSignedResponseAlg {algorithm}
OIDCPKCEMethod S256
OIDCScope "{scope}"
OIDCRedirectURI ${{RP_URL}}/oidc/callback
"""
_CURL = """\
curl {token_endpoint} --user "$CLIENT_ID:$CLIENT_SECRET" \\
  --data grant_type=client_credentials --data-urlencode "scope={scope}"
"""


def connection(client: Client) -> dict[str, Any]:
    """Return what the template of this page shows."""
    policy = get_policy()
    return {
        "client": client,
        "values": {
            "Discovery": policy.url(DISCOVERY),
            "Issuer": policy.issuer,
            "Client ID": client.client_id,
            "Authentication": client.token_endpoint_auth_method,
            "Scope": client.scope,
            "Redirect URIs": "\n".join(client.redirect_uris),
        },
        "variables": _variables(client, policy.issuer),
        "snippets": snippets(client),
    }


def snippets(client: Client) -> list[Snippet]:
    """Return code for the libraries that suit how the client authenticates."""
    words = {
        "method": _METHODS[client.token_endpoint_auth_method],
        "scope": client.scope,
        "scopes": ", ".join(f'"{scope}"' for scope in client.scope.split()),
        "algorithm": client.id_token_signed_response_alg,
        "token_endpoint": server.discovery_document()["token_endpoint"],
    }
    basic = client.token_endpoint_auth_method == Client.AuthMethod.BASIC
    written = [("openid-client (Node)", _OPENID_CLIENT + _OWN_BEHALF)]
    if client.check_response_type("code"):
        written = [("openid-client (Node)", _OPENID_CLIENT + _SIGN_IN)]
        if basic:
            written += [
                ("Authlib (Django)", _AUTHLIB),
                ("django-allauth", _ALLAUTH),
                ("mod_auth_openidc (Apache)", _APACHE),
            ]
    elif basic:
        written.append(("curl", _CURL))
    return [Snippet(library, code.format(**words)) for library, code in written]


def _variables(client: Client, issuer: str) -> str:
    lines = [f"ISSUER={issuer}", f"CLIENT_ID={client.client_id}"]
    if client.has_secret:
        lines.append("CLIENT_SECRET=")
    return "\n".join(lines)
