"""Multiple Response Types 2.1, 3, 5; OpenID Connect Core 3; RFC 9700 2.1.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import response_type
from idp.protocol.response_type import RESPONSE_MODES, RESPONSE_TYPES


@given(st.sampled_from(RESPONSE_TYPES).flatmap(lambda name: st.permutations(name.split())))
def test_every_order_of_the_words_is_the_same_type(words):
    assert sorted(response_type.normalised(" ".join(words)).split()) == sorted(words)


@pytest.mark.parametrize(
    "text", ["", "token", "none", "code code", "code  id_token", " code", "code\tid_token", "CODE"]
)
def test_anything_else_is_no_type(text):
    assert response_type.normalised(text) == ""


@given(st.text())
def test_any_text_is_one_of_the_types_or_none(text):
    assert response_type.normalised(text) in {"", *RESPONSE_TYPES}


@pytest.mark.parametrize("name", RESPONSE_TYPES)
def test_the_default_mode_always_suits(name):
    assert response_type.suits(response_type.default_mode(name), name)
    assert response_type.suits("form_post", name)
    assert not response_type.suits("web_message", name)


def test_a_query_carries_nothing_but_a_code():
    assert [n for n in RESPONSE_TYPES if response_type.suits("query", n)] == ["code"]
    assert RESPONSE_MODES[0] == response_type.default_mode("code")
