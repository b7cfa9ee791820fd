"""OIDC.md, checklist B: codes and tokens, where no other test holds the line.

The other lines are held by tests of the same names beside what they are about: B2, B4 to B7 and
B13 in `endpoints/test_token.py`, B3 in `test_races.py`, B14 in `endpoints/test_userinfo.py`,
B16 in `endpoints/test_introspection.py`, B17 in `endpoints/test_revocation.py`, B18 in
`test_access_token.py`.
"""

from __future__ import annotations

import base64

import pytest
from django.apps import apps
from django.test import Client as HttpClient
from django.utils import timezone

from idp.authentication import session
from idp.models import RefreshToken, Session
from tests.factories import CLIENT_SECRET, a_client, a_public_client, sha256
from tests.idp.relying_party import FORM, RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOOPBACK = "http://127.0.0.1:1/callback"


def an_app(**fields):
    """Return a relying party without a secret."""
    return RelyingParty(a_public_client(**fields), redirect_uri=LOOPBACK)


@pytest.mark.parametrize(("scope", "status"), [("openid", 400), ("openid offline_access", 200)])
def test_b01_a_code_is_bound_to_its_session_unless_access_is_offline(rp, browser, scope, status):
    code = rp.code(browser, scope=scope)
    session.end(browser.session_row)
    assert rp.redeem(code).status_code == status


def test_b01_a_code_that_was_made_while_the_person_logged_out_is_refused(rp, browser):
    """The logout has not seen its grant."""
    code = rp.code(browser, scope="openid")
    Session.objects.update(ended_at=timezone.now())
    assert rp.redeem(code).json()["error"] == "invalid_grant"


def test_b01_a_code_is_bound_to_the_person_s_own_request(rp):
    first, second = signed_in_browser(), signed_in_browser()
    codes = [rp.code(browser) for browser in (first, second)]
    subjects = [rp.id_token(rp.redeem(code).json())[1]["sub"] for code in codes]
    assert subjects == [one.session_row.user.subject for one in (first, second)]


def test_b08_a_public_client_s_refresh_tokens_rotate_and_are_its_own(browser):
    app, other = an_app(), an_app()
    first = app.tokens(browser)
    second = app.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert other.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_b08_a_public_client_s_reused_token_ends_the_family(browser):
    app = an_app()
    first = app.tokens(browser)
    second = app.refresh(first["refresh_token"]).json()
    app.refresh(second["refresh_token"])
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.userinfo(second["access_token"]).status_code == 401


def everything_stored():
    """Return every row of the provider's tables as text."""
    tables = apps.get_app_config("idp").get_models()
    rows = [row for table in tables for row in table._default_manager.values()]
    return " ".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for row in rows
        for value in row.values()
    )


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_b10_a_dump_of_the_database_opens_nothing(browser, form):
    rp = RelyingParty(a_client(access_token_format=form))
    code = rp.code(browser)
    first = rp.redeem(code).json()
    second = rp.refresh(first["refresh_token"]).json()
    stored = everything_stored()
    assert RefreshToken.objects.exclude(sealed_answer=None).exists()
    cookie = browser.cookies["countersign_session"].value
    secrets = [code, cookie, CLIENT_SECRET, first["id_token"]]
    secrets += [body[f"{kind}_token"] for body in (first, second) for kind in ("access", "refresh")]
    assert [secret for secret in secrets if secret in stored] == []
    assert sha256(code) in stored


def test_b11_what_opens_a_door_has_256_random_bits(rp, browser):
    codes = [rp.code(browser) for _ in range(3)]
    bodies = [rp.redeem(code).json() for code in codes]
    values = [*codes, *(b["access_token"] for b in bodies), *(b["refresh_token"] for b in bodies)]
    assert len(set(values)) == 9
    assert {len(base64.urlsafe_b64decode(value + "=")) for value in values} == {32}


def test_b12_nothing_of_it_is_kept_by_a_cache(rp, browser):
    code = rp.code(browser)
    token = rp.redeem(code)
    access = token.json()["access_token"]
    answers = [
        token,
        rp.redeem(code),
        rp.refresh("unknown"),
        rp.post("/introspect", {"token": access}),
        rp.post("/introspect", {}),
        rp.post("/revoke", {"token": access}),
        rp.post("/revoke", {}),
        rp.userinfo(access),
        rp.userinfo("unknown"),
        HttpClient().get("/userinfo"),
        HttpClient().post("/token", "{}", content_type="application/json"),
    ]
    assert {response["Cache-Control"] for response in answers} == {"no-store"}
    assert {response.status_code // 100 for response in answers} == {2, 4}


@pytest.mark.parametrize("path", ["/introspect", "/revoke", "/token"])
def test_b14_a_token_in_the_query_is_not_read(rp, browser, path):
    token = rp.tokens(browser)["access_token"]
    response = HttpClient().post(f"{path}?token={token}", "a=b", content_type=FORM)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert token not in response.content.decode()


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_b15_one_kind_of_token_is_never_taken_for_another(browser, form):
    rp = RelyingParty(a_client(access_token_format=form))
    tokens = rp.tokens(browser)
    access, identity, renewal = (tokens[f"{kind}_token"] for kind in ("access", "id", "refresh"))
    for value in (identity, renewal):
        assert rp.userinfo(value).status_code == 401
    for value in (access, identity):
        assert rp.refresh(value).json()["error"] == "invalid_grant"
        assert rp.redeem(value).json()["error"] == "invalid_grant"
    for value in (access, renewal):
        hinted = rp.authorize(browser, prompt="none", id_token_hint=value)
        assert answer(hinted)["error"] == "invalid_request"
    assert rp.introspect(identity) == {"active": False}
