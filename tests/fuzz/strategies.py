"""What arrives from an internet that wishes us ill: requests made of right, wrong and odd parts."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from idp.protocol.client_metadata import READERS
from tests.idp.relying_party import FORM

SCRIPT = "\"'><script>alert(7)</script>"
MARK = "<script>alert(7)"
NAMES = (
    "account", "acr_values", "access_token", "answer", "claims", "claims_locales",
    "client_assertion", "client_assertion_type", "client_id", "client_secret", "code",
    "code_challenge", "code_challenge_method", "code_verifier", "credential", "display", "email",
    "family_name", "first_name", "given_name", "grant_type", "id_token_hint", "iss", "last_name",
    "level", "login_hint", "logout_hint", "logout_token", "max_age", "name", "next", "nonce",
    "password", "password1", "password2", "post_logout_redirect_uri", "prompt", "receipt",
    "recent", "redirect_uri", "refresh_token", "registration", "rel", "request", "request_uri",
    "resource", "response_mode", "response_type", "scope", "sid", "state", "target_link_uri",
    "token", "token_type_hint", "ui_locales", "username", "way",
)  # fmt: skip
WORDS = (
    "", "0", "-1", "1", "9" * 30, "NaN", "true", "null", "{}", "[]", "none", "code", "id_token",
    "code id_token token", "token", "login", "consent", "select_account", "create", "none login",
    "openid", "openid profile email offline_access", "offline_access", "query", "fragment",
    "form_post", "jwt", "S256", "plain", "authorization_code", "refresh_token",
    "client_credentials", "implicit", "password", "approve", "deny", "cancel", "logout", "stay",
    "page", "de", "fr-CA ar zz", "urn:countersign:acr:loa2", "urn:countersign:acr:loa4", "phr",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "access_token",
    "https://rp.example/callback", "https://rp.example/callback/", "https://evil.example/",
    "javascript:alert(7)", "//evil.example", "/\\evil.example", "http://169.254.169.254/",
    "com.example.app:/cb", "acct:alice@localhost", "../../etc/passwd", "' OR 1=1 --",
    "%00", "\x00", "\r\nSet-Cookie: a=b", "\u202e\u2066", "\ud7ff\U0001f600", SCRIPT,
    '{"id_token": {"acr": {"essential": true, "values": ["phr"]}}}',
    '{"userinfo": {"name": null, "email": {"value": 1}}}', "[" * 3000, "a" * 5000, "x" * 70_000,
)  # fmt: skip
TYPES = (
    FORM,
    "application/json",
    "multipart/form-data; boundary=x",
    "text/plain",
    "",
    "a/b;c=\xfc",
)
ACCEPTS = ("*/*", "text/html", "application/token-introspection+jwt", "application/jwt", "\xfc")
ODD_METHODS = ("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")

_names = st.sampled_from(NAMES)
_claims = st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti", *NAMES])
_metadata = st.sampled_from(tuple(READERS))
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=24)


def _encode(part):
    encoded = json.dumps(part).encode() if not isinstance(part, bytes) else part
    return base64.urlsafe_b64encode(encoded).rstrip(b"=").decode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(_names | _metadata, json_values, max_size=4)
jwts = st.builds(
    lambda header, claims, signature: ".".join((_encode(header), _encode(claims), signature)),
    st.fixed_dictionaries(
        {"alg": st.sampled_from(["none", "HS256", "RS256", "ES256", "EdDSA", "dir", "x", 5])},
        optional={
            "kid": st.sampled_from(["../../key", "' OR 1=1", "k1", 7]),
            "typ": st.sampled_from(["JWT", "at+jwt", "logout+jwt", 5]),
            "crit": st.just(["exp"]),
            "jku": st.just("https://evil.example/keys"),
            "jwk": st.just({"kty": "oct", "k": "AAAA"}),
            "zip": st.just("DEF"),
        },
    ),
    st.dictionaries(_claims, json_values, max_size=5),
    st.sampled_from(["", "AAAA", "\xfc", "A" * 86]),
)


def values(sound):
    """Return values: `sound` ones that the provider itself made, changed ones, and anything."""
    real = st.sampled_from(sound)
    changed = st.builds(lambda one, cut, more: one[:cut] + more, real, st.integers(0, 60), text)
    return real | st.sampled_from(WORDS) | jwts | changed | text


def sendings(sound, bases):
    """Return what to send: parameters, headers, an odd method and an odd body beside them.

    Most begin with one of `bases`, requests that the route would grant (parameters and
    headers), of which a little is left out or changed: nothing else gets past the first check.
    """
    value = values(sound)
    odd = st.lists(st.tuples(_names, value) | st.tuples(text, text), max_size=4)
    base = st.sampled_from([*bases, *bases, ({}, {})])
    credentials = st.tuples(value, value).map(
        lambda both: "Basic " + base64.b64encode(":".join(map(quote, both)).encode()).decode()
    )
    headers = st.fixed_dictionaries(
        {},
        optional={
            "HTTP_AUTHORIZATION": (credentials | value.map("Bearer {}".format)).map(_header),
            "HTTP_ACCEPT": st.sampled_from(ACCEPTS),
            "HTTP_ACCEPT_LANGUAGE": st.sampled_from(["de", "x" * 3000, "*", "\xfc;q=a"]),
            "HTTP_ORIGIN": st.sampled_from(["null", "https://rp.example", "https://evil.example"]),
            "HTTP_X_FORWARDED_FOR": st.sampled_from(["1.2.3.4", "\xfc", ",,,", "::1, x"]),
            "HTTP_X_FORWARDED_PROTO": st.sampled_from(["https", "http", "\xfc"]),
            "HTTP_COOKIE": value.map(lambda one: _header(f"countersign_session={one}")),
        },
    )
    return st.fixed_dictionaries({
        "encoded": st.builds(_changed, base, odd, st.sampled_from((None, None, *NAMES))),
        "headers": headers,
        "odd_method": st.sampled_from(ODD_METHODS),
        "odd_type": st.sampled_from(TYPES),
        "odd_body": st.binary(max_size=60) | st.builds(_document, base, json_objects),
        "known": st.sampled_from((True, True, True, False)),
        "segment": st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12),
    })  # fmt: skip


def _changed(base, odd, left_out):
    given = {name: one for name, one in base[0].items() if name != left_out}
    once = given | dict(odd[:2])
    return urlencode([*once.items(), *odd[2:]], errors="replace")


def _document(base, odd):
    return json.dumps(base[0] | odd).encode()


def _header(value):
    """Return what a web server lets through as a header: Latin-1 and on one line."""
    return value.encode("utf-8").decode("latin-1").replace("\r", "").replace("\n", "")
