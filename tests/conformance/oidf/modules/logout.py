"""Logout that a client starts. OpenID Connect RP-Initiated Logout 1.0."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.conformance.oidf import checks
from tests.conformance.oidf.browser import Visit
from tests.conformance.oidf.client import Client, rsa_key, signed, unsigned
from tests.conformance.oidf.module import Result, module
from tests.conformance.oidf.run import Run, SignIn
from tests.conformance.oidf.site import Received

REVIEW = Result.REVIEW


@dataclass(slots=True)
class Leaving:
    """A sign-in that ends. `landed`: the request to the client's landing page, if it came."""

    done: SignIn
    request: dict[str, str]
    visit: Visit
    landed: Received | None


def landing(run: Run) -> str:
    """Return the client's post-logout redirect URI."""
    return run.url("post_logout_redirect")


def joining(run: Run, **metadata: Any) -> Client:
    """Register a client that has a landing page."""
    return run.register(post_logout_redirect_uris=[landing(run)], **metadata)


def leave(
    run: Run, done: SignIn | None = None, *, until: tuple[str, ...] = (), **changes: str | None
) -> Leaving:
    """Sign in, unless somebody has, and send the browser to the logout endpoint."""
    done = done or run.sign_in(joining(run), state=secrets.token_urlsafe(96))
    usual = {
        "id_token_hint": done.id_token.text,
        "post_logout_redirect_uri": landing(run),
        "state": secrets.token_urlsafe(96),
    }
    asked: dict[str, str | None] = {**usual, **changes}
    sent = {name: value for name, value in asked.items() if value is not None}
    endpoint = run.provider.endpoint("end_session_endpoint")
    visit = run.browser.visit(f"{endpoint}?{urlencode(sent)}" if sent else endpoint, until=until)
    landed = run.site.take(urlsplit(landing(run)).path)
    return Leaving(done, sent, visit, landed)


def landed_with(left: Leaving, *, state: str | None) -> None:
    """Check the landing: the state, and nothing else. RP-Initiated Logout 3."""
    assert left.landed, f"the browser stands at {left.visit.page.url}"
    assert left.landed.query == ({} if state is None else {"state": state}), left.landed.query


def signed_out(run: Run, done: SignIn) -> None:
    """Check that nobody is signed in any more."""
    state = secrets.token_urlsafe(96)
    answer = run.ask(done.answer.client, prompt="none", state=state)
    assert answer.parameters is not None, answer.page.name
    checks.authorization_error(answer.parameters, *checks.NEEDS_A_PERSON, state=state)


def refused_or_asked(run: Run, left: Leaving, text: str) -> None:
    """Check that the client is not called: an error, or a question to the person."""
    assert left.landed is None, "the browser was sent to the client"
    page = left.visit.page
    assert page.url.startswith(run.provider.issuer), page.url
    assert page.is_error or page.name == "logout", page.name
    run.review(text)


def told_to_be_signed_out(run: Run, left: Leaving) -> None:
    """Check the page at the end where no client waits, and that it tells the truth."""
    assert left.landed is None, "the browser was sent to the client"
    assert left.visit.page.name == "signed-out", left.visit.page.name
    run.review("the page says that the person is signed out")
    signed_out(run, left.done)


@module("oidcc-rp-initiated-logout", signed_in=False)
def oidcc_rp_initiated_logout(run: Run) -> None:
    """Everything right: the person lands at the client, and is signed out."""
    left = leave(run)
    landed_with(left, state=left.request["state"])
    signed_out(run, left.done)


@module("oidcc-rp-initiated-logout-no-state", signed_in=False)
def oidcc_rp_initiated_logout_no_state(run: Run) -> None:
    """Without a state there is none at the landing."""
    left = leave(run, state=None)
    landed_with(left, state=None)
    signed_out(run, left.done)


@module("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(run: Run) -> None:
    """A landing page that nobody registered."""
    left = leave(run, until=("logout",), post_logout_redirect_uri=run.url("unregistered"))
    refused_or_asked(run, left, "the page says that the address is not registered")


@module(
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    expected=REVIEW,
    signed_in=False,
)
def oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(run: Run) -> None:
    """The registered landing page with a query added."""
    left = leave(run, until=("logout",), post_logout_redirect_uri=f"{landing(run)}?foo=bar")
    refused_or_asked(run, left, "the page says that the address is not registered")


@module("oidcc-rp-initiated-logout-modified-id-token-hint", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_modified_id_token_hint(run: Run) -> None:
    """The person's own ID token, without its signature."""
    done = run.sign_in(joining(run))
    hint = unsigned(done.id_token.claims)
    left = leave(run, done, until=("logout",), id_token_hint=hint)
    refused_or_asked(run, left, "the page says that the hint is not valid")


@module("oidcc-rp-initiated-logout-bad-id-token-hint", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_bad_id_token_hint(run: Run) -> None:
    """An ID token that the client made up and signed."""
    done = run.sign_in(joining(run))
    now = int(done.id_token.claims["iat"])
    claims = {
        "iss": done.answer.client.id,
        "sub": "SubjectID",
        "aud": run.provider.issuer,
        "nonce": "flibble",
        "iat": now,
        "exp": now + 300,
    }
    hint = signed(claims, rsa_key())
    left = leave(run, done, until=("logout",), id_token_hint=hint)
    refused_or_asked(run, left, "the page says that the hint is not valid")


@module("oidcc-rp-initiated-logout-no-id-token-hint", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_no_id_token_hint(run: Run) -> None:
    """A landing page, but nothing that says whose."""
    left = leave(run, until=("logout",), id_token_hint=None)
    refused_or_asked(run, left, "the page asks, or says that the hint is missing")


@module("oidcc-rp-initiated-logout-no-params", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_no_params(run: Run) -> None:
    """Nothing at all: the person is signed out, and told so."""
    nothing = {"id_token_hint": None, "post_logout_redirect_uri": None, "state": None}
    told_to_be_signed_out(run, leave(run, **nothing))


@module("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_no_post_logout_redirect_uri(run: Run) -> None:
    """A hint and no landing page: the person is signed out, and told so."""
    told_to_be_signed_out(run, leave(run, post_logout_redirect_uri=None))


@module("oidcc-rp-initiated-logout-only-state", expected=REVIEW, signed_in=False)
def oidcc_rp_initiated_logout_only_state(run: Run) -> None:
    """A state alone: the person is signed out, and told so."""
    told_to_be_signed_out(run, leave(run, id_token_hint=None, post_logout_redirect_uri=None))
