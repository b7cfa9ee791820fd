"""Codes used twice, and refresh tokens. RFC 6749 4.1.2, 5.2, 6, 10.10; Core 12."""

from __future__ import annotations

from collections.abc import Generator

from tests.conformance.oidf import checks
from tests.conformance.oidf.checks import IdToken
from tests.conformance.oidf.client import Client, public_jwks, rsa_key
from tests.conformance.oidf.module import module
from tests.conformance.oidf.run import Run, SignIn


@module("oidcc-codereuse")
def oidcc_codereuse(run: Run) -> None:
    """A code used a second time at once: invalid_grant."""
    done = run.sign_in()
    answer = done.answer
    response = run.provider.token(answer.client, run.code_form(answer))
    if response.status == 200:
        run.warn("the code served twice")
        return
    checks.token_error(response, "invalid_grant")


@module("oidcc-codereuse-30seconds")
def oidcc_codereuse_30seconds(run: Run) -> Generator[float, None, None]:
    """A code used a second time half a minute later: invalid_grant, and its tokens die."""
    done = run.sign_in()
    yield 30
    answer = done.answer
    response = run.provider.token(answer.client, run.code_form(answer))
    checks.token_error(response, "invalid_grant")
    dead = run.provider.userinfo(done.tokens["access_token"]).status == 401
    run.warn("the access token of the code still works", unless=dead)


@module("oidcc-refresh-token")
def oidcc_refresh_token(run: Run) -> Generator[float, None, None]:
    """Refresh tokens work, and belong to their client."""
    one, other = with_refresh_token(run), with_refresh_token(run)
    yield 1
    refreshed(run, one, scope=one.answer.request["scope"])
    latest = refreshed(run, other)
    form = {"grant_type": "refresh_token", "refresh_token": latest}
    form["scope"] = one.answer.request["scope"]
    checks.token_error(run.provider.token(one.answer.client, form), "invalid_grant")


@module("oidcc-refresh-token-rp-key-rotation")
def oidcc_refresh_token_rp_key_rotation(run: Run) -> Generator[float, None, None]:
    """A refresh with an assertion by a key that appeared in the jwks_uri a minute ago."""
    path = f"{run.home}/jwks"
    uri = run.site.publish(path, public_jwks(rsa_key(0), kid=True))
    client = run.register(refresh=True, kid=True, jwks=None, jwks_uri=uri)
    done = with_refresh_token(run, client)
    client.key = rsa_key(1)
    run.site.publish(path, public_jwks(client.key, kid=True))
    yield 60
    refreshed(run, done, scope=done.answer.request["scope"])


def with_refresh_token(run: Run, client: Client | None = None) -> SignIn:
    """Sign in so that a refresh token comes. Core 11."""
    client = client or run.register(refresh=True)
    offline = run.provider.supports("scopes_supported", "offline_access")
    asked = {"scope": "openid offline_access", "prompt": "consent"} if offline else {}
    done = run.sign_in(client, **asked)
    run.skip_unless(done.tokens.get("refresh_token"), "no refresh token was issued")
    granted = run.provider.supports("grant_types_supported", "refresh_token")
    run.warn("refresh_token is not in grant_types_supported", unless=granted)
    return done


def refreshed(run: Run, done: SignIn, **more: str) -> str:
    """Refresh once; check what comes; return the refresh token that counts now."""
    old = done.tokens["refresh_token"]
    client = done.answer.client
    form = {"grant_type": "refresh_token", "refresh_token": old} | more
    found = checks.token_response(run.provider.token(client, form))
    checks.random_enough(found["access_token"], bits=128)
    run.warn("expires_in is missing", unless="expires_in" in found)
    if "refresh_token" in found:
        checks.random_enough(found["refresh_token"], bits=128)
    if "id_token" in found:
        same_authentication_as(run, client, done.id_token, found["id_token"])
    done.tokens = done.tokens | found
    done.access_token = found["access_token"]
    run.open_userinfo(done)
    return done.tokens["refresh_token"]


def same_authentication_as(run: Run, client: Client, first: IdToken, text: str) -> None:
    """Check an ID token from a refresh against the first one. Core 12.2."""
    algorithm = first.header["alg"]
    claims = checks.read_signed(run.provider, text, algorithm=algorithm).claims
    for name in ("iss", "sub", "aud"):
        assert claims[name] == first.claims[name], name
    assert claims["iat"] != first.claims["iat"], "iat is when this one was issued"
    assert claims.get("auth_time") in (None, first.claims.get("auth_time"))
    assert claims.get("azp") == first.claims.get("azp")
    assert client.id in claims["aud"]
