"""Dynamic registration and what follows from it. OpenID Connect Dynamic Client Registration."""

from __future__ import annotations

from collections.abc import Generator

from tests.conformance.oidf import checks
from tests.conformance.oidf.client import public_jwks, rsa_key
from tests.conformance.oidf.module import Result, module
from tests.conformance.oidf.modules.discovery import published
from tests.conformance.oidf.modules.response import refused_on_a_page
from tests.conformance.oidf.run import Run, SignIn
from tests.conformance.oidf.wire import bearer


@module("oidcc-ensure-redirect-uri-in-authorization-request", expected=Result.REVIEW)
def oidcc_ensure_redirect_uri_in_authorization_request(run: Run) -> None:
    """Two are registered and the request names none: a page."""
    client = run.register(redirect_uris=[run.callback, run.url("second-callback")])
    refused_on_a_page(run, run.ask(client, redirect_uri=None))


@module("oidcc-redirect-uri-query-OK")
def oidcc_redirect_uri_query_ok(run: Run) -> None:
    """A redirect URI registered with a query keeps it."""
    done = run.sign_in(run.register(redirect_uris=[f"{run.callback}?foo=bar"]))
    if run.variant.response_type == "code":
        assert done.answer.parameters["foo"] == "bar"


@module("oidcc-redirect-uri-query-mismatch", expected=Result.REVIEW)
def oidcc_redirect_uri_query_mismatch(run: Run) -> None:
    """Another query than the registered one: a page."""
    client = run.register(redirect_uris=[f"{run.callback}?foo=bar"])
    refused_on_a_page(run, run.ask(client, redirect_uri=f"{run.callback}?bar=foo"))


@module("oidcc-redirect-uri-query-added", expected=Result.REVIEW)
def oidcc_redirect_uri_query_added(run: Run) -> None:
    """A query that was not registered: a page."""
    refused_on_a_page(run, run.ask(run.register(), redirect_uri=f"{run.callback}?foo=bar"))


@module("oidcc-redirect-uri-regfrag")
def oidcc_redirect_uri_regfrag(run: Run) -> None:
    """A redirect URI with a fragment cannot be registered."""
    response = run.provider.register(run.registration(redirect_uris=[f"{run.callback}#foobar"]))
    checks.token_error(response, "invalid_redirect_uri", "invalid_client_metadata")


@module("oidcc-registration-logo-uri", expected=Result.REVIEW, signed_in=False)
def oidcc_registration_logo_uri(run: Run) -> None:
    """The sign-in page shows the client's logo."""
    logo = run.url("logo.png")
    page = sign_in_page(run, logo_uri=logo)
    assert logo in page.images, page.images
    run.review("the sign-in page shows the logo")


@module("oidcc-registration-policy-uri", expected=Result.REVIEW, signed_in=False)
def oidcc_registration_policy_uri(run: Run) -> None:
    """The sign-in page links to the client's policy."""
    policy = run.url("policy")
    assert policy in sign_in_page(run, policy_uri=policy).links
    run.review("the sign-in page links to the policy")


@module("oidcc-registration-tos-uri", expected=Result.REVIEW, signed_in=False)
def oidcc_registration_tos_uri(run: Run) -> None:
    """The sign-in page links to the client's terms."""
    terms = run.url("terms")
    assert terms in sign_in_page(run, tos_uri=terms).links
    run.review("the sign-in page links to the terms of service")


def sign_in_page(run: Run, **metadata: str):
    """Return the page at which a person signs in to such a client."""
    client = run.register(**metadata)
    request = run.request(client)
    page = run.send(client, request, request, until=("login",)).page
    assert page.name == "login", (page.name, page.url)
    return page


@module("oidcc-registration-jwks-uri")
def oidcc_registration_jwks_uri(run: Run) -> None:
    """Keys at an address of the client's."""
    path = f"{run.home}/jwks"
    uri = run.site.publish(path, public_jwks(rsa_key(), kid=True))
    run.sign_in(run.register(kid=True, jwks=None, jwks_uri=uri))
    assert run.site.read[path], "the provider did not fetch the keys"


@module("oidcc-registration-sector-uri")
def oidcc_registration_sector_uri(run: Run) -> None:
    """A sector document that lists the redirect URI."""
    offers_pairwise(run)
    uri = run.site.publish(f"{run.home}/redirect_uris.json", [run.callback])
    run.register(subject_type="pairwise", sector_identifier_uri=uri)


@module("oidcc-registration-sector-bad")
def oidcc_registration_sector_bad(run: Run) -> None:
    """A sector document that lists another redirect URI."""
    offers_pairwise(run)
    listed = ["https://example.com/op"]
    uri = run.site.publish(f"{run.home}/redirect_uris.json", listed)
    request = run.registration(subject_type="pairwise", sector_identifier_uri=uri)
    checks.token_error(run.provider.register(request), "invalid_client_metadata")


def offers_pairwise(run: Run) -> None:
    """Skip the module where subjects are never pairwise."""
    offered = run.provider.supports("subject_types_supported", "pairwise")
    run.skip_unless(offered, "no pairwise subjects")


@module("oidcc-server-rotate-keys")
def oidcc_server_rotate_keys(run: Run) -> Generator[float, None, None]:
    """After a rotation there is a new key, and an old one stays.

    Every process of the provider looks for new keys twice a minute; the suite waits for a person.
    """
    before = {key["kid"]: key for key in published(run)}
    run.world.rotate_keys()
    yield 31
    after = {key["kid"]: key for key in published(run)}
    new = after.keys() - before.keys()
    assert new, "no new key"
    material = {key.get("n") or key["x"] for key in before.values()}
    for kid in new:
        key = after[kid]
        assert key["kty"] in {"RSA", "EC"}, "the suite compares no other kinds of keys"
        assert (key.get("n") or key["x"]) not in material, f"{kid} is an old key"
    run.warn("no old key stayed", unless=after.keys() & before.keys())


@module("oidcc-ensure-client-assertion-with-iss-aud-succeeds")
def oidcc_ensure_client_assertion_with_iss_aud_succeeds(run: Run) -> None:
    """A client assertion whose audience is the issuer."""
    client = run.register()
    client.audience = run.provider.issuer
    done = SignIn(run.ask(client))
    run.succeeded(done.answer)
    run.redeem(done)


@module("oidcc-3rd_party-init-login")
def oidcc_3rd_party_init_login(run: Run) -> None:
    """The address at which a third party starts a sign-in is kept, and shown to the client."""
    uri = run.url("initiate")
    client = run.register(initiate_login_uri=uri)
    assert client.metadata.get("initiate_login_uri") == uri
    token = bearer(client.metadata["registration_access_token"])
    response = run.world.wire.get(client.metadata["registration_client_uri"], token)
    assert response.status == 200, response.status
    found = response.json()
    assert found.get("initiate_login_uri") == uri, found
    client.metadata["registration_access_token"] = found.get(
        "registration_access_token", client.metadata["registration_access_token"]
    )


@module("oidcc-3rd_party-init-login-nohttps")
def oidcc_3rd_party_init_login_nohttps(run: Run) -> None:
    """That address must be https."""
    uri = run.url("initiate").replace("https:", "http:", 1)
    response = run.provider.register(run.registration(initiate_login_uri=uri))
    checks.token_error(response, "invalid_client_metadata")
