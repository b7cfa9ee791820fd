"""RFC 6749 3.1, 3.2, appendix B; OIDC.md A6, A7."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import ProtocolError
from idp.protocol.parameters import check_lengths, parse

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
VALUES = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), max_size=50)


@given(st.dictionaries(NAMES, VALUES, max_size=10))
def test_what_was_sent_is_read_and_empty_counts_as_absent(sent):
    expected = {name: value for name, value in sent.items() if value}
    assert parse(urlencode(sent)).once() == expected
    assert parse(urlencode(sent).encode()).once() == expected


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5), VALUES)
def test_any_repetition_is_refused_even_an_empty_one(sent, again):
    name = next(iter(sent))
    found = parse(urlencode([*sent.items(), (name, again)]))
    assert found.repeated == {name}
    with pytest.raises(ProtocolError):
        found.once()


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_anything_else_is_read_or_refused(encoded):
    try:
        found = parse(encoded)
    except ProtocolError:
        return
    assert all(found.values.values())


@pytest.mark.parametrize("encoded", ["a=%ff", "a=%00", "a=%0d%0a", "%00=a", "a=\u00fc", b"a=\xff"])
def test_what_is_no_clean_utf8_is_refused(encoded):
    with pytest.raises(ProtocolError):
        parse(encoded)


def test_too_many_are_refused():
    with pytest.raises(ProtocolError):
        parse("&".join(f"p{number}=1" for number in range(61)))


@pytest.mark.parametrize(
    ("name", "longest"), [("state", 4096), ("claims", 16_384), ("client_id", 120)]
)
def test_each_has_a_longest_value(name, longest):
    check_lengths({name: "x" * longest})
    with pytest.raises(ProtocolError, match=name):
        check_lengths({name: "x" * (longest + 1)})


@pytest.mark.parametrize("name", ["st\u00e4te", 'a"b', "a\\b", "x" * 41])
def test_a_name_that_may_not_stand_in_a_description_is_not_repeated(name):
    with pytest.raises(ProtocolError) as refused:
        check_lengths({name: "x" * 5_000})
    assert refused.value.description == "A parameter is too long."
