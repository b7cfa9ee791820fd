"""R-9.4-1, R-9.1-2: the key ring is born once, stays private, and fails closed."""

from __future__ import annotations

import json
import stat
import threading

import pytest

from biometric_auth.domain.errors import KeyRingUnusable, SealBroken
from biometric_auth.vault import keyring

BINDING = {"key": "k-1", "subject": "alice"}


@pytest.fixture(autouse=True)
def _fresh():
    keyring.load.cache_clear()
    yield
    keyring.load.cache_clear()


def test_processes_that_start_together_share_one_ring(tmp_path):
    path = tmp_path / "state" / "keyring.json"
    seen = []
    barrier = threading.Barrier(8)

    def start():
        barrier.wait()
        # Past the cache, as another process would.
        seen.append(keyring.load.__wrapped__(path).current.wrapping_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert list(path.parent.iterdir()) == [path]


def test_the_ring_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "keyring.json"
    keyring.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrapped_key_opens_for_its_own_identity_only(tmp_path):
    ring = keyring.load(tmp_path / "keyring.json")
    wrapped, epoch = ring.wrap(data_key=b"k" * 32, binding=BINDING)
    assert ring.unwrap(wrapped=wrapped, epoch=epoch, binding=BINDING) == b"k" * 32
    with pytest.raises(SealBroken):
        ring.unwrap(wrapped=wrapped, epoch=epoch, binding=BINDING | {"subject": "bob"})


def test_an_unknown_epoch_or_key_fails_closed(tmp_path):
    ring = keyring.load(tmp_path / "keyring.json")
    with pytest.raises(KeyRingUnusable):
        ring.unwrap(wrapped=b"", epoch=9, binding=BINDING)
    with pytest.raises(KeyRingUnusable):
        ring.encryption_key("no-such-kid")


@pytest.mark.parametrize("content", ["", "[]", '{"epochs": []}', '{"epochs": [{"number": 1}]}'])
def test_a_broken_ring_is_unusable_and_stays_as_it_is(tmp_path, content):
    path = tmp_path / "keyring.json"
    path.write_text(content)
    with pytest.raises(KeyRingUnusable):
        keyring.load(path)
    assert path.read_text() == content


def test_older_epochs_still_open_while_the_newest_seals(tmp_path):
    path = tmp_path / "keyring.json"
    ring = keyring.load(path)
    wrapped, epoch = ring.wrap(data_key=b"k" * 32, binding=BINDING)
    rows = json.loads(path.read_text())["epochs"]
    path.write_text(json.dumps({"epochs": [*rows, keyring._draw(2)]}))
    keyring.load.cache_clear()
    later = keyring.load(path)
    assert later.current.number == 2
    assert later.unwrap(wrapped=wrapped, epoch=epoch, binding=BINDING) == b"k" * 32
    assert [key["kid"] for key in later.encryption_jwks()["keys"]][1] == (
        ring.current.encryption_key.kid
    )


def test_published_keys_are_public_and_nothing_prints(tmp_path):
    ring = keyring.load(tmp_path / "keyring.json")
    published = [*ring.encryption_jwks()["keys"], *ring.challenge_jwks()["keys"]]
    assert all("d" not in key for key in published)
    assert repr(ring) == "KeyRing(epochs=[1])"
    assert repr(ring.current) == "Epoch(number=1)"
