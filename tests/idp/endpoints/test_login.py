"""OIDC.md 3.4 (page rules), A19 (bound to one browser), G1-G10; OpenID Connect Core 3.1.2.3."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from idp.authentication import passkey
from idp.models import AuthenticationEvent, Interaction, SecurityEvent, Session
from tests.factories import PASSWORD, a_person
from tests.idp.authentication.test_passkey import register
from tests.idp.endpoints.conftest import Visitor

pytestmark = pytest.mark.django_db
SESSION = "countersign_session"


def location(response):
    assert response.status_code == 303
    return response["Location"]


def test_the_page_keeps_the_hooks_that_scripts_rely_on(visitor, alice, bank):
    page = visitor.follow(visitor.ask()).content.decode()
    assert 'data-page="login"' in page
    for name in ("id_username", "id_password", "login-submit", "passkey-use"):
        assert f'id="{name}"' in page


def test_the_page_shows_the_client_s_name_logo_and_links(visitor, alice, bank):
    response = visitor.follow(visitor.ask())
    page = response.content.decode()
    assert "Sign in to Northwind Bank" in page
    for uri in (bank.logo_uri, bank.policy_uri, bank.tos_uri):
        assert f'"{uri}"' in page
    assert "https://cdn.bank.example;" in response["Content-Security-Policy"]


def test_g3_pages_allow_no_inline_script_or_style(visitor, alice, bank):
    response = visitor.follow(visitor.ask())
    page = response.content.decode()
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert not re.search(r"<style| style=| on\w+=|<script(?![^>]*src=)", page)
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "uri",
    ["javascript:alert(1)", "data:text/html,x", "https://a.example; script-src *", "//x", "https:"],
)
def test_g7_a_client_s_address_that_is_no_web_page_is_not_linked(visitor, alice, bank, uri):
    type(bank).objects.filter(pk=bank.pk).update(policy_uri=uri, logo_uri=uri)
    response = visitor.follow(visitor.ask())
    assert f'"{uri}"' not in response.content.decode()
    assert "script-src *" not in response["Content-Security-Policy"]


def test_g7_what_a_client_or_a_link_says_is_never_markup(visitor, alice, bank):
    hostile = '"><script>alert(1)</script>'
    type(bank).objects.filter(pk=bank.pk).update(name=hostile)
    page = visitor.follow(visitor.ask(login_hint=hostile)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_signing_in_answers_the_request(visitor, alice, bank):
    issued = visitor.sign_in(visitor.ask()).json()
    assert issued["acr"] == "urn:countersign:acr:loa1"
    assert issued["amr"] == ["pwd"]
    assert issued["sub"] == alice.subject


def test_g5_cookies_are_for_this_host_and_no_script(visitor, alice, bank):
    visitor.sign_in(visitor.ask())
    for name in (SESSION, "countersign_browser"):
        cookie = visitor.browser.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_the_secret_of_a_session_is_stored_as_a_hash(visitor, alice, bank):
    visitor.sign_in(visitor.ask())
    secret = visitor.browser.cookies[SESSION].value
    assert len(secret) >= 43
    assert secret not in str(list(Session.objects.values()))


def test_g9_unknown_names_and_wrong_passwords_read_the_same(visitor, alice, bank):
    def answer(username):
        url = location(visitor.ask())
        response = visitor.browser.post(url, {"username": username, "password": "wrong"})
        page = response.content.decode().replace(username, "NAME")
        page = re.sub(r"[0-9a-f-]{36}|value=\"\w{64}\"", "", page)
        return response.status_code, page

    assert answer("alice") == answer("nobody")


def test_g1_the_form_needs_its_token(alice, bank):
    visitor = Visitor(enforce_csrf_checks=True)
    url = location(visitor.ask())
    response = visitor.browser.post(url, {"username": "alice", "password": PASSWORD})
    assert response.status_code == 403
    assert 'data-page="error"' in response.content.decode()
    assert not Session.objects.exists()


def test_g1_a_planted_session_cookie_is_not_the_one_that_signs_in(visitor, alice, bank):
    visitor.browser.cookies[SESSION] = "planted"
    visitor.sign_in(visitor.ask())
    assert visitor.browser.cookies[SESSION].value != "planted"


def test_g1_the_secret_changes_with_every_authentication_and_the_sid_stays(visitor, alice, bank):
    first = visitor.sign_in(visitor.ask()).json()
    before = visitor.browser.cookies[SESSION].value
    again = visitor.sign_in(visitor.ask(prompt="login")).json()
    assert again["sid"] == first["sid"]
    assert again["auth_time"] > first["auth_time"]
    thief = Visitor()
    thief.browser.cookies[SESSION] = before
    assert location(thief.ask()).endswith("/login")


def test_another_browser_cannot_use_the_link(visitor, alice, bank):
    url = location(visitor.ask())
    other = Visitor()
    other.ask()
    for method in (other.browser.get, other.browser.post):
        response = method(url, {"username": "alice", "password": PASSWORD})
        assert response.status_code == 400
        assert 'data-page="error"' in response.content.decode()
    assert not Session.objects.exists()
    assert SecurityEvent.objects.filter(kind="interaction.other_browser").count() == 2


def test_an_unknown_interaction_and_another_browser_s_read_the_same(visitor, alice, bank):
    url = location(visitor.ask())
    known = Browser().get(url)
    unknown = Browser().get("/interaction/00000000-0000-0000-0000-000000000000/login")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_an_interaction_is_used_once(visitor, alice, bank):
    url = location(visitor.ask())
    done = visitor.browser.post(url, {"username": "alice", "password": PASSWORD})
    following = location(done)
    assert visitor.browser.get(following).json()["sub"] == alice.subject
    for again in (following, url):
        assert visitor.browser.get(again).status_code == 410


def test_an_interaction_expires(visitor, alice, bank):
    url = location(visitor.ask())
    Interaction.objects.update(expires_at=timezone.now())
    response = visitor.browser.post(url, {"username": "alice", "password": PASSWORD})
    assert response.status_code == 410
    assert not Session.objects.exists()


def test_two_tabs_keep_their_own_requests(visitor, alice, bank):
    one, other = visitor.ask(acr_values="urn:countersign:acr:loa1"), visitor.ask()
    assert location(one) != location(other)
    assert visitor.sign_in(one).status_code == 200
    assert visitor.sign_in(other).status_code == 200
    assert Interaction.objects.exclude(finished_at=None).count() == 2


def test_a_tab_of_the_person_before_goes_nowhere(visitor, alice, bank):
    a_person(username="bob")
    visitor.sign_in(visitor.ask())
    old_tab = visitor.ask(prompt="login")
    chooser = visitor.ask(prompt="select_account")
    visitor.sign_in(visitor.select(chooser, "other"), username="bob")
    response = visitor.browser.get(location(old_tab))
    assert response.status_code == 400
    assert "Your sign-in has changed" in response.content.decode()


def test_another_person_s_sign_in_ends_the_session_before(visitor, alice, bank):
    bob = a_person(username="bob")
    visitor.sign_in(visitor.ask())
    login = visitor.select(visitor.ask(prompt="select_account"), "other")
    issued = visitor.sign_in(login, username="bob").json()
    assert issued["sub"] == bob.subject
    assert Session.objects.get(user=alice).ended_at is not None


def test_prompt_login_asks_the_same_person_again(visitor, alice, bank):
    visitor.sign_in(visitor.ask())
    asked = visitor.ask(prompt="login")
    page = visitor.follow(asked).content.decode()
    assert "Confirm that it is you" in page
    assert "readonly" in page
    assert visitor.sign_in(asked, username="somebody else").json()["sub"] == alice.subject


def test_the_person_may_use_another_account_instead(visitor, alice, bank):
    bob = a_person(username="bob")
    visitor.sign_in(visitor.ask())
    page = location(visitor.ask(prompt="login"))
    response = visitor.choose(page, "other-account")
    response = visitor.browser.get(location(response))
    assert visitor.sign_in(response, username="bob").json()["sub"] == bob.subject


def test_a_sign_in_that_took_longer_than_max_age_still_counts(visitor, alice, bank):
    asked = visitor.ask(max_age="1")
    done = visitor.browser.post(location(asked), {"username": "alice", "password": PASSWORD})
    AuthenticationEvent.objects.update(at=timezone.now() - timedelta(seconds=30))
    Interaction.objects.update(created_at=timezone.now() - timedelta(seconds=60))
    assert visitor.follow(done).json()["sub"] == alice.subject


@pytest.mark.parametrize(
    ("asked", "error"), [({"prompt": "none"}, "login_required"), ({"max_age": "0"}, None)]
)
def test_what_the_request_says_about_signing_in(visitor, alice, bank, asked, error):
    if error:
        assert visitor.ask(**asked).json() == {"error": error}
        return
    visitor.sign_in(visitor.ask())
    assert location(visitor.ask(**asked)).endswith("/login")


def test_cancelling_is_access_denied(visitor, alice, bank):
    response = visitor.choose(location(visitor.ask()), "cancel")
    assert visitor.follow(response).json() == {"error": "access_denied"}


def test_a_request_posted_across_sites_finds_the_session(visitor, alice, bank):
    visitor.sign_in(visitor.ask())
    stranger = Browser()  # Lax cookies stay at home when another site posts
    posted = stranger.post("/authorize", {"client_id": "bank"})
    assert "countersign_browser" not in stranger.cookies
    assert visitor.browser.get(location(posted)).json()["sub"] == alice.subject


def test_a_request_posted_across_sites_belongs_to_the_first_browser_that_follows(alice, bank):
    posted = Browser().post("/authorize", {"client_id": "bank"})
    first, second = Browser(), Browser()
    assert location(first.get(location(posted))).endswith("/login")
    assert second.get(location(posted)).status_code == 400


def test_a_passkey_signs_in_without_a_name(visitor, alice, bank):
    authenticator, _ = register(alice)
    page = location(visitor.ask())
    base = page.rsplit("/", 1)[0]
    options = visitor.browser.post(f"{base}/passkey/options").content
    credential = authenticator.get(options)
    issued = visitor.follow(visitor.browser.post(f"{base}/passkey", {"credential": credential}))
    assert issued.json()["acr"] == "urn:countersign:acr:loa3"
    assert issued.json()["amr"] == ["mfa", "pop", "swk", "user"]


def test_a_passkey_that_is_refused_leads_back_to_the_page(visitor, alice, bank):
    page = location(visitor.ask())
    base = page.rsplit("/", 1)[0]
    visitor.browser.post(f"{base}/passkey/options")
    response = visitor.follow(visitor.browser.post(f"{base}/passkey", {"credential": "{}"}))
    assert "not accepted" in response.content.decode()
    assert not Session.objects.exists()


def test_a_passkey_of_another_person_does_not_step_up(visitor, alice, bank):
    register(alice, handle="alice")
    thief, _ = register(a_person(username="bob"))
    visitor.sign_in(visitor.ask())
    base = location(visitor.ask(acr_values="urn:countersign:acr:loa3")).rsplit("/", 1)[0]
    options = visitor.browser.post(f"{base}/passkey/options").content
    response = visitor.browser.post(f"{base}/passkey", {"credential": thief.get(options)})
    assert response.status_code == 400
    assert AuthenticationEvent.objects.count() == 1
    assert SecurityEvent.objects.filter(kind="sign_in.result_refused").exists()


def test_options_and_answers_need_the_interaction_of_this_browser(visitor, alice, bank):
    base = location(visitor.ask()).rsplit("/", 1)[0]
    assert Browser().post(f"{base}/passkey/options").status_code == 400
    assert passkey.take_challenge("") is None


def test_a_signed_in_request_costs_three_queries(visitor, alice, bank, django_assert_num_queries):
    visitor.sign_in(visitor.ask())
    with django_assert_num_queries(3):  # the client, the session with its events, the consent
        assert visitor.ask().json()["sub"] == alice.subject
