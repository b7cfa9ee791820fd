"""OpenID Connect Core 3.2, 3.3; Multiple Response Types 2.1, 3, 5; Form Post; OIDC.md A11, A13."""

from __future__ import annotations

import base64
import hashlib
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from idp.models import AccessToken, Grant
from idp.protocol.response_type import RESPONSE_TYPES
from tests.factories import a_client
from tests.idp.expecting import assert_page
from tests.idp.relying_party import ISSUER, RelyingParty, claims_parameter

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
FRONT = [name for name in RESPONSE_TYPES if name != "code"]
GRANTS = ["authorization_code", "implicit", "refresh_token"]


@pytest.fixture
def rp(browser):
    rp = RelyingParty(a_client(response_types=list(RESPONSE_TYPES), grant_types=GRANTS))
    rp.has_consent(browser)
    return rp


def fragment(response):
    """Return the parameters in the fragment of a redirect to the relying party."""
    assert response.status_code == 303, response.content[:300]
    location = urlsplit(response["Location"])
    assert location.query == ""
    assert location._replace(fragment="").geturl() == "https://rp.example/callback"
    return dict(parse_qsl(location.fragment, keep_blank_values=True))


def half_hash(value):
    digest = hashlib.sha256(value.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize("response_type", FRONT)
def test_the_answer_has_what_its_response_type_names_and_no_more(rp, browser, response_type):
    given = fragment(rp.authorize(browser, response_type=response_type))
    wanted = set(response_type.split())
    assert ("code" in given) is ("code" in wanted)
    assert ("id_token" in given) is ("id_token" in wanted)
    assert ("access_token" in given) is ("token" in wanted)
    assert "refresh_token" not in given
    assert (given["iss"], given["state"]) == (ISSUER, "the state")
    if "token" in wanted:
        assert given["token_type"] == "Bearer"
        assert given["expires_in"] == "600"
        assert rp.userinfo(given["access_token"]).status_code == 200


@pytest.mark.parametrize("response_type", [name for name in FRONT if "id_token" in name])
def test_the_id_token_is_bound_to_what_stands_beside_it(rp, browser, response_type):
    given = fragment(rp.authorize(browser, response_type=response_type))
    _, claims = rp.id_token(given)
    assert claims["nonce"] == "the nonce"
    assert claims["aud"] == rp.row.client_id
    for name, beside in (("c_hash", "code"), ("at_hash", "access_token")):
        assert claims.get(name) == (half_hash(given[beside]) if beside in given else None)


def test_without_an_access_token_the_scopes_claims_are_in_the_id_token(rp, browser):
    alone = fragment(rp.authorize(browser, response_type="id_token"))
    beside = fragment(rp.authorize(browser, response_type="id_token token"))
    assert rp.id_token(alone)[1]["given_name"] == "Alice"
    assert "given_name" not in rp.id_token(beside)[1]


def test_a_claim_asked_for_by_name_is_in_the_id_token(rp, browser):
    asked = claims_parameter(id_token={"given_name": None})
    given = fragment(rp.authorize(browser, response_type="id_token token", claims=asked))
    assert rp.id_token(given)[1]["given_name"] == "Alice"


@pytest.mark.parametrize("response_type", ["code id_token", "code token", "code id_token token"])
def test_the_code_of_a_hybrid_flow_is_redeemed_and_its_tokens_agree(rp, browser, response_type):
    given = fragment(rp.authorize(browser, response_type=response_type))
    tokens = rp.redeem(given["code"]).json()
    _, at_token_endpoint = rp.id_token(tokens)
    assert tokens["refresh_token"]
    if "id_token" in given:
        _, in_front = rp.id_token(given)
        for name in ("iss", "sub", "aud", "nonce", "acr", "auth_time", "sid"):
            assert at_token_endpoint[name] == in_front[name]


def test_a_code_that_is_used_twice_takes_the_front_channel_s_token_with_it(rp, browser):
    given = fragment(rp.authorize(browser, response_type="code token"))
    rp.redeem(given["code"])
    assert rp.userinfo(given["access_token"]).status_code == 200
    rp.redeem(given["code"])
    assert rp.userinfo(given["access_token"]).status_code == 401


@pytest.mark.parametrize("response_type", FRONT)
def test_form_post_carries_every_response_type(rp, browser, response_type):
    response = rp.authorize(browser, response_type=response_type, response_mode="form_post")
    page = unescape(response.content.decode())
    assert response.status_code == 200
    for word in response_type.split():
        assert f'name="{"access_token" if word == "token" else word}"' in page


@pytest.mark.parametrize("words", ["id_token code", "token id_token code", "token id_token"])
def test_the_words_of_a_response_type_have_no_order(rp, browser, words):
    given = fragment(rp.authorize(browser, response_type=words))
    assert given["id_token"]


@pytest.mark.parametrize("response_type", FRONT)
def test_a13_a_token_never_travels_in_a_query(rp, browser, response_type):
    given = fragment(rp.authorize(browser, response_type=response_type, response_mode="query"))
    assert given["error"] == "invalid_request"


@pytest.mark.parametrize("response_type", FRONT)
def test_a_client_is_allowed_code_alone_unless_registered_for_more(browser, response_type):
    rp = RelyingParty(a_client(grant_types=GRANTS))
    rp.has_consent(browser)
    given = fragment(rp.authorize(browser, response_type=response_type))
    assert given["error"] == "unauthorized_client"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("response_type", [name for name in FRONT if "id_token" in name])
def test_an_id_token_through_the_browser_needs_a_nonce(rp, browser, response_type):
    given = fragment(rp.authorize(browser, response_type=response_type, nonce=None))
    assert given["error"] == "invalid_request"
    assert given["iss"] == ISSUER


def test_a_nonce_is_not_needed_where_no_id_token_comes_through_the_browser(rp, browser):
    assert fragment(rp.authorize(browser, response_type="code token", nonce=None))["code"]


def test_an_id_token_needs_the_scope_openid(rp, browser):
    given = fragment(rp.authorize(browser, response_type="id_token", scope="profile"))
    assert given["error"] == "invalid_scope"


def test_pkce_is_asked_for_where_a_code_comes_back(rp, browser):
    without = {"code_challenge": None, "code_challenge_method": None}
    assert fragment(rp.authorize(browser, response_type="id_token", **without))["id_token"]
    given = fragment(rp.authorize(browser, response_type="code id_token", **without))
    assert given["error"] == "invalid_request"


def test_offline_access_needs_a_code(rp, browser):
    rp.authorize(browser, response_type="id_token token")
    assert "offline_access" not in Grant.objects.get().scope.split()


def test_a11_an_error_of_prompt_none_is_in_the_fragment_with_the_issuer(rp, browser):
    given = fragment(rp.authorize(browser, response_type="id_token", prompt="none", max_age="0"))
    assert (given["error"], given["iss"]) == ("login_required", ISSUER)


def test_token_alone_is_not_offered(rp, browser):
    response = rp.authorize(browser, response_type="token")
    assert "error=unsupported_response_type" in response["Location"]


def test_an_unsafe_request_stays_a_page(rp, browser):
    wrong = "https://rp.example/other"
    assert_page(rp.authorize(browser, response_type="id_token", redirect_uri=wrong))
