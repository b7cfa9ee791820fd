"""When the person is asked again, and when not. OpenID Connect Core 3.1.2.1, 3.1.2.3."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator

from tests.conformance.oidf import checks
from tests.conformance.oidf.module import Result, module
from tests.conformance.oidf.run import Run, SignIn


@module("oidcc-prompt-login", expected=Result.REVIEW, signed_in=False)
def oidcc_prompt_login(run: Run) -> Generator[float, None, None]:
    """prompt=login: the person signs in a second time."""
    first = run.sign_in()
    yield 1
    second = run.sign_in(first.answer.client, prompt="login")
    assert second.answer.visit.signed_in_anew, "nobody was asked"
    run.review("a second sign-in page")
    times = [done.id_token.claims.get("auth_time") for done in (first, second)]
    assert None in times or times[0] != times[1], "auth_time did not move"


@module("oidcc-max-age-1", expected=Result.REVIEW, signed_in=False)
def oidcc_max_age_1(run: Run) -> Generator[float, None, None]:
    """max_age=1 after two seconds: the person signs in a second time, and auth_time says so."""
    first = run.sign_in()
    yield 2
    second = run.sign_in(first.answer.client, max_age="1")
    assert second.answer.visit.signed_in_anew, "nobody was asked"
    run.review("a second sign-in page")
    for token in filter(None, (second.front, second.back)):
        assert "auth_time" in token.claims, "max_age requires auth_time"
        assert token.claims["auth_time"] > first.id_token.claims.get("auth_time", 0)
        assert token.claims["auth_time"] > time.time() - checks.SKEW - 1


@module("oidcc-max-age-10000")
def oidcc_max_age_10000(run: Run) -> None:
    """max_age=10000 soon after: nobody is asked, and auth_time is the same."""
    first = run.sign_in(max_age="15000")
    assert "auth_time" in first.id_token.claims, "max_age requires auth_time"
    second = run.sign_in(first.answer.client, max_age="10000")
    assert "auth_time" in second.id_token.claims, "max_age requires auth_time"
    same_authentication(first, second)


@module("oidcc-prompt-none-not-logged-in", signed_in=False)
def oidcc_prompt_none_not_logged_in(run: Run) -> None:
    """prompt=none and nobody signed in: an error, no page, and a long state unharmed."""
    state = secrets.token_urlsafe(96)
    answer = run.ask(run.register(), prompt="none", state=state)
    assert answer.parameters is not None, answer.page.name
    checks.authorization_error(answer.parameters, *checks.NEEDS_A_PERSON, state=state)
    assert not {"code", "id_token", "access_token"} & set(answer.parameters)


@module("oidcc-prompt-none-logged-in")
def oidcc_prompt_none_logged_in(run: Run) -> None:
    """prompt=none and somebody signed in: no page, the same authentication."""
    first = run.sign_in()
    second = run.sign_in(first.answer.client, prompt="none")
    same_authentication(first, second)


@module("oidcc-id-token-hint")
def oidcc_id_token_hint(run: Run) -> None:
    """prompt=none with the ID token of the first sign-in as a hint."""
    first = run.sign_in()
    hint = first.id_token.text
    second = run.sign_in(first.answer.client, prompt="none", id_token_hint=hint)
    same_authentication(first, second)


def same_authentication(first: SignIn, second: SignIn) -> None:
    """Check that nobody was asked in between. Core 2."""
    pages = [name for name in second.answer.visit.names if name != "form-post"]
    assert pages == [], f"pages were shown: {pages}"
    times = [done.id_token.claims.get("auth_time") for done in (first, second)]
    assert None in times or times[0] == times[1], times
    assert first.id_token.claims["sub"] == second.id_token.claims["sub"]
