"""What is always true of the provider's answers. OpenID Connect Core 2, 3, 5; RFC 6749 4, 5.

Each function checks what the conditions of the suite check, in words of our own.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt

from tests.conformance.oidf.client import Client
from tests.conformance.oidf.provider import Provider
from tests.conformance.oidf.wire import JSON, Response

SKEW = 300
DIGESTS = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
SCOPE_CLAIMS = {
    "openid": {"sub"},
    "profile": {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    },
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
    "offline_access": set(),
}
BOOLEANS = {"email_verified", "phone_number_verified"}
ID_TOKEN_CLAIMS = {
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp"),
    *("at_hash", "c_hash", "s_hash", "nbf", "jti", "sid", "txn"),
}
ERROR_MEMBERS = {"error", "error_description", "error_uri", "state", "session_state", "iss"}
NEEDS_A_PERSON = {
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
}
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_VSCHAR = re.compile(r"[\x20-\x7e]+")
_BIRTHDATE = re.compile(r"(\d{4})(-\d{2}-\d{2})?")


@dataclass(frozen=True, slots=True)
class IdToken:
    """An ID token whose signature holds."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


def id_token(
    provider: Provider, client: Client, text: str, *, nonce: str | None, algorithm: str = "RS256"
) -> IdToken:
    """Check an ID token as every client must. Core 3.1.3.7."""
    found = read_signed(provider, text, algorithm=algorithm)
    claims, now = found.claims, time.time()
    assert claims.get("iss") == provider.issuer, claims.get("iss")
    audience = claims.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    assert client.id in audience, audience
    assert len(audience) == 1 or claims.get("azp") == client.id, claims
    assert claims.get("azp", client.id) == client.id, claims["azp"]
    assert claims["exp"] > now - SKEW, "expired"
    assert claims["iat"] < now + SKEW, "from the future"
    assert claims.get("auth_time", now) < now + SKEW, "authenticated in the future"
    assert claims.get("nonce") == nonce, "the nonce is not the request's"
    subject = claims.get("sub")
    assert isinstance(subject, str), subject
    assert 0 < len(subject) <= 255, subject
    assert subject.isascii(), subject
    standard_claims(claims)
    return found


def read_signed(provider: Provider, text: str, *, algorithm: str) -> IdToken:
    """Return a JWT of the provider whose `kid` names the one published key that signed it."""
    header = jws.extract_compact(text.encode()).headers()
    assert header.get("alg") == algorithm, header
    decoded = jwt.decode(text, provider.key(header.get("kid", "")), algorithms=[algorithm])
    return IdToken(text, dict(decoded.header), dict(decoded.claims))


def left_half(value: str, algorithm: str) -> str:
    """Return the hash that binds `value` to an ID token. Core 3.3.2.11."""
    digest = DIGESTS[algorithm[-3:]](value.encode("ascii")).digest()
    half = digest[: len(digest) // 2]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def bound(token: IdToken, claim: str, value: str | None, *, required: bool) -> None:
    """Check ``at_hash`` or ``c_hash``: right wherever it is, and there where it must be."""
    assert not required or claim in token.claims, f"no {claim}"
    if claim in token.claims:
        assert value, f"{claim} without what it binds"
        assert token.claims[claim] == left_half(value, token.header["alg"]), claim


def standard_claims(claims: dict[str, Any]) -> None:
    """Check the types of the standard claims that are there. Core 5.1."""
    for name in set().union(*SCOPE_CLAIMS.values()) & set(claims):
        value = claims[name]
        if name == "address":
            assert isinstance(value, dict), name
            assert all(isinstance(part, str) for part in value.values()), value
        elif name == "updated_at":
            assert isinstance(value, int | float), name
            assert value < time.time() + SKEW, "updated in the future: seconds, not milliseconds"
        else:
            kind = bool if name in BOOLEANS else str
            assert isinstance(value, kind), f"{name} is no {kind.__name__}"
    if "birthdate" in claims:
        assert _BIRTHDATE.fullmatch(claims["birthdate"]), claims["birthdate"]


def userinfo(response: Response, *, subjects: list[str]) -> dict[str, Any]:
    """Check a userinfo answer as JSON; return its claims. Core 5.3.2."""
    assert response.status == 200, (response.status, response.text)
    claims = response.json()
    assert claims.get("sub"), claims
    assert all(claims["sub"] == subject for subject in subjects), "another sub than the ID token's"
    standard_claims(claims)
    sources = set(claims.get("_claim_sources", {}))
    assert set(claims.get("_claim_names", {}).values()) <= sources, claims
    return claims


def missing(scope: str, claims: dict[str, Any]) -> set[str]:
    """Return the claims that `scope` opens and that are not there. Core 5.4."""
    wanted = set().union(*(SCOPE_CLAIMS[word] for word in scope.split()))
    return wanted - set(claims)


def token_response(response: Response) -> dict[str, Any]:
    """Check a successful token response. RFC 6749 5.1."""
    assert response.status == 200, (response.status, response.text)
    assert "no-store" in response.headers.get("Cache-Control", ""), "a token that may be cached"
    found = response.json()
    assert "error" not in found, found
    assert found.get("access_token"), found
    assert _BEARER.fullmatch(found["access_token"]), "characters that no header can carry"
    assert found.get("token_type", "").lower() == "bearer", found
    expires = found.get("expires_in", 1)
    assert isinstance(expires, int), expires
    assert expires > 0, expires
    if "refresh_token" in found:
        assert _VSCHAR.fullmatch(found["refresh_token"]), "RFC 6749 A.17"
    return found


def token_error(response: Response, *errors: str, statuses: tuple[int, ...] = (400,)) -> None:
    """Check an error of the token or registration endpoint. RFC 6749 5.2."""
    assert response.status in statuses, (response.status, response.text)
    assert response.media_type == JSON, response.media_type
    found = response.json()
    assert found.get("error") in errors, found
    _describes_itself(found)


def authorization_error(parameters: dict[str, str], *errors: str, state: str | None) -> None:
    """Check an error that came back to the client. RFC 6749 4.1.2.1; Core 3.1.2.6."""
    assert parameters.get("error") in errors, parameters
    assert parameters.get("state") == state, "the state is not the request's"
    assert not set(parameters) - ERROR_MEMBERS, parameters
    _describes_itself(parameters)


def random_enough(text: str, *, bits: int) -> None:
    """Check the length and the Shannon entropy of a secret. RFC 6749 10.10."""
    assert len(text) * 8 >= bits, f"{len(text)} characters"
    counts = Counter(text)
    each = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    # Entropy of one short sample falls short of that of its source: a quarter is allowed for.
    assert each * len(text) > bits * 3 / 4, f"{each * len(text):.0f} bits"


def _describes_itself(found: dict[str, Any]) -> None:
    assert _DESCRIPTION.fullmatch(found.get("error_description", "")), found["error_description"]
    assert " " not in found.get("error_uri", ""), found["error_uri"]
