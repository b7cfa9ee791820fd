"""RFC 6749 3.2, 4.1.3, 5, 6; RFC 7636 4.5; RFC 9700 2.1.1, 4.5, 4.8, 4.14; OIDC.md B and C."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from idp.models import AccessToken, AuthorizationCode, Grant, RefreshToken, SecurityEvent
from idp.oauth import refresh
from tests.factories import CLIENT_SECRET, a_client, a_person, a_public_client, sha256
from tests.idp.relying_party import FORM, VERIFIER, RelyingParty, basic, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def rp():
    return RelyingParty()


@pytest.fixture
def browser():
    return signed_in_browser()


def assert_refused(response, error, status=400):
    assert (response.status_code, response.json()["error"]) == (status, error), response.content
    assert response["Cache-Control"] == "no-store"


def test_a_code_is_exchanged_for_three_tokens(rp, browser):
    response = rp.redeem(rp.code(browser))
    body = response.json()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["scope"] == "openid profile email offline_access"
    assert {"access_token", "refresh_token", "id_token"} <= body.keys()


def test_the_exchange_costs_few_statements(rp, browser, django_assert_max_num_queries):
    rp.tokens(browser)
    code = rp.code(browser)
    with django_assert_max_num_queries(6):  # two of them are the transaction's SAVEPOINT
        rp.redeem(code)
