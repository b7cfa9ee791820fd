"""OpenID Connect Core 2, 3.1.2.1, 5.5.1.1; RFC 7662; RFC 9068; RFC 9470 6; RFC 9701; R-B-6.

Clients ask by names of their own for our `acr` values, and get those names back.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from joserfc import jws

from idp.models import AcrAlias, AuthorizationCode, Grant
from idp.oauth.introspection import MEDIA_TYPE
from tests.factories import a_client, an_alias
from tests.idp import evidence
from tests.idp.expecting import assert_error
from tests.idp.relying_party import RelyingParty, claims_parameter, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA1, LOA2, LOA3 = (f"urn:countersign:acr:loa{level}" for level in (1, 2, 3))
STRONG = "urn:bank:strong"


@pytest.fixture
def strong_browser():
    """A browser whose session reaches level 3."""
    return signed_in_browser(evidence=evidence.PASSKEY, method="passkey")


def payload(token):
    return json.loads(jws.extract_compact(token.encode()).payload)


def acr_of(rp, browser, **parameters):
    return rp.id_token(rp.tokens(browser, **parameters))[1]["acr"]


def essential(*values):
    return claims_parameter(id_token={"acr": {"essential": True, "values": list(values)}})


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"acr_values": STRONG}, id="acr_values"),
        pytest.param({"acr_values": f"unknown {STRONG} {LOA3}"}, id="in-the-client's-order"),
        pytest.param({"claims": essential(STRONG)}, id="essential"),
        pytest.param(
            {"claims": claims_parameter(id_token={"acr": {"value": STRONG}})}, id="voluntary-claim"
        ),
    ],
)
def test_the_name_that_was_asked_for_goes_back_where_its_value_was_met(
    rp, strong_browser, parameters
):
    an_alias(STRONG, value=LOA3)
    assert acr_of(rp, strong_browser, **parameters) == STRONG


def test_the_default_of_a_client_may_be_an_alias(strong_browser):
    an_alias(STRONG, value=LOA2)
    rp = RelyingParty(a_client(default_acr_values=[STRONG]))
    assert acr_of(rp, strong_browser) == STRONG


def test_who_asks_in_our_own_words_is_answered_in_them(rp, strong_browser):
    an_alias(STRONG, value=LOA3)
    assert acr_of(rp, strong_browser, acr_values=f"{LOA3} {STRONG}") == LOA3
    assert acr_of(rp, strong_browser) == LOA3


def test_an_alias_that_is_not_met_never_goes_back(rp, browser):
    an_alias(STRONG, value=LOA3)
    assert acr_of(rp, browser, acr_values=STRONG) == LOA1
    AuthorizationCode.objects.all().delete()
    response = rp.authorize(browser, claims=essential(STRONG))
    assert_error(response, "unmet_authentication_requirements")


def test_an_alias_of_another_client_and_one_whose_evidence_has_run_out_mean_nothing(
    rp, strong_browser
):
    an_alias("other", client=a_client())
    an_alias("aal2", basis="A report.", expires_on=timezone.now() - timedelta(days=1))
    assert acr_of(rp, strong_browser, acr_values=f"other aal2 {LOA2}") == LOA2


def test_an_alias_means_what_its_client_agreed(strong_browser):
    rps = [RelyingParty(), RelyingParty()]
    for rp, value in zip(rps, (LOA1, LOA3), strict=True):
        an_alias("2", client=rp.row, value=value)
        assert acr_of(rp, strong_browser, acr_values="2") == "2"
    assert [grant.acr_alias.value for grant in Grant.objects.order_by("created_at")] == [LOA1, LOA3]


def test_every_token_and_every_answer_about_it_says_the_same(strong_browser):
    an_alias(STRONG, value=LOA3)
    rp = RelyingParty(a_client(access_token_format="jwt"))
    tokens = rp.tokens(strong_browser, acr_values=STRONG)
    answers = {}
    for name, given in (
        ("first", tokens),
        ("refreshed", rp.refresh(tokens["refresh_token"]).json()),
    ):
        access_token = given["access_token"]
        signed = rp.post("/introspect", {"token": access_token}, HTTP_ACCEPT=MEDIA_TYPE)
        answers |= {
            (name, "ID token"): rp.id_token(given)[1],
            (name, "access token"): payload(access_token),
            (name, "RFC 7662"): rp.introspect(access_token),
            (name, "RFC 9701"): payload(signed.content.decode())["token_introspection"],
        }
    grant = Grant.objects.get()
    at = int(grant.auth_time.timestamp())
    expected = {"acr": STRONG, "amr": grant.amr, "auth_time": at}
    assert "mfa" in grant.amr
    for where, claims in answers.items():
        assert {name: claims[name] for name in expected} == expected, where


def test_an_alias_that_is_taken_back_while_a_request_waits_is_not_answered_with(rp, strong_browser):
    an_alias(STRONG, value=LOA2)
    page = rp.authorize(strong_browser, acr_values=STRONG)["Location"]
    AcrAlias.objects.all().delete()
    back = strong_browser.post(page, {"answer": "approve"})["Location"]
    assert strong_browser.get(back).status_code == 303
    assert Grant.objects.get().acr == LOA3


def test_discovery_names_the_aliases_of_everybody_beside_their_values(rp):
    an_alias("gold", value=LOA3)
    an_alias("bronze", value=LOA1)
    an_alias("hidden", value=LOA1, client=rp.row)
    an_alias("aal2", basis="A report.", expires_on=timezone.now() - timedelta(days=1))
    found = rp.http.get("/.well-known/openid-configuration").json()["acr_values_supported"]
    assert found[:3] == [LOA1, "bronze", LOA2]
    assert found[found.index(LOA3) + 1] == "gold"
    assert not {"hidden", "aal2"} & set(found)
