"""OIDC.md 6.2; RFC 9470; RFC 6749 4.4, 6: a scope takes a level, whatever a request says."""

from __future__ import annotations

import pytest

from idp.models import Grant, ScopeRequirement
from tests.factories import a_client
from tests.idp import evidence
from tests.idp.expecting import assert_error
from tests.idp.relying_party import (
    RelyingParty,
    answer,
    claims_parameter,
    signed_in_browser,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA1, LOA3 = "urn:countersign:acr:loa1", "urn:countersign:acr:loa3"
SCOPE = "openid email offline_access payments:read payments:write"


@pytest.fixture(autouse=True)
def _requirement():
    ScopeRequirement.objects.create(scope="payments:write", minimum_acr=LOA3)


@pytest.fixture
def rp():
    return RelyingParty(a_client(scope=SCOPE))


@pytest.fixture
def strong_browser():
    """A browser whose session reaches level 3."""
    return signed_in_browser(evidence=evidence.PASSKEY, method="passkey")


def ask(rp, browser, scope, **parameters):
    rp.has_consent(browser, SCOPE)
    return rp.authorize(browser, scope=scope, **parameters)


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="silent"),
        pytest.param({"acr_values": LOA1}, id="a-lower-level"),
        pytest.param(
            {"claims": claims_parameter(id_token={"acr": {"essential": True, "value": LOA1}})},
            id="essentially-a-lower-level",
        ),
    ],
)
def test_a_url_cannot_get_the_scope_for_less(rp, browser, strong_browser, parameters):
    refused = ask(rp, browser, "openid payments:write", **parameters)
    assert_error(refused, "unmet_authentication_requirements")
    assert answer(ask(rp, strong_browser, "openid payments:write", **parameters))["code"]


def test_other_scopes_take_nothing_more(rp, browser):
    assert answer(ask(rp, browser, "openid payments:read"))["code"]


def test_a_single_claim_takes_what_its_scope_takes(rp, browser):
    ScopeRequirement.objects.create(scope="email", minimum_acr=LOA3)
    asked = claims_parameter(userinfo={"email": None})
    assert_error(ask(rp, browser, "openid", claims=asked), "unmet_authentication_requirements")


def test_the_stronger_floor_of_client_and_scope_counts(browser):
    rp = RelyingParty(a_client(scope=SCOPE, minimum_acr=LOA1))
    assert_error(ask(rp, browser, "payments:write"), "unmet_authentication_requirements")
    high = RelyingParty(a_client(scope=SCOPE, minimum_acr=LOA3))
    assert "error" in answer(ask(high, browser, "openid"))


def test_a_refresh_keeps_what_the_grant_has_and_never_gains_the_scope(rp, browser, strong_browser):
    ask(rp, strong_browser, SCOPE)
    strong = rp.redeem(answer(ask(rp, strong_browser, SCOPE))["code"]).json()
    renewed = rp.refresh(strong["refresh_token"]).json()
    told = rp.introspect(renewed["access_token"])
    assert "payments:write" in told["scope"]
    assert told["acr"] == LOA3
    weak = rp.redeem(answer(ask(rp, browser, "openid offline_access"))["code"]).json()
    refused = rp.refresh(weak["refresh_token"], scope="openid payments:write")
    assert refused.json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("asked", "given"),
    [("payments:write", ""), ("payments:read payments:write", ""), ("", "payments:read")],
)
def test_a_client_without_a_person_never_has_it(asked, given):
    row = a_client(scope=SCOPE, grant_types=["client_credentials"], redirect_uris=[])
    rp = RelyingParty(row)
    body = rp.post("/token", {"grant_type": "client_credentials", "scope": asked}).json()
    assert body.get("scope", "") == given
    assert body.get("error") == (None if given else "invalid_scope")
    assert Grant.objects.exists() is bool(given)
