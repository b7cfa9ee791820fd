"""RFC 7592 2; OIDC.md L1, L4: a registration token manages its own client and no other."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.models import Client, Grant, SecurityEvent
from idp.policy import get_policy
from tests.factories import REDIRECT_URI, a_client
from tests.idp.registered import OURS, Registered
from tests.idp.relying_party import RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture(autouse=True)
def _opened(settings):
    settings.IDP = settings.IDP | {"registration": "open"}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


def test_a_client_reads_its_registration_but_not_its_secret():
    client = Registered()
    response = client.call("GET")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    secret = {"client_secret", "client_secret_expires_at"}
    assert response.json() == {k: v for k, v in client.told.items() if k not in secret}


def test_a_client_replaces_its_registration():
    client = Registered(logo_uri="https://rp.example/logo.png")
    response = client.update(client_name="Renamed", logo_uri=None, contacts=["me@rp.example"])
    answer, row = response.json(), client.row
    assert response.status_code == 200
    assert (answer["client_name"], row.name) == ("Renamed", "Renamed")
    assert "logo_uri" not in answer
    assert (row.logo_uri, row.contacts) == ("", ["me@rp.example"])
    assert "client_secret" not in answer
    assert row.check_client_secret(client.secret)
    assert SecurityEvent.objects.get(kind="client.changed").client_id == client.id


def test_l4_the_token_is_rotated_by_a_change():
    client = Registered()
    old = client.token
    assert client.update().status_code == 200
    assert client.token != old
    assert client.call("GET", token=old).status_code == 401
    assert client.call("GET").status_code == 200


def test_l4_a_refused_change_changes_nothing():
    client = Registered()
    for members in (
        {"client_id": "another"},
        {"client_id": None},
        {"client_secret": "chosen by me"},
        {"client_secret": 3},
        {"redirect_uris": ["http://rp.example/"]},
        {"grant_types": ["client_credentials"]},
        *({name: "x"} for name in OURS),
    ):
        assert client.update(**members).status_code == 400
    assert client.call("PUT", []).status_code == 400
    row = client.row
    assert row.redirect_uris == [REDIRECT_URI]
    assert client.call("GET").status_code == 200


def test_what_the_administrator_decided_is_not_the_client_s_to_change():
    client = Registered()
    Client.objects.update(minimum_acr="phr", require_pkce=False)
    assert client.update(minimum_acr="", require_pkce=True, skip_consent=True).status_code == 200
    row = client.row
    assert (row.minimum_acr, row.require_pkce, row.skip_consent) == ("phr", False, False)


@pytest.mark.parametrize(
    ("before", "after", "new_secret"),
    [
        ("client_secret_basic", "client_secret_post", False),
        ("client_secret_jwt", "client_secret_basic", False),
        ("client_secret_basic", "client_secret_jwt", True),
        ("none", "client_secret_basic", True),
        ("client_secret_basic", "none", False),
    ],
)
def test_a_change_of_the_method_gives_a_new_secret_only_where_the_old_cannot_serve(
    before, after, new_secret
):
    client = Registered(token_endpoint_auth_method=before)
    answer = client.update(token_endpoint_auth_method=after).json()
    assert ("client_secret" in answer) == new_secret
    row = client.row
    assert bool(row.secret_sha256) == row.has_secret
    assert bool(row.sealed_secret) == (after == "client_secret_jwt")
    if row.has_secret:
        assert row.check_client_secret(answer.get("client_secret", client.secret))


def test_a_change_shows_in_the_next_request():
    client = Registered()
    rp = RelyingParty(client.row, secret=client.secret)
    assert rp.post("/introspect", {"token": "x"}).status_code == 200
    client.update(token_endpoint_auth_method="client_secret_post")
    assert rp.post("/introspect", {"token": "x"}).status_code == 401


def test_a_deleted_client_and_what_it_was_granted_end(browser):
    client = Registered()
    rp = RelyingParty(client.row, secret=client.secret)
    tokens = rp.tokens(browser)
    assert rp.userinfo(tokens["access_token"]).status_code == 200
    response = client.call("DELETE")
    assert (response.status_code, response.content) == (204, b"")
    assert Grant.objects.get().revoked_at
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.post("/introspect", {"token": "x"}).status_code == 401
    assert client.call("GET").status_code == 401
    assert client.row.secret_sha256 == ""
    assert SecurityEvent.objects.get(kind="client.deleted").client_id == client.id


METHODS = ("GET", "PUT", "DELETE")


@pytest.mark.parametrize("method", METHODS)
def test_l1_a_token_opens_no_other_client(method):
    mine, theirs, administered = Registered(), Registered(), a_client()
    before = list(Client.objects.order_by("pk").values())
    for target in (theirs.id, administered.client_id, "unknown", "x" * 200, "%00", "%F0"):
        document = {"client_id": target, "redirect_uris": ["https://evil.example/"]}
        response = mine.call(method, document, client_id=target)
        assert response.status_code == 401
        assert response.json() == {
            "error": "invalid_token",
            "error_description": "The access token is not valid.",
        }
    assert list(Client.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("method", METHODS)
def test_l1_without_a_token_nothing_is_told(method):
    client = Registered()
    for path in (f"/register/{client.id}", "/register/unknown"):
        response = HttpClient().generic(method, path)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_l1_a_client_that_was_switched_off_manages_nothing():
    client = Registered()
    Client.objects.update(is_active=False)
    assert [client.call(method, {}).status_code for method in METHODS] == [401, 401, 401]


def test_l1_the_initial_access_token_and_the_secret_are_no_registration_tokens():
    client = Registered()
    assert client.call("GET", token=client.secret).status_code == 401


def test_a_registration_is_not_posted_to():
    assert Registered().call("POST", {}).status_code == 405
