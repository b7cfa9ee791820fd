"""`sid`, one for each client of a session. Back-Channel Logout 1.0 2.1; Front-Channel Logout 1.0 3;
OpenID Connect Core 8.1, 17.3: what clients of two sectors could compare must not be the same.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.authentication import session
from idp.models import Grant, LogoutNotice, Session
from idp.oauth import clients, unverified
from idp.oauth.id_token import id_token
from tests.factories import a_client
from tests.idp.relying_party import RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def of_sector(host):
    return RelyingParty(
        a_client(
            subject_type="pairwise",
            sector_identifier=host,
            access_token_format="jwt",
            backchannel_logout_uri=f"https://{host}/back",
            frontchannel_logout_uri=f"https://{host}/front",
        )
    )


@pytest.fixture
def bank():
    return of_sector("bank.example")


@pytest.fixture
def shop():
    return of_sector("shop.example")


def sid(rp, tokens):
    return rp.id_token(tokens)[1]["sid"]


def test_two_clients_with_pairwise_subjects_have_nothing_to_compare(bank, shop, browser):
    told = []
    for rp in (bank, shop):
        tokens = rp.tokens(browser)
        _, at_resource = unverified.parts(tokens["access_token"])
        about = rp.introspect(tokens["access_token"])
        assert sid(rp, tokens) == at_resource["sid"] == about["sid"]
        told.append(json.dumps([rp.id_token(tokens)[1], at_resource, about, tokens]))
    values = [set(re.findall(r"[0-9a-f-]{32,}", text)) for text in told]
    assert not values[0] & values[1]
    assert str(browser.session_row.pk) not in "".join(told)


def test_a_client_knows_a_session_by_one_name_as_long_as_it_lives(bank, browser):
    first = bank.tokens(browser)
    again = bank.tokens(browser)
    renewed = bank.refresh(again["refresh_token"]).json()
    assert sid(bank, first) == sid(bank, again) == sid(bank, renewed)
    elsewhere = signed_in_browser(browser.session_row.user)
    assert sid(bank, bank.tokens(elsewhere)) != sid(bank, first)


def test_a_logout_reaches_each_client_by_its_own(bank, shop, browser):
    known = {rp.row.client_id: sid(rp, rp.tokens(browser)) for rp in (bank, shop)}
    hint = bank.tokens(browser)["id_token"]
    page = browser.get("/logout", {"id_token_hint": hint}).content.decode().replace("&amp;", "&")
    told = LogoutNotice.objects.values_list("client__client_id", "sid")
    assert dict(told) == known
    framed = [urlsplit(url) for url in re.findall(r'<iframe[^>]* src="([^"]*)"', page)]
    assert {url.hostname: parse_qs(url.query)["sid"][0] for url in framed} == {
        "bank.example": known[bank.row.client_id],
        "shop.example": known[shop.row.client_id],
    }


def test_a_hint_with_another_client_s_sid_names_no_session(bank, shop, browser):
    bank.tokens(browser)
    grant = Grant.objects.get()
    foreign = id_token(grant, shop.row)
    page = browser.get("/logout", {"id_token_hint": foreign})
    assert 'data-page="logout"' in page.content.decode(), "the person is asked"
    assert Session.objects.get().ended_at is None
    browser.get("/logout", {"id_token_hint": id_token(grant, bank.row)})
    assert Session.objects.get().ended_at is not None


def test_a_hint_of_a_client_that_is_gone_names_no_session(bank, browser):
    hint = bank.tokens(browser)["id_token"]
    bank.row.is_active = False
    bank.row.save()
    clients.forget()
    page = browser.get("/logout", {"id_token_hint": hint})
    assert 'data-page="logout"' in page.content.decode()
    assert Session.objects.get().ended_at is None


def test_the_state_of_the_browser_is_compared_by_nobody(bank, shop, browser):
    states = []
    for rp in (bank, shop):
        rp.has_consent(browser)
        states.append(answer(rp.authorize(browser))["session_state"])
    shared = session.browser_state(browser.session_row)
    assert not any(shared in state for state in states)
    assert not set(states[0].split(".")) & set(states[1].split("."))
