"""OIDC.md B3, B6, B9, C3, L4; RFC 6749 4.1.2: parallel uses of one thing, on PostgreSQL."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from idp import keys, tasks
from idp.authentication import session
from idp.models import (
    AccessToken,
    AuthorizationCode,
    Client,
    InitialAccessToken,
    RefreshToken,
    SigningKey,
)
from idp.policy import get_policy
from idp.protocol.algorithms import SIGNING
from tests.factories import REDIRECT_URI, a_client
from tests.idp import client_jwt
from tests.idp.registered import Registered, register
from tests.idp.relying_party import RelyingParty, form_post, signed_in_browser

pytestmark = [
    pytest.mark.django_db(databases=["default", "biometric"], transaction=True),
    pytest.mark.postgres,
]
PARALLEL = 20


def all_at_once(work):
    """Run `work` in real threads, each with its own connection, from one starting line."""
    line = Barrier(PARALLEL)

    def run(_):
        line.wait()
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(run, range(PARALLEL)))


def test_b03_of_twenty_redemptions_exactly_one_succeeds():
    rp, browser = RelyingParty(), signed_in_browser()
    code = rp.code(browser)
    answers = all_at_once(lambda: rp.redeem(code))
    assert sorted(a.status_code for a in answers) == [200] + [400] * (PARALLEL - 1)
    assert {a.json().get("error") for a in answers} == {None, "invalid_grant"}
    assert AccessToken.objects.count() == 1
    won = next(a.json() for a in answers if a.status_code == 200)
    assert rp.introspect(won["access_token"]) == {"active": False}  # the others revoked it


def test_c3_of_twenty_uses_of_one_assertion_exactly_one_succeeds():
    row = client_jwt.a_client_with_keys()
    form = client_jwt.assertion_form(client_jwt.assertion(row.client_id)) | {
        "grant_type": "refresh_token",
        "refresh_token": "unknown",
    }
    answers = all_at_once(lambda: form_post("/token", form).json()["error"])
    assert sorted(answers) == ["invalid_client"] * (PARALLEL - 1) + ["invalid_grant"]


@pytest.fixture
def _open_registration(settings):
    settings.IDP = settings.IDP | {"registration": "open"}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


def test_l4_an_initial_access_token_for_one_client_registers_one():
    token = InitialAccessToken(
        name="Test", uses_left=1, expires_at=timezone.now() + timedelta(days=1)
    )
    value = token.new_value()
    token.save()
    registered = all_at_once(lambda: register({}, token=value).status_code)
    assert sorted(registered) == [201] + [401] * (PARALLEL - 1)
    assert Client.objects.filter(registered_with=token).count() == 1


@pytest.mark.usefixtures("_open_registration")
def test_l4_of_twenty_changes_with_one_token_exactly_one_succeeds():
    client = Registered()
    document = {"client_id": client.id, "redirect_uris": [REDIRECT_URI]}
    answers = all_at_once(lambda: client.call("PUT", document))
    assert sorted(a.status_code for a in answers) == [200] + [401] * (PARALLEL - 1)
    won = next(a.json() for a in answers if a.status_code == 200)
    assert client.call("GET", token=won["registration_access_token"]).status_code == 200


def test_b06_twenty_refreshes_leave_one_lineage():
    rp, browser = RelyingParty(), signed_in_browser()
    first = rp.tokens(browser)
    answers = [a.json() for a in all_at_once(lambda: rp.refresh(first["refresh_token"]))]
    assert len({a["refresh_token"] for a in answers}) == 1
    assert len({a["access_token"] for a in answers}) == 1
    assert RefreshToken.objects.filter(used_at=None).count() == 1
    assert rp.introspect(answers[0]["access_token"])["active"]


def await_a_lock():
    """Return when another connection waits for a row that this one holds."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("nobody waits")


def while_under_way(work, row, meanwhile):
    """Run `work` up to where it needs `row`, then `meanwhile`, then the rest; return its result."""

    def alone(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            row._meta.model.objects.select_for_update().get(pk=row.pk)
            under_way = pool.submit(alone, work)
            await_a_lock()
            pool.submit(alone, meanwhile).result()
        return under_way.result()


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_b09_a_refresh_that_began_before_a_logout_leaves_no_usable_token(form):
    rp, browser = RelyingParty(a_client(access_token_format=form)), signed_in_browser()
    first = rp.tokens(browser, scope="openid")
    answer = while_under_way(
        lambda: rp.refresh(first["refresh_token"]),
        RefreshToken.objects.get(),
        lambda: session.end(browser.session_row),
    )
    assert_of_no_use(rp, answer, form)


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_b09_a_redemption_that_began_before_a_logout_leaves_no_usable_token(form):
    rp, browser = RelyingParty(a_client(access_token_format=form)), signed_in_browser()
    code = rp.code(browser, scope="openid")
    answer = while_under_way(
        lambda: rp.redeem(code),
        AuthorizationCode.objects.get(),
        lambda: session.end(browser.session_row),
    )
    assert_of_no_use(rp, answer, form)


def assert_of_no_use(rp, answer, form):
    """A JWT is not given at all, since nobody may ask about it; an opaque one opens nothing."""
    body = answer.json()
    if form == "jwt":
        assert (answer.status_code, body["error"]) == (400, "invalid_grant")
        assert "access_token" not in body
        return
    assert rp.introspect(body["access_token"]) == {"active": False}
    assert rp.userinfo(body["access_token"]).status_code == 401
    assert rp.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_b09_offline_access_survives_a_logout_in_its_midst():
    rp, browser = RelyingParty(a_client(access_token_format="jwt")), signed_in_browser()
    first = rp.tokens(browser)
    answer = while_under_way(
        lambda: rp.refresh(first["refresh_token"]),
        RefreshToken.objects.get(),
        lambda: session.end(browser.session_row),
    )
    assert rp.introspect(answer.json()["access_token"])["active"] is True


def test_twenty_first_requests_make_one_key():
    def first():
        keys.forget()
        return keys.signing_key("ES256").kid

    assert len(set(all_at_once(first))) == 1
    assert SigningKey.objects.count() == 1


def test_twenty_beats_make_one_next_key():
    tasks.rotate_signing_keys()
    aged = timezone.now() - get_policy().signing_key_lifetime
    SigningKey.objects.update(activates_at=aged)
    all_at_once(tasks.rotate_signing_keys)
    assert SigningKey.objects.count() == 2 * len(SIGNING)
    signs_next = SigningKey.objects.filter(retires_at=None)
    assert {(key.algorithm, key.number) for key in signs_next} == {(name, 2) for name in SIGNING}
