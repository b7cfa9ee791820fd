"""RFC 6749 3.2, 4.1.3, 5, 6; RFC 7636 4.5; RFC 9700 2.1.1, 4.5, 4.8, 4.14; OIDC.md B and C."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client as HttpClient
from django.utils import timezone

from idp import sealing, tasks
from idp.models import AccessToken, AuthorizationCode, RefreshToken, SecurityEvent
from idp.oauth import clients, refresh
from tests.factories import CLIENT_SECRET, a_client, a_person, a_public_client, sha256
from tests.idp.relying_party import FORM, RelyingParty, basic, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


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
    for _ in range(2):  # the signing key is made, then read
        rp.tokens(browser)
    code = rp.code(browser)
    # The client as it is now, and two of them are the transaction's SAVEPOINT.
    with django_assert_max_num_queries(7):
        rp.redeem(code)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"code": "unknown"}, "invalid_grant", id="unknown-code"),
        pytest.param({"code": None}, "invalid_request", id="no-code"),
        pytest.param({"redirect_uri": None}, "invalid_grant", id="no-redirect-uri"),
        pytest.param(
            {"redirect_uri": "https://rp.example/callback/"}, "invalid_grant", id="redirect-uri"
        ),
        pytest.param({"code_verifier": "w" * 43}, "invalid_grant", id="wrong-verifier"),
        pytest.param({"code_verifier": "short"}, "invalid_request", id="malformed-verifier"),
        pytest.param({"code_verifier": None}, "invalid_request", id="no-verifier"),
        pytest.param({"grant_type": None}, "invalid_request", id="no-grant-type"),
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="grant-type"),
        pytest.param({"grant_type": '\u00e4"\\'}, "unsupported_grant_type", id="odd-grant-type"),
        pytest.param({"client_assertion": "x"}, "invalid_client", id="assertion"),
    ],
)
def test_b01_a_wrong_request_gets_its_error_and_no_token(rp, browser, change, error):
    response = rp.redeem(rp.code(browser), **change)
    assert_refused(response, error, 401 if error == "invalid_client" else 400)
    assert not AccessToken.objects.exists()


def test_b01_a_wrong_verifier_leaves_the_code_to_its_owner(rp, browser):
    code = rp.code(browser)
    rp.redeem(code, code_verifier="w" * 43)
    assert rp.redeem(code).status_code == 200


def test_a_verifier_without_a_challenge_is_a_downgrade(browser):
    rp = RelyingParty(a_client(require_pkce=False))
    code = rp.code(browser, code_challenge=None, code_challenge_method=None)
    assert_refused(rp.redeem(code), "invalid_request")


def test_a_client_with_the_exception_does_without_pkce(browser):
    rp = RelyingParty(a_client(require_pkce=False))
    code = rp.code(browser, code_challenge=None, code_challenge_method=None)
    assert rp.redeem(code, code_verifier=None).status_code == 200


def test_b04_an_expired_code_is_refused(rp, browser):
    code = rp.code(browser)
    AuthorizationCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert_refused(rp.redeem(code), "invalid_grant")


def test_b01_a_code_lives_a_minute(rp, browser):
    rp.code(browser)
    lifetime = AuthorizationCode.objects.get().expires_at - timezone.now()
    assert timedelta(seconds=55) < lifetime <= timedelta(seconds=60)


def test_b02_a_second_use_of_a_code_revokes_what_the_first_gave(rp, browser):
    code = rp.code(browser)
    first = rp.redeem(code).json()
    assert_refused(rp.redeem(code), "invalid_grant")
    assert rp.introspect(first["access_token"]) == {"active": False}
    assert rp.userinfo(first["access_token"]).status_code == 401
    assert_refused(rp.refresh(first["refresh_token"]), "invalid_grant")
    event = SecurityEvent.objects.get(kind="code.reused")
    assert event.subject == browser.session_row.user.subject
    assert event.client_id == rp.row.client_id


def test_b05_a_code_of_another_client_is_refused_and_its_grant_ends(rp, browser):
    code, thief = rp.code(browser), RelyingParty()
    assert_refused(thief.redeem(code), "invalid_grant")
    assert_refused(rp.redeem(code), "invalid_grant")
    assert SecurityEvent.objects.filter(kind="code.presented_by_other_client").exists()


def test_b09_a_code_of_a_deactivated_person_is_refused(rp, browser):
    code = rp.code(browser)
    browser.session_row.user.is_active = False
    browser.session_row.user.save()
    assert_refused(rp.redeem(code), "invalid_grant")


def test_a_public_client_redeems_with_its_verifier_alone(browser):
    rp = RelyingParty(a_public_client(), redirect_uri="http://127.0.0.1:51234/callback")
    assert rp.tokens(browser)["access_token"]


def test_a_public_client_needs_its_verifier(browser):
    rp = RelyingParty(a_public_client(), redirect_uri="http://127.0.0.1:51234/callback")
    assert_refused(rp.redeem(rp.code(browser), code_verifier=None), "invalid_request")


def test_a_client_authenticates_in_the_form_when_registered_so(browser):
    rp = RelyingParty(a_client(token_endpoint_auth_method="client_secret_post"))
    assert rp.tokens(browser)["access_token"]


def test_basic_credentials_are_form_encoded_inside(rp, browser):
    row = a_client(client_id="a-client", secret_sha256=sha256("p%:ä +"))
    rp = RelyingParty(row, secret="p%25%3A%C3%A4+%2B")
    assert rp.tokens(browser)["access_token"]


REFRESH = {"grant_type": "refresh_token", "refresh_token": "unknown"}


@pytest.mark.parametrize(
    ("registered", "form", "headers"),
    [
        ("client_secret_basic", {}, lambda c: {}),
        ("client_secret_basic", {}, lambda c: basic(c, "wrong")),
        ("client_secret_basic", {}, lambda c: basic("unknown", CLIENT_SECRET)),
        ("client_secret_basic", {}, lambda c: basic(c, "")),
        ("client_secret_basic", {"client_secret": CLIENT_SECRET}, lambda c: {}),
        (
            "client_secret_basic",
            {"client_secret": CLIENT_SECRET},
            lambda c: basic(c, CLIENT_SECRET),
        ),
        ("client_secret_basic", {"client_id": "other"}, lambda c: basic(c, CLIENT_SECRET)),
        ("client_secret_basic", {}, lambda c: {"HTTP_AUTHORIZATION": f"Bearer {CLIENT_SECRET}"}),
        ("client_secret_post", {}, lambda c: basic(c, CLIENT_SECRET)),
        ("client_secret_post", {}, lambda c: {}),
        ("client_secret_post", {"client_secret": "wrong"}, lambda c: {}),
        ("none", {"client_secret": CLIENT_SECRET}, lambda c: {}),
        ("none", {}, lambda c: basic(c, CLIENT_SECRET)),
        ("none", {"client_id": "unknown"}, lambda c: {}),
    ],
)
def test_one_method_the_registered_one_and_one_answer_to_all_else(registered, form, headers):
    row = a_client(token_endpoint_auth_method=registered)
    response = HttpClient().post(
        "/token",
        "&".join(f"{k}={v}" for k, v in (REFRESH | {"client_id": row.client_id} | form).items()),
        content_type=FORM,
        **headers(row.client_id),
    )
    assert_refused(response, "invalid_client", 401)
    assert response["WWW-Authenticate"].startswith("Basic ")
    assert response.json()["error_description"] == "Client authentication failed."


def test_an_inactive_client_gets_nothing(browser):
    rp = RelyingParty(a_client(is_active=False))
    assert_refused(rp.refresh("anything"), "invalid_client", 401)


def test_a_client_without_the_grant_type_is_unauthorized(browser):
    rp = RelyingParty(a_client(grant_types=["authorization_code"]))
    body = rp.tokens(browser)
    assert "refresh_token" not in body
    assert body["scope"] == "openid profile email"
    assert_refused(rp.refresh("anything"), "unauthorized_client")


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_b13_only_post_is_answered(method):
    assert getattr(HttpClient(), method)("/token").status_code == 405


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_b13_only_forms_are_read(content_type):
    response = HttpClient().post("/token", "{}", content_type=content_type)
    assert_refused(response, "invalid_request", 415)


@pytest.mark.parametrize(
    "body",
    [
        "grant_type=refresh_token&grant_type=refresh_token",
        "grant_type=refresh_token&anything=1&anything=",
        "grant_type=refresh_token&refresh_token=%ff",
        "grant_type=refresh_token&refresh_token=a%00b",
        "grant_type=refresh_token&refresh_token=" + "a" * 5000,
        "&".join(f"p{n}=1" for n in range(100)),
        "grant_type=ü".encode(),
    ],
)
def test_b13_an_unclear_form_is_refused(body):
    assert_refused(HttpClient().post("/token", body, content_type=FORM), "invalid_request")


def test_a_refresh_gives_new_tokens_and_uses_the_old_one_up(rp, browser):
    first = rp.tokens(browser)
    second = rp.refresh(first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert rp.introspect(second["access_token"])["active"]
    assert rp.refresh(second["refresh_token"]).status_code == 200


def test_a_refresh_does_not_make_the_authentication_newer(rp, browser):
    first = rp.tokens(browser)
    second = rp.refresh(first["refresh_token"]).json()
    _, before = rp.id_token(first)
    _, after = rp.id_token(second)
    for claim in ("iss", "sub", "aud", "acr", "amr", "auth_time", "sid"):
        assert after[claim] == before[claim]
    assert "nonce" not in after
    assert rp.introspect(second["access_token"])["auth_time"] == before["auth_time"]


def test_a_refresh_token_is_not_renewed_forever(rp, browser):
    first = rp.tokens(browser)
    rp.refresh(first["refresh_token"])
    assert len(set(RefreshToken.objects.values_list("expires_at", flat=True))) == 1


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_b06_a_lost_answer_can_be_asked_for_again_at_once(browser, form):
    rp = RelyingParty(a_client(access_token_format=form))
    first = rp.tokens(browser)
    answers = [rp.refresh(first["refresh_token"]).json() for _ in range(3)]
    for name in ("access_token", "refresh_token", "id_token"):
        assert len({body[name] for body in answers}) == 1
    assert RefreshToken.objects.count() == 2
    assert rp.refresh(answers[0]["refresh_token"]).status_code == 200


def test_a_repeated_answer_tells_the_scope_of_the_first(rp, browser):
    first = rp.tokens(browser)
    rp.refresh(first["refresh_token"], scope="openid")
    assert rp.refresh(first["refresh_token"]).json()["scope"] == "openid"


def test_a_kept_answer_is_sealed_and_soon_forgotten(rp, browser):
    first = rp.tokens(browser)
    rp.refresh(first["refresh_token"])
    old = RefreshToken.objects.exclude(used_at=None).get()
    seal = {"purpose": sealing.ANSWERS, "identifier": old.pk}
    with pytest.raises(ImproperlyConfigured):  # the database and the secret key are not enough
        sealing.unseal(bytes(old.sealed_answer), **seal)
    tasks.purge_expired()
    assert RefreshToken.objects.filter(sealed_answer=None).count() == 1
    age_used_tokens(refresh.GRACE)
    tasks.purge_expired()
    assert RefreshToken.objects.filter(sealed_answer=None).count() == 2


def age_used_tokens(by):
    RefreshToken.objects.exclude(used_at=None).update(used_at=timezone.now() - by)


def test_b06_a_reused_refresh_token_revokes_the_family(rp, browser):
    first = rp.tokens(browser)
    second = rp.refresh(first["refresh_token"]).json()
    age_used_tokens(refresh.GRACE)
    assert_refused(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert_refused(rp.refresh(second["refresh_token"]), "invalid_grant")
    assert rp.introspect(second["access_token"]) == {"active": False}
    assert SecurityEvent.objects.filter(kind="refresh_token.reused").exists()


def test_b06_a_retry_after_the_successor_was_used_is_reuse(rp, browser):
    first = rp.tokens(browser)
    second = rp.refresh(first["refresh_token"]).json()
    third = rp.refresh(second["refresh_token"]).json()
    assert_refused(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert rp.introspect(third["access_token"]) == {"active": False}


def test_b07_scope_may_narrow_and_never_widen(rp, browser):
    first = rp.tokens(browser, scope="openid email offline_access")
    second = rp.refresh(first["refresh_token"], scope="openid").json()
    assert second["scope"] == "openid"
    assert_refused(rp.refresh(second["refresh_token"], scope="openid profile"), "invalid_scope")
    third = rp.refresh(second["refresh_token"]).json()
    assert third["scope"] == "openid email offline_access"


def test_scope_shrinks_with_the_client_s_registration(rp, browser):
    first = rp.tokens(browser)
    rp.row.scope = "openid"
    rp.row.save()
    clients.forget()
    assert rp.refresh(first["refresh_token"]).json()["scope"] == "openid"


def test_b08_a_refresh_token_of_another_client_is_refused_and_its_grant_ends(rp, browser):
    first = rp.tokens(browser)
    assert_refused(RelyingParty().refresh(first["refresh_token"]), "invalid_grant")
    assert_refused(rp.refresh(first["refresh_token"]), "invalid_grant")


def test_an_expired_refresh_token_is_refused(rp, browser):
    first = rp.tokens(browser)
    RefreshToken.objects.update(expires_at=timezone.now())
    assert_refused(rp.refresh(first["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize(
    ("scope", "survives"), [("openid profile", False), ("openid offline_access", True)]
)
def test_b09_only_offline_access_outlives_the_session(rp, browser, scope, survives):
    first = rp.tokens(browser, scope=scope)
    browser.session_row.ended_at = timezone.now()
    browser.session_row.save()
    assert (rp.refresh(first["refresh_token"]).status_code == 200) is survives


def test_b09_a_deactivated_person_s_tokens_end(rp):
    person = a_person()
    browser = signed_in_browser(person)
    first = rp.tokens(browser)
    person.is_active = False
    person.save()
    assert_refused(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert rp.userinfo(first["access_token"]).status_code == 401
