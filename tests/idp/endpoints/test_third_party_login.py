"""OpenID Connect Core 4; OIDC.md G7: applications that a person opens from the account page."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from idp.models import Consent, InitialAccessToken
from tests.factories import a_client, sha256
from tests.idp.relying_party import ISSUER

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
INITIATE = "https://rp.example/initiate?tenant=1"


def opened(browser):
    """Return the addresses of the page's links by the names that they are under."""
    page = browser.get("/account/").content.decode()
    rows = re.findall(r"<strong>([^<]*)</strong>.*?data-application href=\"([^\"]*)\"", page)
    return {name: html.unescape(url) for name, url in rows}


def test_an_application_is_opened_with_the_issuer(browser):
    a_client(name="Bank", initiate_login_uri=INITIATE)
    a_client(name="Silent")
    a_client(name="Closed", initiate_login_uri=INITIATE, is_active=False)
    links = opened(browser)
    assert links.keys() == {"Bank"}
    url = urlsplit(links["Bank"])
    assert (url.netloc, url.path) == ("rp.example", "/initiate")
    assert parse_qs(url.query) == {"tenant": ["1"], "iss": [ISSUER]}


def test_without_applications_there_is_no_section(browser):
    assert 'id="open-applications"' not in browser.get("/account/").content.decode()


def test_what_anybody_may_have_registered_is_shown_to_those_who_use_it(browser):
    anybody = {"initiate_login_uri": INITIATE, "registration_token_sha256": sha256("theirs")}
    strange = a_client(name="Strange", **anybody)
    vouched = InitialAccessToken.objects.create(
        token_sha256=sha256("ours"), expires_at=timezone.now() + timedelta(days=1)
    )
    a_client(name="Vouched for", registered_with=vouched, **anybody)
    assert opened(browser).keys() == {"Vouched for"}
    Consent.objects.create(
        user=browser.session_row.user, client=strange, scope="openid", granted_at=timezone.now()
    )
    assert opened(browser).keys() == {"Strange", "Vouched for"}


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "//rp.example", "data:text/html,x"])
def test_g7_what_is_no_web_page_is_not_linked(browser, uri):
    a_client(initiate_login_uri=uri)
    assert opened(browser) == {}


def test_g7_names_and_addresses_are_escaped(browser):
    hostile = "<script>alert(1)</script>"
    a_client(name=hostile, initiate_login_uri=f'https://rp.example/"{hostile}')
    page = browser.get("/account/").content.decode()
    assert hostile not in page
    assert 'href="https://rp.example/&quot;&lt;script&gt;' in page
