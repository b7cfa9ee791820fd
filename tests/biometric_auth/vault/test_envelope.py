"""R-9.4-1, R-9.4-5, R-6.3-5: a seal opens under its key and identity, and under nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.errors import SealBroken
from biometric_auth.vault import envelope

KEY = envelope.new_key()
BINDING = {
    "reference": "r-1",
    "subject": "alice",
    "application_model": "server",
    "engine": "face/1",
    "policy": "1",
}
PLAIN = b"template" * 64
SEALED = envelope.seal(key=KEY, plaintext=PLAIN, binding=BINDING)


@given(plaintext=st.binary(max_size=2048))
def test_what_was_sealed_opens(plaintext):
    sealed = envelope.seal(key=KEY, plaintext=plaintext, binding=BINDING)
    assert envelope.open_seal(key=KEY, sealed=sealed, binding=BINDING) == plaintext


@given(position=st.integers(0, len(SEALED) * 8 - 1))
def test_any_flipped_bit_breaks_the_seal(position):
    changed = bytearray(SEALED)
    changed[position // 8] ^= 1 << position % 8
    with pytest.raises(SealBroken):
        envelope.open_seal(key=KEY, sealed=bytes(changed), binding=BINDING)


@given(length=st.integers(0, len(SEALED) - 1))
def test_a_shortened_seal_does_not_open(length):
    with pytest.raises(SealBroken):
        envelope.open_seal(key=KEY, sealed=SEALED[:length], binding=BINDING)


@given(name=st.sampled_from(sorted(BINDING)), value=st.text(max_size=20))
def test_a_swapped_identity_does_not_open(name, value):
    other = BINDING | {name: value}
    if other == BINDING:
        return
    with pytest.raises(SealBroken):
        envelope.open_seal(key=KEY, sealed=SEALED, binding=other)


def test_another_key_does_not_open():
    with pytest.raises(SealBroken):
        envelope.open_seal(key=envelope.new_key(), sealed=SEALED, binding=BINDING)


def test_the_same_plaintext_never_seals_to_the_same_bytes():
    again = envelope.seal(key=KEY, plaintext=PLAIN, binding=BINDING)
    assert again != SEALED
    assert PLAIN not in SEALED
