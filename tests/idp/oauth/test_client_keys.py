"""OpenID Connect Core 10.1.1 and 10.2.1; OIDC.md F6, H1: a client's keys, by value or fetched."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.models import Client
from idp.oauth import client_keys
from idp.oauth.client_keys import NoKeyError, encryption_key, verification_keys
from tests.idp.internet import answer

URI = "https://rp.example/jwks"
EC, RSA, ED = ECKey.generate_key("P-256"), RSAKey.generate_key(2048), OKPKey.generate_key("Ed25519")


def public(key, kid, **members):
    return key.as_dict(private=False) | {"kid": kid} | members


def keys(*members):
    return {"keys": list(members)}


def kids(found):
    return [key.kid for key in found]


@pytest.fixture
def site(internet):
    """The client's server, with one key."""
    site = internet.site("rp.example")
    site.says = answer(keys(public(EC, "one")))
    return site


@pytest.fixture
def client():
    return Client(client_id="bank", jwks_uri=URI)


@pytest.fixture
def aged(monkeypatch):
    """Return a function that lets what is remembered be old; no pause after a fetch."""
    monkeypatch.setattr(client_keys, "PAUSE_SECONDS", 0)

    def age():
        monkeypatch.setattr(client_keys, "FRESH_SECONDS", -1)

    return age


def holding(*members):
    return Client(client_id="bank", jwks=keys(*members))


def test_keys_registered_by_value_are_chosen_by_kid_and_algorithm():
    client = holding(public(EC, "ec"), public(RSA, "rsa"), public(ED, "ed"))
    assert kids(verification_keys(client)) == ["ec", "rsa", "ed"]
    assert kids(verification_keys(client, kid="rsa")) == ["rsa"]
    assert kids(verification_keys(client, algorithm="EdDSA")) == ["ed"]
    with pytest.raises(NoKeyError):
        verification_keys(client, kid="ec", algorithm="RS256")


def test_a_key_for_encryption_checks_no_signature_and_the_other_way_round():
    client = holding(public(RSA, "e", use="enc"), public(EC, "s", use="sig"))
    assert kids(verification_keys(client)) == ["s"]
    assert encryption_key(client, "RSA-OAEP").kid == "e"
    with pytest.raises(NoKeyError):
        encryption_key(client, "ECDH-ES")


def test_a_key_serves_the_algorithm_that_it_names():
    client = holding(public(RSA, "ps", alg="PS256"), public(RSA, "oaep", alg="RSA-OAEP-256"))
    assert kids(verification_keys(client)) == ["ps"]
    with pytest.raises(NoKeyError):
        verification_keys(client, algorithm="RS256")
    assert encryption_key(client, "RSA-OAEP-256").kid == "oaep"
    with pytest.raises(NoKeyError):
        encryption_key(client, "RSA-OAEP")


def test_the_key_that_is_said_to_be_for_encryption_is_preferred():
    client = holding(public(RSA, "any"), public(RSA, "enc", use="enc"))
    assert encryption_key(client, "RSA-OAEP").kid == "enc"
    assert encryption_key(holding(public(EC, "ec")), "ECDH-ES+A128KW").kid == "ec"


@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1 --", "\x00", "a" * 10_000])
def test_h1_a_hostile_kid_is_only_unknown(site, client, kid):
    for asked in (client, holding(public(EC, "one"))):
        with pytest.raises(NoKeyError):
            verification_keys(asked, kid=kid)


def test_a_client_without_keys_has_none():
    with pytest.raises(NoKeyError):
        verification_keys(Client(client_id="bank"))


def test_f6_one_fetch_serves_until_it_is_old(site, client, aged):
    for _ in range(3):
        assert kids(verification_keys(client, kid="one")) == ["one"]
    assert len(site.requests) == 1
    aged()
    verification_keys(client)
    assert len(site.requests) == 2


def test_f6_a_failure_is_remembered(site, client):
    site.says = answer(status="500 Oh")
    for _ in range(3):
        with pytest.raises(NoKeyError):
            verification_keys(client)
    assert len(site.requests) == 1


def test_f6_old_keys_serve_while_new_ones_cannot_be_had(site, client, aged):
    verification_keys(client)
    aged()
    for says in (answer(status="503 Oh"), answer(b"{"), answer(b"[" * 60_000), answer({"k": []})):
        site.says = says
        assert kids(verification_keys(client, kid="one")) == ["one"]
    assert len(site.requests) == 5


def test_f6_a_key_that_was_taken_away_is_gone(site, client, aged):
    verification_keys(client)
    aged()
    site.says = answer(keys())
    with pytest.raises(NoKeyError):
        verification_keys(client)


def test_f6_an_unknown_kid_fetches_at_once_and_then_no_more_for_a_minute(site, client):
    verification_keys(client, kid="one")
    site.says = answer(keys(public(EC, "one"), public(RSA, "two")))
    assert kids(verification_keys(client, kid="two")) == ["two"]
    assert len(site.requests) == 2
    for number in range(5):
        with pytest.raises(NoKeyError):
            verification_keys(client, kid=f"unknown{number}")
    assert kids(verification_keys(client, kid="one")) == ["one"]
    assert len(site.requests) == 2


def slowly(site):
    """Let the site answer slowly; return an event that is set when it has been asked."""
    says, asked = site.says, threading.Event()

    def talk(_):
        asked.set()
        time.sleep(0.4)
        return says

    site.says = talk
    return asked


def test_f6_of_many_that_need_the_keys_one_fetches_and_the_others_wait(site, client):
    slowly(site)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: kids(verification_keys(client, kid="one")), range(8)))
    assert found == [["one"]] * 8
    assert len(site.requests) == 1


def test_f6_nobody_waits_for_new_keys_who_can_use_the_old_ones(site, client, aged):
    verification_keys(client)
    aged()
    asked, released, says = threading.Event(), threading.Event(), site.says

    def talk(_):
        asked.set()
        released.wait(5)
        return says

    site.says = talk
    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(verification_keys, client)
        assert asked.wait(5)
        assert kids(verification_keys(client)) == ["one"]
        assert not refreshing.done()
        released.set()
        refreshing.result()
    assert len(site.requests) == 2


def test_f6_whoever_waits_for_a_fetch_that_fails_learns_it(site, client):
    site.says = answer(status="404 Not Found")
    asked = slowly(site)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(verification_keys, client)
        assert asked.wait(5)
        with pytest.raises(NoKeyError):
            verification_keys(client)
        with pytest.raises(NoKeyError):
            first.result()
    assert len(site.requests) == 1


def test_f6_another_uri_is_another_memory(site, client, internet):
    verification_keys(client)
    client.jwks_uri = "https://rp.example/other"
    site.says = answer(keys(public(ED, "other")))
    assert kids(verification_keys(client)) == ["other"]


def test_h1_bad_keys_of_a_fetched_set_are_ignored(site, client):
    raw = rsa.generate_private_key(65537, 1024)
    weak, private = RSAKey(raw, raw), EC.as_dict(private=True) | {"kid": "private"}
    site.says = answer(keys(public(weak, "weak"), private, public(ED, "good")))
    assert kids(verification_keys(client)) == ["good"]
