"""What a request asks of the authentication: OpenID Connect Core 3.1.2.1, 5.5; OIDC.md A14-A18."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from idp.models import AuthorizationCode, Grant, Interaction, Passkey
from tests.factories import PASSWORD, a_client, a_person
from tests.idp.expecting import assert_error
from tests.idp.relying_party import (
    RelyingParty,
    answer,
    claims_parameter,
    signed_in_browser,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA = "urn:countersign:acr:loa"


def essential(*values):
    return claims_parameter(id_token={"acr": {"essential": True, "values": list(values)}})


def with_a_passkey(person):
    """Give the person a way to a higher level."""
    return Passkey.objects.create(
        user=person,
        credential_id=b"id",
        public_key=b"key",
        backup_eligible=True,
        name="Laptop",
        created_at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"max_age": "0"}, "login_required"),
        ({"acr_values": LOA + "2"}, "interaction_required"),
        ({"claims": essential(LOA + "2")}, "unmet_authentication_requirements"),
    ],
)
def test_prompt_none_never_shows_a_page(rp, browser, parameters, error):
    rp.has_consent(browser)
    with_a_passkey(browser.session_row.user)
    assert_error(rp.authorize(browser, prompt="none", **parameters), error)


def test_prompt_none_without_consent_is_consent_required(rp, browser):
    assert_error(rp.authorize(browser, prompt="none"), "consent_required")


def test_prompt_none_without_a_session_is_login_required(rp):
    assert_error(rp.authorize(HttpClient(), prompt="none"), "login_required")


def test_an_essential_acr_out_of_reach_is_an_error(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser, claims=essential(LOA + "3"))
    assert_error(response, "unmet_authentication_requirements")


def test_a_voluntary_acr_out_of_reach_is_not(rp, browser):
    tokens = rp.tokens(browser, acr_values=f"{LOA}3 unknown")
    assert rp.id_token(tokens)[1]["acr"] == LOA + "1"


def test_an_essential_acr_counts_before_acr_values(rp, browser):
    tokens = rp.tokens(browser, acr_values=LOA + "3", claims=essential(LOA + "1"))
    assert rp.id_token(tokens)[1]["acr"] == LOA + "1"


def test_an_essential_single_value(rp, browser):
    asked = claims_parameter(id_token={"acr": {"essential": True, "value": LOA + "1"}})
    assert rp.id_token(rp.tokens(browser, claims=asked))[1]["acr"] == LOA + "1"


def test_the_client_s_floor_cannot_be_lowered(browser):
    rp = RelyingParty(a_client(minimum_acr=LOA + "3"))
    rp.has_consent(browser)
    assert_error(rp.authorize(browser, acr_values=LOA + "1"), "unmet_authentication_requirements")


def test_the_client_s_defaults_count_where_the_request_is_silent():
    browser = signed_in_browser()
    browser.session_row.events.update(at=timezone.now() - timedelta(minutes=10))
    rp = RelyingParty(a_client(default_max_age=60, default_acr_values=[LOA + "1"]))
    rp.has_consent(browser)
    assert "/login" in rp.authorize(browser)["Location"]
    assert answer(rp.authorize(browser, max_age="3600"))["code"]


@pytest.mark.parametrize("max_age", ["0", "1", "999999999999999999"])
def test_max_age_is_any_number_of_seconds(rp, browser, max_age):
    rp.has_consent(browser)
    browser.session_row.events.update(at=timezone.now() - timedelta(seconds=10))
    again = "/login" in rp.authorize(browser, max_age=max_age)["Location"]
    assert again is (max_age in {"0", "1"})


def test_a_hint_for_the_same_person_is_fine_and_for_another_is_not(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    assert answer(rp.authorize(browser, id_token_hint=hint, prompt="none"))["code"]
    AuthorizationCode.objects.all().delete()
    other = signed_in_browser()
    rp.has_consent(other)
    assert_error(rp.authorize(other, id_token_hint=hint, prompt="none"), "login_required")


def test_a_hint_of_another_client_is_refused(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    other = RelyingParty()
    other.has_consent(browser)
    AuthorizationCode.objects.all().delete()
    assert_error(other.authorize(browser, id_token_hint=hint), "invalid_request")


def test_a_required_sub_claim_works_like_a_hint(rp, browser):
    rp.has_consent(browser)
    subject = browser.session_row.user.subject
    mine = claims_parameter(id_token={"sub": {"value": subject}})
    assert answer(rp.authorize(browser, claims=mine))["code"]
    AuthorizationCode.objects.all().delete()
    other = claims_parameter(id_token={"sub": {"value": "somebody else"}})
    assert_error(rp.authorize(browser, claims=other, prompt="none"), "login_required")


def test_whoever_the_hint_names_may_sign_in_in_place_of_the_person_who_is(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    other = signed_in_browser()
    rp.has_consent(other)
    chooser = rp.authorize(other, id_token_hint=hint)["Location"]
    page = other.get(chooser).content.decode()
    assert 'id="select-other"' in page
    assert 'id="select-current"' not in page
    login = other.get(other.post(chooser, {"account": "other"})["Location"])["Location"]
    form = {"username": browser.session_row.user.username, "password": PASSWORD}
    response = other.post(login, form)
    assert answer(other.get(response["Location"]))["code"]


def test_a_hint_s_page_cannot_be_answered_with_the_person_at_hand(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    other = signed_in_browser()
    rp.has_consent(other)
    chooser = rp.authorize(other, id_token_hint=hint)["Location"]
    response = other.post(chooser, {"account": "current"})
    assert other.get(response["Location"])["Location"] == chooser


def test_signing_in_as_somebody_whom_the_hint_does_not_name_is_an_error(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    AuthorizationCode.objects.all().delete()
    stranger, elsewhere = a_person(), HttpClient()
    login = rp.authorize(elsewhere, id_token_hint=hint)["Location"]
    response = elsewhere.post(login, {"username": stranger.username, "password": PASSWORD})
    assert_error(elsewhere.get(response["Location"]), "login_required")


def test_single_claims_need_the_consent_of_their_scope(rp, browser):
    rp.has_consent(browser, "openid")
    asked = claims_parameter(userinfo={"email": None})
    assert answer(rp.authorize(browser, scope="openid"))["code"]
    response = rp.authorize(browser, scope="openid", claims=asked)
    assert "/consent" in response["Location"]
    assert set(Interaction.objects.get().step["scope"]) == {"openid", "email"}


def test_single_claims_beyond_the_registration_are_ignored(browser):
    rp = RelyingParty(a_client(scope="openid"))
    rp.has_consent(browser, "openid")
    asked = claims_parameter(userinfo={"email": None}, id_token={"name": {"essential": True}})
    assert answer(rp.authorize(browser, scope="openid", claims=asked))["code"]
    assert Grant.objects.get().claims == {"id_token": {}, "userinfo": {}}


def test_an_interaction_keeps_only_what_rebuilds_the_request(rp):
    rp.authorize(HttpClient(), unheard_of="x" * 1000, login_hint="alice")
    kept = Interaction.objects.get().parameters
    assert kept["login_hint"] == "alice"
    assert "unheard_of" not in kept
