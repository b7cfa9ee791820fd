"""OIDC.md K1, K2, B9: logouts, refreshes and new grants at the same time, on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from django.db import connections, transaction
from django.test import Client as HttpClient
from django.utils import timezone

from idp.authentication import session
from idp.models import Grant, LogoutNotice
from tests.factories import a_client, a_session
from tests.idp.oauth.test_races import PARALLEL, all_at_once
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = [
    pytest.mark.django_db(databases=["default", "biometric"], transaction=True),
    pytest.mark.postgres,
]


def copy_of(browser):
    """Return another tab of the browser: the same cookies, a connection of its own."""
    tab = HttpClient()
    tab.cookies = browser.cookies.copy()
    return tab


def test_k1_logging_out_twenty_times_at_once_tells_each_client_once():
    clients = [a_client(backchannel_logout_uri=f"https://rp{n}.example/back") for n in range(3)]
    browser = signed_in_browser()
    for client in clients:
        tokens = RelyingParty(client).tokens(browser)
    hint = {"id_token_hint": tokens["id_token"]}
    pages = all_at_once(lambda: copy_of(browser).get("/logout", hint))
    assert {page.status_code for page in pages} == {200}
    told = LogoutNotice.objects.values_list("client__client_id", flat=True)
    assert sorted(told) == sorted(client.client_id for client in clients)


def test_k2_a_refresh_during_the_logout_leaves_nothing_alive():
    rp, browser = RelyingParty(), signed_in_browser()
    started = [rp.tokens(browser, scope="openid") for _ in range(PARALLEL - 1)]
    work = [partial(rp.refresh, one["refresh_token"]) for one in started]
    work.append(partial(session.end, browser.session_row))

    def one_of_them():
        return work.pop()()

    answers = [found for found in all_at_once(one_of_them) if hasattr(found, "json")]
    assert {answer.status_code for answer in answers} <= {200, 400}
    given = [answer.json() for answer in answers if answer.status_code == 200]
    for tokens in (*started, *given):
        assert rp.introspect(tokens["access_token"]) == {"active": False}
        assert rp.refresh(tokens["refresh_token"]).status_code == 400


def test_k1_what_is_granted_just_before_the_end_is_told_and_revoked():
    client = a_client(backchannel_logout_uri="https://rp.example/back")
    row = a_session()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert row.hold()
            ending = pool.submit(in_its_own_connection, partial(session.end, row))
            assert wait([ending], timeout=0.5).not_done
            Grant.objects.create(
                client=client,
                user=row.user,
                session=row,
                subject=row.user.subject,
                scope="openid",
                created_at=timezone.now(),
            )
        assert len(ending.result()) == 1
    assert Grant.objects.get().revoked_at is not None
    assert not row.hold()


def in_its_own_connection(work):
    try:
        return work()
    finally:
        connections.close_all()
