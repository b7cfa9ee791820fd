"""RFC 7591 5 and OpenID Connect Registration 9.1: a client that registered itself may pretend.

OIDC.md G7: what it says of itself is never markup.
"""

from __future__ import annotations

import pytest

from idp.endpoints.pages import leads_to
from idp.models import Client
from tests.factories import sha256

pytestmark = pytest.mark.django_db
SENTENCE = "This application registered itself; Countersign has not checked it."
URI = "https://rp.example/callback"


def test_login_and_consent_say_that_nobody_has_checked_the_client(visitor, alice, bank):
    Client.objects.update(registration_token_sha256=sha256("registration token"))
    asked = visitor.ask(scope="openid", redirect_uri=URI)
    login = visitor.browser.get(asked["Location"]).content.decode()
    consent = visitor.sign_in(asked).content.decode()
    assert 'data-page="consent"' in consent
    for page in (login, consent):
        assert SENTENCE in page
        assert "you return to <strong>rp.example</strong>" in page


def test_a_client_of_the_administrator_needs_no_such_words(visitor, alice, bank):
    page = visitor.follow(visitor.ask(redirect_uri=URI)).content.decode()
    assert SENTENCE not in page


def test_g7_a_client_s_name_is_never_markup(visitor, alice, bank):
    Client.objects.update(registration_token_sha256=sha256("x"), name="<script>alert(1)</script>")
    page = visitor.follow(visitor.ask(redirect_uri=URI)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        (URI, "rp.example"),
        ("com.example.app:/callback", "com.example.app"),
        ("http://127.0.0.1:1234/", "127.0.0.1"),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_a_person_reads_where_a_redirect_uri_leads(uri, place):
    assert leads_to(uri) == place
