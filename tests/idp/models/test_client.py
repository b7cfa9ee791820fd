"""RFC 6749 2; RFC 9700 2.1.1; OIDC.md A1, A4, C2, C4."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import CLIENT_SECRET, REDIRECT_URI, a_client, a_public_client

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def test_only_its_own_secret_opens_a_client():
    client = a_client()
    assert client.check_client_secret(CLIENT_SECRET)
    assert not client.check_client_secret(CLIENT_SECRET + "x")
    assert not client.check_client_secret("")


def test_a_new_secret_is_long_random_and_not_kept():
    client = a_client()
    one, other = client.new_secret(), client.new_secret()
    assert one != other
    assert len(one) >= 43
    assert client.check_client_secret(other)
    assert not client.check_client_secret(one)
    assert other not in str(vars(client))


def test_a_client_without_a_secret_is_opened_by_none():
    client = a_client(secret_sha256="")
    assert not client.check_client_secret("")


def test_the_authentication_method_is_the_registered_one():
    client = a_client()
    assert client.check_endpoint_auth_method("client_secret_basic", "token")
    for method in ("client_secret_post", "none", "private_key_jwt"):
        assert not client.check_endpoint_auth_method(method, "token")


def test_a_public_client_always_needs_pkce():
    assert a_public_client(require_pkce=False).needs_pkce
    assert a_client().needs_pkce
    assert not a_client(require_pkce=False).needs_pkce


def test_scope_is_cut_to_the_registration_and_keeps_its_order():
    client = a_client(scope="openid email")
    assert client.get_allowed_scope("email profile openid email") == "email openid"
    assert client.get_allowed_scope("") == ""


@pytest.mark.parametrize("uri", ["https://rp.example/*", "http://rp.example/", "javascript:x"])
@pytest.mark.parametrize("field", ["redirect_uris", "post_logout_redirect_uris"])
def test_an_unsafe_uri_cannot_be_registered(field, uri):
    client = a_client()
    setattr(client, field, [REDIRECT_URI, uri])
    with pytest.raises(ValidationError, match=r"https|http|Only"):
        client.full_clean()


def test_an_identifier_is_registered_once():
    client = a_client()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_client(client_id=client.client_id)
