"""RFC 6749 5, RFC 7662 2, RP-Initiated Logout 1.0: what a wrong or missing answer comes to."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory

from rp_demo import oidc, pages, spending
from rp_demo.deployment import get_deployment
from rp_demo.registration import TRANSFER
from rp_demo.transport import Answer, Unreachable
from rp_demo.visit import Transfer
from tests.rp_demo.fake_provider import ISSUER, callback

ORDER = Transfer("k" * 36, "Bakery", "1.00")


def tokens_of(provider, answer):
    provider.instead["/token"] = Answer(200, {}, answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"access_token": "a", "token_type": "Bearer"}',
        b'{"access_token": 1, "id_token": "a.b.c", "token_type": "Bearer"}',
        b'{"access_token": "a", "id_token": "a.b.c", "token_type": "MAC"}',
    ],
)
def test_an_unusable_token_response_signs_nobody_in(browser, provider, answer):
    parameters = provider.authorize(browser.get("/login").headers["Location"])
    tokens_of(provider, answer)
    response = browser.get(callback(parameters))
    assert response.status_code == 503
    assert browser.get("/account").status_code == 302


def test_an_invalid_id_token_header_signs_nobody_in(browser, provider):
    parameters = provider.authorize(browser.get("/login").headers["Location"])
    tokens_of(provider, b'{"access_token": "a", "id_token": "a.b.c", "token_type": "Bearer"}')
    assert browser.get(callback(parameters)).status_code == 400


@pytest.mark.parametrize("endpoint", ["", f"{ISSUER}/gone"])
def test_a_missing_name_does_not_end_a_sign_in(browser, provider, endpoint):
    provider.metadata["userinfo_endpoint"] = endpoint
    provider.instead["/gone"] = Answer(404, {}, b"")
    browser.get(callback(provider.authorize(browser.get("/login").headers["Location"])))
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(400, {}, b"{}"), spending.Declined),
        (Answer(401, {}, b"{}"), spending.StepUp),
        (Answer(401, {"www-authenticate": "Basic x"}, b"{}"), spending.StepUp),
    ],
)
def test_the_resources_refusals_are_outcomes(answer, kind):
    outcome = spending.transfer_money(lambda *_, **__: answer, "http://r.test", "t", ORDER)
    assert isinstance(outcome, kind)
    if isinstance(outcome, spending.StepUp):
        assert outcome.requirement == TRANSFER


@pytest.mark.parametrize(
    "answer", [Answer(500, {}, b""), Answer(201, {}, b"{}"), Answer(200, {}, b"<")]
)
def test_a_resource_that_answers_nonsense_is_unreachable(answer):
    with pytest.raises(Unreachable):
        spending.transfer_money(lambda *_, **__: answer, "http://r.test", "t", ORDER)


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Answer(500, {}, b""), 503), (Answer(422, {}, b"{}"), 422)],
)
def test_the_customer_reads_what_became_of_the_order(signed_in, provider, answer, status):
    provider.instead["/api/transfer"] = answer
    token = str(signed_in.get("/transfer").context["csrf_token"])
    form = {"payee": "B", "amount": "1", "key": "0" * 36, "csrfmiddlewaretoken": token}
    response = signed_in.post("/transfer", form)
    assert response.status_code == status
    assert 'data-page="error"' in response.content.decode()


@pytest.mark.parametrize("body", [b"<html>", b"[]"])
def test_an_introspection_that_is_none_opens_nothing(client, provider, body):
    provider.instead["/introspect"] = Answer(200, {}, body)
    given = {"HTTP_AUTHORIZATION": "Bearer x", "HTTP_IDEMPOTENCY_KEY": "k" * 20}
    answer = client.post("/api/transfer", json.dumps({}), content_type="application/json", **given)
    assert answer.status_code in {401, 503}


def test_without_a_logout_endpoint_only_this_session_ends(signed_in, provider):
    provider.metadata["end_session_endpoint"] = ""
    get_deployment.cache_clear()
    token = str(signed_in.get("/account").context["csrf_token"])
    response = signed_in.post("/logout", {"csrfmiddlewaretoken": token})
    assert response.headers["Location"] == "http://testserver/logged-out"
    assert signed_in.get("/logged-out").status_code == 200


def test_signing_out_works_while_the_provider_is_down(signed_in, provider):
    token = str(signed_in.get("/account").context["csrf_token"])
    get_deployment.cache_clear()
    provider.down = True
    response = signed_in.post("/logout", {"csrfmiddlewaretoken": token})
    assert response.headers["Location"] == "/logged-out"
    assert signed_in.get("/account").status_code == 302


def test_signing_out_twice_is_no_error(client):
    assert client.post("/logout").headers["Location"] == "/logged-out"


def test_who_is_signed_in_sees_the_account(signed_in):
    assert signed_in.get("/").headers["Location"] == "/account"
    assert signed_in.get("/login").headers["Location"] == "/account"


def test_every_address_has_a_page(client):
    assert client.get("/nowhere").status_code == 404
    request = RequestFactory().get("/")
    assert pages.broken(request).status_code == 500


def test_secrets_do_not_print():
    request = oidc.AuthorizationRequest("the-nonce", "the-verifier", TRANSFER, None)
    assert "the-nonce" not in repr(request)
    assert "the-verifier" not in repr(request)
    assert "a-token" not in repr(oidc.Tokens({}, id_token="a-token", access_token="a-token"))
