"""AGENT-PROTOCOL, "Page"; R-5.2-3, R-6.2.3-3, R-6.4-6, R-10-1: what stands on the capture page,
what it may do, and what another browser learns (nothing).
"""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from biometric_auth.models import Transaction
from biometric_auth.policy import get_policy
from tests.biometric_auth.agent_double import AgentDouble, open_transaction

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
BROWSER = "the cookie of this browser"


@pytest.fixture
def browser():
    client = Client()
    client.cookies[get_policy().browser_cookie_name] = BROWSER
    return client


@pytest.fixture
def simulated_camera(settings):
    address = "http://localhost:8002"
    settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | {"simulated_camera_url": address + "/"}
    get_policy.cache_clear()
    yield address
    get_policy.cache_clear()


def page_of(browser, handle):
    return browser.get(f"/biometric/capture/{handle}")


def policy_of(response):
    directives = response["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (one.split() for one in directives)}


def tag(response, element_id):
    return re.search(rf'<[^>]*id="{element_id}"[^>]*>', response.text).group()


def test_the_page_says_who_asks_what_for_and_at_which_level(browser):
    handle = open_transaction(browser=BROWSER, text="Pay 10 EUR to Bob", client_name="Demo Bank")
    response = page_of(browser, handle)
    assert response.status_code == 200
    for words in ("Demo Bank", "Pay 10 EUR to Bob", "Alice", "Level 3, with a face check"):
        assert words in response.text


def test_text_of_a_relying_party_is_never_markup(browser):
    handle = open_transaction(browser=BROWSER, text="<b>x</b>", client_name='"><script>')
    response = page_of(browser, handle)
    assert "<b>x" not in response.text
    assert '"><script>' not in response.text


def test_another_way_is_a_link_that_works_without_script(browser):
    handle = open_transaction(browser=BROWSER, cancel_url="/interaction/7/choose")
    link = tag(page_of(browser, handle), "agent-other-way")
    assert 'href="/interaction/7/choose"' in link
    assert "hidden" not in link


def test_denying_is_a_button_of_the_same_kind_as_approving(browser):
    response = page_of(browser, open_transaction(browser=BROWSER))
    approve, deny = tag(response, "agent-approve"), tag(response, "agent-deny")
    assert approve.startswith("<button")
    assert deny.startswith("<button")
    assert 'class="button ' in approve
    assert 'class="button ' in deny


def test_enrolment_shows_the_consent_text_and_an_unticked_box(browser):
    handle = open_transaction(browser=BROWSER, purpose="enrolment")
    response = page_of(browser, handle)
    assert "I agree that this service takes pictures of my face" in response.text
    assert "checked" not in tag(response, "agent-consent")


def test_authentication_asks_for_no_consent(browser):
    response = page_of(browser, open_transaction(browser=BROWSER))
    assert 'id="agent-consent"' not in response.text


def test_consent_that_was_given_is_not_asked_for_again():
    agent = AgentDouble()
    handle = agent.open(purpose="enrolment")
    agent.consent()
    assert 'id="agent-consent"' not in page_of(agent.http, handle).text


def test_only_the_kinds_of_key_that_the_policy_accepts_are_offered(browser):
    handle = open_transaction(browser=BROWSER, purpose="enrolment")
    row = Transaction.objects.get(pk=handle)
    row.policy.device_kinds = ["webauthn"]
    row.policy.save()
    response = page_of(browser, handle)
    assert 'value="webauthn"' in response.text
    assert 'value="jws"' not in response.text


def test_the_page_runs_its_own_scripts_and_talks_to_its_own_server_only(browser):
    response = page_of(browser, open_transaction(browser=BROWSER))
    csp = policy_of(response)
    assert csp["default-src"] == ["'none'"]
    assert csp["script-src"] == csp["connect-src"] == csp["style-src"] == ["'self'"]
    assert csp["img-src"] == ["'self'", "blob:", "data:"]
    assert csp["media-src"] == ["'self'", "blob:"]
    assert csp["frame-ancestors"] == csp["base-uri"] == ["'none'"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


def test_no_script_or_style_is_inline(browser):
    text = page_of(browser, open_transaction(browser=BROWSER)).text
    scripts = re.findall(r"<script[^>]*>", text)
    assert all("src=" in one or 'type="application/json"' in one for one in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)


def test_the_camera_is_allowed_on_the_capture_page(browser):
    response = page_of(browser, open_transaction(browser=BROWSER))
    assert "camera=(self)" in response["Permissions-Policy"]
    assert "microphone=()" in response["Permissions-Policy"]


def test_the_simulated_phone_is_offered_only_where_the_deployment_names_it(browser):
    response = page_of(browser, open_transaction(browser=BROWSER))
    assert 'id="agent-start-simulated"' not in response.text


def test_the_simulated_phone_is_the_only_other_server_that_the_page_may_reach(
    browser, simulated_camera
):
    response = page_of(browser, open_transaction(browser=BROWSER))
    assert 'id="agent-start-simulated"' in response.text
    assert policy_of(response)["connect-src"] == ["'self'", simulated_camera]


@pytest.mark.parametrize("cookie", ["another browser's cookie", None])
def test_another_browser_gets_what_an_unknown_transaction_gives(cookie):
    handle = open_transaction(browser=BROWSER, text="Pay 10 EUR to Bob")
    stranger = Client()
    if cookie:
        stranger.cookies[get_policy().browser_cookie_name] = cookie
    mine, unknown = page_of(stranger, handle), page_of(stranger, uuid.uuid4())
    assert mine.status_code == unknown.status_code == 404
    assert mine.text == unknown.text
    assert "Bob" not in mine.text
    assert "camera=()" in mine["Permissions-Policy"]


def test_an_expired_transaction_is_gone(browser):
    handle = open_transaction(browser=BROWSER)
    past = timezone.now() - timedelta(seconds=1)
    Transaction.objects.filter(pk=handle).update(expires_at=past)
    response = page_of(browser, handle)
    assert response.status_code == 410
    assert "Pay 10 EUR" not in response.text
    assert 'data-page="error"' in response.text


def test_a_denied_transaction_is_gone():
    agent = AgentDouble()
    handle = agent.open()
    agent.post("deny")
    assert page_of(agent.http, handle).status_code == 410


def test_the_page_is_only_read(browser):
    handle = open_transaction(browser=BROWSER)
    assert browser.post(f"/biometric/capture/{handle}").status_code == 405
    assert Transaction.objects.get(pk=handle).state == "created"
