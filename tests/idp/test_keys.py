"""RFC 7517; OpenID Connect Core 10.1.1; OIDC.md H1 to H3."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone
from joserfc.jwk import ECKey, RSAKey

from idp import keys
from idp.models import SigningKey
from idp.oauth.id_token import read_hint
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def published():
    return {key["kid"] for key in keys.public_jwks()["keys"]}


def pass_time(by):
    """Move every key into the past."""
    for key in SigningKey.objects.all():
        key.activates_at -= by
        key.retires_at = key.retires_at and key.retires_at - by
        key.save()
    keys.forget()


def test_the_first_key_is_made_on_demand_and_kept():
    first = keys.signing_key("ES256")
    assert keys.signing_key("ES256") is first
    keys.forget()
    assert keys.signing_key("ES256").kid == first.kid
    assert SigningKey.objects.count() == 1


def test_keys_are_strong_enough():
    assert isinstance(keys.signing_key("ES256"), ECKey)
    rsa = keys.signing_key("RS256")
    assert isinstance(rsa, RSAKey)
    assert rsa.private_key.key_size >= 2048


def test_an_unknown_algorithm_has_no_keys():
    with pytest.raises(ImproperlyConfigured):
        keys.signing_key("none")


def test_private_keys_are_sealed():
    private = str(keys.signing_key("ES256").as_dict(private=True)["d"])
    row = SigningKey.objects.get()
    assert private.encode() not in bytes(row.sealed_private)
    assert private not in str(row.public_jwk)
    assert "d" not in row.public_jwk


def test_a_sealed_key_cannot_be_moved_to_another_row_or_secret(settings):
    keys.signing_key("ES256")
    sealed = bytes(SigningKey.objects.get().sealed_private)
    SigningKey.objects.update(kid="another")
    keys.forget()
    with pytest.raises(ImproperlyConfigured):
        keys.signing_key("ES256")
    settings.SECRET_KEY = "changed"
    SigningKey.objects.update(sealed_private=sealed)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        keys.signing_key("ES256")


def test_the_next_key_is_published_before_it_signs():
    old = keys.signing_key("ES256").kid
    call_command("rotate_keys")
    assert keys.signing_key("ES256").kid == old
    waiting = SigningKey.objects.get(algorithm="ES256", number=2)
    assert {old, waiting.kid} <= published()
    assert waiting.activates_at - timezone.now() > timedelta(seconds=300)
    pass_time(keys.PUBLISH_AHEAD)
    assert keys.signing_key("ES256").kid == waiting.kid


def test_the_old_key_is_published_as_long_as_its_tokens_live():
    old = keys.signing_key("ES256").kid
    keys.rotate()
    pass_time(keys.PUBLISH_AHEAD)
    assert old in published()
    pass_time(keys.KEEP)
    assert old not in published()


def test_after_a_compromise_the_old_key_is_gone_at_once(capsys):
    rp = RelyingParty()
    token = rp.tokens(signed_in_browser())["id_token"]
    old = keys.signing_key("ES256").kid
    assert read_hint(token)
    call_command("rotate_keys", "--now")
    assert keys.signing_key("ES256").kid != old
    assert old not in published()
    assert read_hint(token) is None
    assert "published" in capsys.readouterr().out


def test_another_process_s_rotation_is_seen_without_a_restart():
    keys.signing_key("ES256")
    keys._ring.read_at -= keys._REREAD_SECONDS
    keys.rotate(at_once=True)
    newest = SigningKey.objects.filter(algorithm="ES256").last()
    assert keys.signing_key("ES256").kid == newest.kid
