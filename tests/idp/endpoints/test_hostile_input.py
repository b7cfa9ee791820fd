"""OIDC.md A7, B13, G6: whatever arrives, no endpoint fails with a 5xx or leads elsewhere."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.oauth.authorization_request import KNOWN
from tests.factories import REDIRECT_URI, a_client
from tests.idp.relying_party import FORM, ISSUER, RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WORDS = st.sampled_from(
    ["code", "none", "login", "0", "S256", "form_post", "openid", "{}", REDIRECT_URI]
)
NAMES = st.sampled_from(sorted(KNOWN | {"request", "request_uri", "registration"}))
PARAMETERS = st.dictionaries(NAMES, TEXT | WORDS, max_size=6)
TOKEN_NAMES = st.sampled_from(
    ["grant_type", "code", "refresh_token", "scope", "client_id", "client_secret", "redirect_uri",
     "code_verifier", "token", "access_token"]
)  # fmt: skip


@pytest.fixture
def rp():
    return RelyingParty()


@pytest.fixture
def browser(rp):
    browser = signed_in_browser()
    rp.has_consent(browser)
    return browser


def assert_sound(response):
    assert response.status_code < 500
    if "Location" in response:
        ours = ("/interaction/", f"{ISSUER}/interaction/")
        assert response["Location"].startswith((REDIRECT_URI + "?", *ours))


@FUZZ
@given(change=PARAMETERS)
def test_authorization_requests(rp, browser, change):
    assert_sound(rp.authorize(browser, **change))


@FUZZ
@given(query=st.text(st.characters(max_codepoint=255), max_size=80))
def test_authorization_queries(query):
    assert_sound(HttpClient().get("/authorize", QUERY_STRING=query))


@FUZZ
@given(form=st.dictionaries(TOKEN_NAMES, TEXT, max_size=6), header=TEXT | st.none())
@pytest.mark.parametrize("path", ["/token", "/introspect", "/userinfo"])
def test_forms_of_clients(rp, path, form, header):
    headers = {} if header is None else {"HTTP_AUTHORIZATION": f"Basic {header}"}
    assert rp.post(path, form, **headers).status_code < 500


@FUZZ
@given(body=st.binary(max_size=120))
@pytest.mark.parametrize("path", ["/token", "/introspect", "/userinfo", "/authorize", "/logout"])
def test_bodies_of_anything(path, body):
    assert HttpClient().post(path, body, content_type=FORM).status_code < 500


@FUZZ
@given(
    parameters=st.dictionaries(
        st.sampled_from(["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]), TEXT
    )
)
def test_logout_requests(browser, parameters):
    response = browser.get("/logout", parameters)
    assert response.status_code in {200, 400}
    assert "Location" not in response


@pytest.mark.parametrize("value", [r'"\u0000"', r'"\ud800"', "NaN", "1e999", "[" * 900 + "]" * 900])
@pytest.mark.parametrize("claim", ["name", "sub"])
def test_a7_claims_that_no_database_takes_are_refused(browser, value, claim):
    rp = RelyingParty(a_client(subject_type="pairwise", sector_identifier="rp.example"))
    rp.has_consent(browser)
    claims = f'{{"id_token": {{"{claim}": {{"value": {value}}}}}}}'
    assert answer(rp.authorize(browser, claims=claims))["error"] == "invalid_request"
