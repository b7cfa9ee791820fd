"""Parameters of the authorization request. OpenID Connect Core 3.1.2.1, 15.1; RFC 7636."""

from __future__ import annotations

import base64
import hashlib
import secrets

from tests.conformance.oidf.module import module
from tests.conformance.oidf.run import Run, SignIn


@module("oidcc-display-page", signed_in=False)
def oidcc_display_page(run: Run) -> None:
    """display=page."""
    run.sign_in(display="page")


@module("oidcc-display-popup", signed_in=False)
def oidcc_display_popup(run: Run) -> None:
    """display=popup."""
    run.sign_in(display="popup")


@module("oidcc-ensure-request-with-unknown-parameter-succeeds")
def oidcc_ensure_request_with_unknown_parameter_succeeds(run: Run) -> None:
    """A parameter that nobody knows is ignored. RFC 6749 3.1."""
    run.sign_in(extra="foobar")


@module("oidcc-login-hint", signed_in=False)
def oidcc_login_hint(run: Run) -> None:
    """A login hint that names nobody does no harm."""
    run.sign_in(login_hint="buffy@localhost")


@module("oidcc-ui-locales", signed_in=False)
def oidcc_ui_locales(run: Run) -> None:
    """A language that there may be or not."""
    run.sign_in(ui_locales="se")


@module("oidcc-claims-locales")
def oidcc_claims_locales(run: Run) -> None:
    """Claims in a language that there may be or not."""
    run.sign_in(claims_locales="se")


@module("oidcc-ensure-request-with-acr-values-succeeds")
def oidcc_ensure_request_with_acr_values_succeeds(run: Run) -> None:
    """Every value that discovery offers: one of them is earned."""
    asked = run.provider.metadata.get("acr_values_supported", ["1", "2"])
    done = run.sign_in(acr_values=" ".join(asked))
    for token in filter(None, (done.front, done.back)):
        earned = token.claims.get("acr")
        run.warn(f"acr {earned} is none of {asked}", unless=earned in asked)


@module("oidcc-ensure-post-request-succeeds", signed_in=False)
def oidcc_ensure_post_request_succeeds(run: Run) -> None:
    """An authorization request by POST."""
    client = run.register()
    run.complete(run.ask(client, post=True))


@module("oidcc-ensure-request-with-valid-pkce-succeeds")
def oidcc_ensure_request_with_valid_pkce_succeeds(run: Run) -> None:
    """A challenge with the request, its verifier with the code."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    answer = run.ask(run.register(), **pkce)
    run.succeeded(answer)
    done = SignIn(answer)
    run.redeem(done, code_verifier=verifier)
    run.open_userinfo(done)
