"""OpenID Connect Core 2; RFC 9470 3; R-B-6: other names for `acr` values, and what they may be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import acr_alias
from idp.protocol.acr import LOA, RUNGS
from idp.protocol.acr_alias import PRESETS, Alias

LOA1, LOA2, LOA3 = LOA.format(1), LOA.format(2), LOA.format(3)
THERE = (Alias("everywhere", LOA2), Alias("at-a", LOA2, "a"))


@pytest.mark.parametrize(
    ("alias", "why"),
    [
        pytest.param(Alias("silver", LOA2), "", id="a-new-name"),
        pytest.param(Alias("at-a", LOA3, "b"), "", id="another-meaning-at-another-client"),
        pytest.param(Alias("everywhere", LOA2, "a"), "", id="the-same-meaning-again-at-a-client"),
        pytest.param(Alias("phr", LOA2), "name of our own", id="phr"),
        pytest.param(Alias("phrh", LOA3), "name of our own", id="phrh"),
        pytest.param(Alias(LOA1, LOA3), "name of our own", id="a-canonical-name"),
        pytest.param(Alias("silver", "gold"), "one of our own values", id="an-alias-of-an-alias"),
        pytest.param(
            Alias("everywhere", LOA3, "a"),
            f"already means {LOA2} everywhere",
            id="another-meaning-than-everywhere",
        ),
        pytest.param(
            Alias("at-a", LOA3), f"already means {LOA2} at this client", id="than-at-one-client"
        ),
        pytest.param(Alias("everywhere", LOA2), "already means this everywhere", id="twice"),
        pytest.param(
            Alias("at-a", LOA2, "a"), "already means this at this client", id="twice-at-a"
        ),
        *(
            pytest.param(Alias(name, LOA2), "printable ASCII", id=repr(name))
            for name in ("", "a b", 'a"b', "a\\b", "a\tb", "a\n", "\x00", "é", "x" * 121)
        ),
    ],
)
def test_a_name_has_one_meaning_wherever_it_is_visible(alias, why):
    found = acr_alias.refusal(alias, THERE)
    assert found == why if not why else why in found


ALIASES = st.builds(
    Alias,
    st.sampled_from(["1", "silver", "phr", LOA1, "a b"]),
    st.sampled_from([LOA1, LOA2, "phr", "unheard-of"]),
    st.sampled_from(["", "a", "b"]),
)


@given(st.lists(ALIASES, max_size=30))
def test_whatever_is_added_in_whatever_order_no_client_sees_two_meanings(wanted):
    kept: list[Alias] = []
    for alias in wanted:
        if not acr_alias.refusal(alias, kept):
            kept.append(alias)
    for client in ("a", "b", "c"):
        visible = {(one.name, one.value) for one in kept if one.client in {"", client}}
        assert len({name for name, _ in visible}) == len(visible)
    assert not {one.name for one in kept} & RUNGS.keys()
    assert {one.value for one in kept} <= RUNGS.keys()


@pytest.mark.parametrize(
    ("names", "values", "called"),
    [
        pytest.param(("2",), (LOA2,), {LOA2: "2"}, id="an-alias"),
        pytest.param((LOA3, "2"), (LOA3, LOA2), {LOA2: "2"}, id="the-order-stays"),
        pytest.param(("2", LOA2), (LOA2,), {LOA2: "2"}, id="the-first-name-counts"),
        pytest.param((LOA2, "2"), (LOA2,), {}, id="our-own-came-first"),
        pytest.param(("x", "2", "x"), ("x", LOA2), {LOA2: "2"}, id="an-unknown-one-stays"),
        pytest.param((), (), {}, id="nothing"),
    ],
)
def test_names_are_read_as_our_values_and_remembered(names, values, called):
    found = acr_alias.resolve(names, {"2": LOA2})
    assert (found.values, found.called) == (values, called)


def test_published_values_stay_weakest_first_with_each_name_after_its_value():
    aliases = [Alias("z", LOA1), Alias("a", LOA1), Alias("gold", LOA3), Alias("high", "phrh")]
    assert acr_alias.with_aliases((LOA1, LOA2, LOA3), aliases) == [
        *(LOA1, "a", "z"),
        LOA2,
        *(LOA3, "gold"),
    ]


@pytest.mark.parametrize(
    ("name", "promises"),
    [
        ("http://idmanagement.gov/ns/assurance/aal/2", True),
        ("AAL2", True),
        ("http://eidas.europa.eu/LoA/high", True),
        ("eidas2", True),
        ("urn:example:nist:800-63:ial:2", True),
        ("3", False),
        ("urn:singpass:authentication:loa:3", False),
        ("urn:example:serial:1", False),
    ],
)
def test_a_framework_s_word_needs_evidence_with_an_end(name, promises):
    assert acr_alias.needs_evidence(name) is promises
    end = date(2027, 1, 1)
    for basis, expires_on in (("", None), ("a report", None), (" ", end)):
        lacking = acr_alias.evidence_refusal(name, basis=basis, expires_on=expires_on)
        assert bool(lacking) is promises
    assert not acr_alias.evidence_refusal(name, basis="a report", expires_on=end)


def test_every_preset_could_be_added_and_those_that_promise_more_say_so():
    assert not [p for p in PRESETS if acr_alias.refusal(Alias(p.name, p.value), ())]
    assert all(acr_alias.is_name(preset.name) for preset in PRESETS)
    assert {p.family for p in PRESETS if acr_alias.needs_evidence(p.name)} == {
        "NIST SP 800-63, as US agencies write it",
        "eIDAS levels of assurance",
    }
