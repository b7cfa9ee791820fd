"""Responses and tokens of a plain sign-in. OpenID Connect Core 2, 3.1.2, 3.2.2, 3.3.2."""

from __future__ import annotations

from tests.conformance.oidf import checks
from tests.conformance.oidf.module import Result, module
from tests.conformance.oidf.run import Run


@module("oidcc-server", signed_in=False)
def oidcc_server(run: Run) -> None:
    """A whole sign-in: hashes, entropy of the code, no claim that nobody asked for."""
    done = run.sign_in()
    parameters = done.answer.parameters
    assert done.answer.visit.signed_in_anew, "a new browser was not asked to sign in"
    if done.front:
        code, token = parameters.get("code"), parameters.get("access_token")
        checks.bound(done.front, "at_hash", token, required=run.variant.has("token"))
        checks.bound(done.front, "c_hash", code, required=run.variant.has("code"))
    if done.back:
        checks.bound(done.back, "at_hash", done.tokens["access_token"], required=False)
        checks.bound(done.back, "c_hash", parameters["code"], required=False)
        checks.random_enough(parameters["code"], bits=128)
        run.warn("expires_in is missing", unless="expires_in" in done.tokens)
    for token in filter(None, (done.front, done.back)):
        unasked = set(token.claims) - checks.ID_TOKEN_CLAIMS
        run.warn(f"the ID token holds {unasked}, which nobody asked for", unless=not unasked)


@module("oidcc-server-client-secret-post")
def oidcc_server_client_secret_post(run: Run) -> None:
    """A sign-in of a client that sends its secret in the form."""
    assert run.provider.supports("token_endpoint_auth_methods_supported", "client_secret_post")
    run.sign_in()


@module("oidcc-response-type-missing")
def oidcc_response_type_missing(run: Run) -> None:
    """Without a response_type: an error to the client, or a page."""
    answer = run.ask(run.register(), response_type=None)
    if answer.parameters is None:
        assert answer.page.is_error, answer.page.url
        run.review("the page says that the response type is missing")
        return
    errors = ("invalid_request", "unsupported_response_type")
    checks.authorization_error(answer.parameters, *errors, state=answer.request["state"])
    assert "code" not in answer.parameters


@module("oidcc-idtoken-signature")
def oidcc_idtoken_signature(run: Run) -> None:
    """A client that names no algorithm gets RS256, and a kid."""
    client = run.register(id_token_signed_response_alg=None)
    done = run.sign_in(client)
    for token in filter(None, (done.front, done.back)):
        assert token.header["alg"] == "RS256", token.header
        assert token.header.get("kid"), token.header


@module("oidcc-idtoken-rs256")
def oidcc_idtoken_rs256(run: Run) -> None:
    """A client that asks for RS256 gets it, and a kid."""
    client = run.register(id_token_signed_response_alg="RS256")
    done = run.sign_in(client)
    assert done.id_token.header["alg"] == "RS256", done.id_token.header
    assert done.id_token.header.get("kid"), done.id_token.header


@module("oidcc-idtoken-unsigned", expected=Result.SKIPPED)
def oidcc_idtoken_unsigned(run: Run) -> None:
    """Unsigned ID tokens, for a client that registers for them."""
    offered = run.provider.supports("id_token_signing_alg_values_supported", "none")
    run.skip_unless(offered, "ID tokens are always signed")
    client = run.register(id_token_signed_response_alg="none")
    assert run.succeeded(run.ask(client))


@module("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
def oidcc_ensure_request_without_nonce_succeeds_for_code_flow(run: Run) -> None:
    """No nonce: fine where no ID token comes at the front."""
    run.succeeded(run.ask(run.register(), nonce=None))


@module("oidcc-ensure-request-without-nonce-fails")
def oidcc_ensure_request_without_nonce_fails(run: Run) -> None:
    """No nonce: refused where an ID token comes at the front. Core 3.2.2.1."""
    answer = run.ask(run.register(), nonce=None)
    if answer.parameters is None:
        assert answer.page.is_error, answer.page.url
        run.review("the page says that the request is invalid")
        return
    checks.authorization_error(answer.parameters, "invalid_request", state=answer.request["state"])


@module("oidcc-ensure-registered-redirect-uri", expected=Result.REVIEW)
def oidcc_ensure_registered_redirect_uri(run: Run) -> None:
    """A redirect URI that nobody registered: a page, and no way back."""
    answer = run.ask(run.register(), redirect_uri=f"{run.callback}/never-registered")
    refused_on_a_page(run, answer)


def refused_on_a_page(run: Run, answer) -> None:
    """Check that the browser stays at the authorization endpoint, before an error."""
    assert answer.parameters is None, "the browser was sent to the client"
    assert answer.page.is_error, (answer.page.name, answer.page.url)
    endpoint = run.provider.endpoint("authorization_endpoint")
    assert answer.page.url.startswith(endpoint), "an automaton looks for the error there"
    assert answer.visit.names == ["error"], answer.visit.names
    run.review("the page says that the redirect URI is wrong")
