"""OIDC.md B15, G2, K1: what ends the bank's own session.

Back-Channel Logout 1.0 2.6-2.8, Front-Channel Logout 1.0 2.
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from rp_demo.deployment import get_deployment
from rp_demo.ended import MEMORY, Ended
from rp_demo.logout_token import EVENT, Logout
from tests.rp_demo.fake_provider import CLIENT_ID, ISSUER, SUBJECT, callback

NOW = datetime.now(UTC)


def logout_token(provider, *, header=None, key=None, **changes):
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "events": {EVENT: {}},
        "sub": SUBJECT,
        "sid": "session-1",
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"alg": "ES256", "kid": "one", "typ": "logout+jwt"} | (header or {})
    return jwt.encode(header, claims, key or provider.key)


def tell(client, token):
    return client.post("/logout/back-channel", {"logout_token": token})


def is_signed_in(browser):
    return browser.get("/account").status_code == 200


def test_the_provider_s_word_signs_the_browser_out(signed_in, client, provider):
    answer = tell(client, logout_token(provider))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Cache-Control"] == "no-store"
    assert not is_signed_in(signed_in)
    assert signed_in.cookies["northwind_session"].value == ""


def test_who_signs_in_again_afterwards_stays(signed_in, client, provider):
    tell(client, logout_token(provider))
    provider.change = {"sid": "session-2"}
    response = signed_in.get("/login")
    signed_in.get(callback(provider.authorize(response["Location"])))
    assert is_signed_in(signed_in)


def test_another_session_goes_on(signed_in, client, provider):
    assert tell(client, logout_token(provider, sid="session-9")).status_code == 200
    assert is_signed_in(signed_in)


def test_without_a_session_every_session_of_the_person_ends(signed_in, client, provider):
    assert tell(client, logout_token(provider, sid=None)).status_code == 200
    assert not is_signed_in(signed_in)


def test_a_session_alone_is_enough(signed_in, client, provider):
    assert tell(client, logout_token(provider, sub=None)).status_code == 200
    assert not is_signed_in(signed_in)


def test_what_has_ended_already_is_no_error(client, provider):
    for _ in range(2):
        assert tell(client, logout_token(provider)).status_code == 200


NOW_SECONDS = int(time.time())


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://other.test"},
        {"iss": None},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": None},
        {"iat": None},
        {"iat": NOW_SECONDS + 3600},
        {"iat": "now"},
        {"exp": NOW_SECONDS - 60},
        {"exp": None},
        {"exp": True},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: None}},
        {"events": [EVENT]},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"nonce": "n"},
        {"jti": None},
        {"sub": None, "sid": None},
        {"sub": ""},
        {"sid": 7},
        {"sid": "s" * 256},
    ],
)
def test_k1_each_falsified_claim_is_refused(signed_in, client, provider, changes):
    answer = tell(client, logout_token(provider, **changes))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert is_signed_in(signed_in)


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "secevent+jwt", ""])
def test_k1_another_kind_of_token_is_refused(signed_in, client, provider, typ):
    assert tell(client, logout_token(provider, header={"typ": typ})).status_code == 400
    assert is_signed_in(signed_in)


def test_k1_another_signature_is_refused(signed_in, client, provider):
    stranger = ECKey.generate_key("P-256", {"kid": "one"})
    secret = OctKey.import_key("a-secret-that-both-sides-know-well")
    for token in (
        logout_token(provider, key=stranger),
        logout_token(provider, header={"alg": "HS256"}, key=secret),
        "a.b.c",
        "",
    ):
        assert tell(client, token).status_code == 400
    assert is_signed_in(signed_in)


def test_k1_a_token_works_once(signed_in, client, provider):
    token = logout_token(provider)
    assert tell(client, token).status_code == 200
    assert tell(client, token).status_code == 400


def test_b15_an_id_token_ends_nothing(signed_in, client, provider):
    token = signed_in.session["person"]["id_token"]
    assert tell(client, token).status_code == 400
    assert is_signed_in(signed_in)


def test_b15_a_logout_token_signs_nobody_in(browser, provider):
    provider.header = {"alg": "ES256", "kid": "one", "typ": "logout+jwt"}
    provider.change = {"events": {EVENT: {}}}
    response = browser.get("/login")
    answer = browser.get(callback(provider.authorize(response["Location"])))
    assert answer.status_code == 400
    assert not is_signed_in(browser)


def test_while_the_provider_is_down_nobody_is_believed(signed_in, client, provider):
    get_deployment.cache_clear()  # as after a restart: no key is remembered
    provider.down = True
    answer = tell(client, logout_token(provider))
    assert (answer.status_code, answer.json()) == (400, {"error": "temporarily_unavailable"})
    assert is_signed_in(signed_in)


def test_only_a_post_tells(client, provider):
    token = logout_token(provider)
    assert client.get("/logout/back-channel", {"logout_token": token}).status_code == 405


def test_the_frame_signs_out_the_browser_of_that_session(signed_in):
    answer = signed_in.get("/logout/front-channel", {"iss": ISSUER, "sid": "session-1"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not is_signed_in(signed_in)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sid": "session-1"},
        {"iss": ISSUER},
        {"iss": "http://other.test", "sid": "session-1"},
        {"iss": ISSUER, "sid": "session-2"},
    ],
)
def test_whoever_frames_it_without_knowing_the_session_ends_nothing(signed_in, query):
    assert signed_in.get("/logout/front-channel", query).status_code == 200
    assert is_signed_in(signed_in)


def test_g2_the_provider_alone_may_frame_that_page_and_nobody_any_other(signed_in):
    framed = signed_in.get("/logout/front-channel")
    assert "X-Frame-Options" not in framed.headers
    assert framed["Content-Security-Policy"].endswith(f"frame-ancestors {ISSUER}")
    page = signed_in.get("/account")
    assert page["X-Frame-Options"] == "DENY"
    assert page["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def said(number, sid="", subject=""):
    return Logout(f"token-{number}", subject, sid, NOW.timestamp())


def test_the_memory_has_an_end_in_size_and_in_time():
    memory = Ended(most=2)
    for number in range(3):
        assert memory.take(said(number, sid=f"s{number}"), now=NOW)
    assert [memory.covers({"sid": f"s{n}"}) for n in range(3)] == [False, True, True]
    memory.take(said(9, sid="s9"), now=NOW + MEMORY + timedelta(seconds=1))
    assert [memory.covers({"sid": name}) for name in ("s1", "s2", "s9")] == [False, False, True]


def test_a_person_s_logout_covers_what_began_before_it():
    memory, at = Ended(), NOW.timestamp()
    memory.take(said(1, subject="s-1"), now=NOW)
    assert memory.covers({"sub": "s-1", "sid": "any", "iat": at - 60})
    assert not memory.covers({"sub": "s-1", "sid": "any", "iat": at + 60})
    assert not memory.covers({"sub": "s-2", "sid": "any", "iat": at - 60})
