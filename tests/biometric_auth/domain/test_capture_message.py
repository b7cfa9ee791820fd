"""AGENT-PROTOCOL 4, R-9.4-10: a part of a capture is a JSON object or nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.capture_message import read_object
from biometric_auth.domain.errors import MalformedMessage

NESTED = b"[" * 100_000 + b"]" * 100_000


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_an_object_is_read(said):
    assert read_object(json.dumps(said).encode()) == said


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param(b"{", id="truncated"),
        pytest.param(b"[]", id="an-array"),
        pytest.param(b"null", id="null"),
        pytest.param(NESTED, id="a-tower-of-brackets"),
    ],
)
def test_anything_else_is_malformed(part):
    with pytest.raises(MalformedMessage):
        read_object(part)
