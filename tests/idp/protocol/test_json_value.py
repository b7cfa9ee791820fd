"""RFC 8259 7, 8.2; OIDC.md A7: JSON that spells what cannot be stored."""

from __future__ import annotations

import json

import pytest

from idp.protocol.json_value import DEEPEST, is_plain


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "text",
    [
        '"Käthe 🙂"', "1.5", "null", "true", "[]", "{}", '{"a": [{"b": "c"}, 1]}', "9" * 4_000,
        nested(DEEPEST),
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_can_be_stored_is_plain(text):
    assert is_plain(json.loads(text))


@pytest.mark.parametrize("form", ["{}", "[{}]", '{{"a": {{"b": {}}}}}', '{{{}: ""}}'])
@pytest.mark.parametrize("text", [r'"a\u0000"', r'"\ud800"', r'"\udc00a"', r'"a\n"', r'"\u007f"'])
def test_a7_neither_control_characters_nor_halves_of_pairs_are(form, text):
    assert not is_plain(json.loads(form.format(text)))


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", nested(17)])
def test_a7_nor_what_is_infinite_or_endlessly_deep(text):
    assert not is_plain(json.loads(text))
