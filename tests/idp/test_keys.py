"""RFC 7517; OpenID Connect Core 10.1.1; OIDC.md H1 to H3: keys are made, rotated, published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone
from joserfc.jwk import ECKey, RSAKey

from idp import keys, tasks
from idp.models import SigningKey
from idp.oauth.id_token import read_hint
from idp.policy import get_policy
from idp.protocol.algorithms import SIGNING
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


def test_h3_private_keys_are_sealed():
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
    pass_time(keys.kept_for())
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


def rotate_by_beat():
    keys.forget()
    return tasks.rotate_signing_keys()


def numbers():
    return sorted(SigningKey.objects.values_list("algorithm", "number"))


def test_h2_beat_makes_the_first_keys_and_leaves_young_ones_alone():
    assert rotate_by_beat() == len(SIGNING)
    assert rotate_by_beat() == 0
    pass_time(get_policy().signing_key_lifetime - keys.PUBLISH_AHEAD - timedelta(minutes=1))
    assert rotate_by_beat() == 0
    assert numbers() == sorted((name, 1) for name in SIGNING)


def test_h2_beat_publishes_the_next_keys_ahead_and_once():
    rotate_by_beat()
    old = {name: keys.signing_key(name).kid for name in SIGNING}
    pass_time(get_policy().signing_key_lifetime - keys.PUBLISH_AHEAD)
    assert rotate_by_beat() == len(SIGNING)
    assert rotate_by_beat() == 0
    assert numbers() == sorted((name, number) for name in SIGNING for number in (1, 2))
    assert {name: keys.signing_key(name).kid for name in SIGNING} == old
    pass_time(keys.PUBLISH_AHEAD)
    assert all(keys.signing_key(name).kid != kid for name, kid in old.items())
    assert set(old.values()) <= published()
    assert rotate_by_beat() == 0


def test_h2_a_retired_key_goes_when_nothing_it_signed_is_of_use():
    rotate_by_beat()
    old = set(SigningKey.objects.values_list("kid", flat=True))
    pass_time(get_policy().signing_key_lifetime)
    rotate_by_beat()
    pass_time(keys.PUBLISH_AHEAD + get_policy().session_lifetime)
    assert old <= published()
    pass_time(keys.CLOCK_SKEW)
    assert not old & published()
    pass_time(tasks.TRACE + timedelta(seconds=1))
    tasks.purge_expired()
    assert not SigningKey.objects.filter(kid__in=old).exists()


def test_h2_no_cached_key_set_misses_the_key_that_signs(client):
    kept = client.get("/jwks")["Cache-Control"]
    seconds = int(kept.removeprefix("public, max-age="))
    assert timedelta(seconds=seconds + keys._REREAD_SECONDS) < keys.PUBLISH_AHEAD
    assert client.get("/.well-known/openid-configuration")["Cache-Control"] == kept


def test_h2_beat_is_told_to_rotate(settings):
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.rotate_signing_keys.name in scheduled
    assert get_policy().signing_key_lifetime == timedelta(days=90)
