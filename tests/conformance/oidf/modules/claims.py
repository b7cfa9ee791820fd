"""Claims by scope and by name, and the userinfo endpoint. OpenID Connect Core 5.1 to 5.5."""

from __future__ import annotations

import json

from tests.conformance.oidf import checks
from tests.conformance.oidf.module import module
from tests.conformance.oidf.run import Run, SignIn
from tests.conformance.oidf.wire import bearer


def claims_of(run: Run, done: SignIn) -> dict[str, object]:
    """Return the claims where they belong: userinfo, or the ID token when there is no token."""
    if run.variant.response_type == "id_token":
        return done.id_token.claims
    return run.open_userinfo(done)


def with_scope(run: Run, scope: str) -> None:
    """Sign in with `scope`; all that it opens must be there. Core 5.4."""
    words = set(scope.split())
    offered = words <= set(run.provider.metadata.get("scopes_supported", words))
    run.skip_unless(offered, f"scopes_supported lacks one of {scope}")
    all_came(run, run.sign_in(scope=scope))


def all_came(run: Run, done: SignIn) -> None:
    """Check that every claim came that the request's scope opens."""
    lacking = checks.missing(done.answer.request["scope"], claims_of(run, done))
    run.warn(f"{lacking} did not come", unless=not lacking)


@module("oidcc-scope-profile")
def oidcc_scope_profile(run: Run) -> None:
    """All claims of the profile."""
    with_scope(run, "openid profile")


@module("oidcc-scope-email")
def oidcc_scope_email(run: Run) -> None:
    """The email address, and whether it is verified."""
    with_scope(run, "openid email")


@module("oidcc-scope-address")
def oidcc_scope_address(run: Run) -> None:
    """The postal address."""
    with_scope(run, "openid address")


@module("oidcc-scope-phone")
def oidcc_scope_phone(run: Run) -> None:
    """The phone number, and whether it is verified."""
    with_scope(run, "openid phone")


@module("oidcc-scope-all")
def oidcc_scope_all(run: Run) -> None:
    """Everything at once."""
    with_scope(run, "openid profile email address phone")


@module("oidcc-alternate-happy-flow")
def oidcc_alternate_happy_flow(run: Run) -> None:
    """Neither the order of scopes means anything nor that of parameters. RFC 6749 3.3."""
    client = run.register()
    request = run.request(client, scope="email openid")
    reordered = dict(sorted(request.items(), reverse=True))
    all_came(run, run.complete(run.send(client, request, reordered)))


@module("oidcc-claims-essential")
def oidcc_claims_essential(run: Run) -> None:
    """A claim asked for by name comes, and comes where it was asked for. Core 5.5."""
    place = "id_token" if run.variant.response_type == "id_token" else "userinfo"
    asked = json.dumps({place: {"name": {"essential": True}}})
    done = run.sign_in(claims=asked)
    run.warn("name did not come", unless="name" in claims_of(run, done))
    if place == "userinfo":
        spilled = "name" in done.id_token.claims
        run.warn("name came in the ID token, where nobody asked for it", unless=not spilled)


@module("oidcc-userinfo-get")
def oidcc_userinfo_get(run: Run) -> None:
    """GET, with the token in the header."""
    run.open_userinfo(run.sign_in())


@module("oidcc-userinfo-post-header")
def oidcc_userinfo_post_header(run: Run) -> None:
    """POST, with the token in the header."""
    done = run.sign_in()
    endpoint = run.provider.endpoint("userinfo_endpoint")
    response = run.world.wire.post(endpoint, {}, bearer(done.access_token))
    checks.userinfo(response, subjects=done.subjects)


@module("oidcc-userinfo-post-body")
def oidcc_userinfo_post_body(run: Run) -> None:
    """POST, with the token in the form."""
    done = run.sign_in()
    endpoint = run.provider.endpoint("userinfo_endpoint")
    response = run.world.wire.post(endpoint, {"access_token": done.access_token})
    if response.status != 200:
        run.warn(f"the token in the form was answered {response.status}")
        return
    checks.userinfo(response, subjects=done.subjects)


@module("oidcc-userinfo-rs256")
def oidcc_userinfo_rs256(run: Run) -> None:
    """A signed userinfo response, for a client that registers for one. Core 5.3.2."""
    assert run.provider.supports("userinfo_signing_alg_values_supported", "RS256")
    client = run.register(userinfo_signed_response_alg="RS256")
    done = SignIn(run.ask(client))
    run.succeeded(done.answer)
    run.redeem(done)
    response = run.provider.userinfo(done.access_token)
    assert response.status == 200, (response.status, response.text)
    assert response.media_type == "application/jwt", response.media_type
    found = checks.read_signed(run.provider, response.text, algorithm="RS256").claims
    assert found["sub"] == done.id_token.claims["sub"]
    assert "nonce" not in found
    checks.standard_claims(found)
    whole = found.get("iss") == run.provider.issuer and found.get("aud") in (client.id, [client.id])
    run.warn("iss or aud are not right", unless=whole)
