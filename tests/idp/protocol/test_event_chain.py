"""R-9.1-7: the chain's rules, in the provider and in the authentication server alike."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain import event_chain as of_the_authentication_server
from idp.protocol import event_chain as of_the_provider

KEY, OLDER, STRANGE = b"k" * 32, b"o" * 32, b"s" * 32
AT = "2026-11-24T12:00:00+00:00"
both = pytest.mark.parametrize(
    "rules",
    [
        pytest.param(of_the_provider, id="provider"),
        pytest.param(of_the_authentication_server, id="authentication-server"),
    ],
)


def a_chain(rules, length, *, key=KEY):
    previous, links = rules.ORIGIN, []
    for number in range(1, length + 1):
        content = {"uuid": f"u-{number}", "kind": "sign_in.failed", "details": {"n": number}}
        event = rules.Event(f"event {number}", content, rules.event_mac(key, content))
        previous = rules.link_mac(key, previous=previous, number=number, at=AT, event_mac=event.mac)
        links.append(rules.Link(number, AT, previous, event))
    return links


def faults(rules, links, anchors=None, keys=(KEY,)):
    return list(rules.faults(links, keys=keys, anchors=anchors or {}))


def test_both_sides_have_the_same_rules():
    assert inspect.getsource(of_the_provider) == inspect.getsource(of_the_authentication_server)


@both
def test_a_chain_as_it_was_written_holds(rules):
    assert faults(rules, []) == []
    links = a_chain(rules, 5)
    assert faults(rules, links, {2: links[1].mac, 5: links[4].mac}) == []


@both
def test_what_an_earlier_key_wrote_holds_and_a_stranger_s_does_not(rules):
    assert faults(rules, a_chain(rules, 2, key=OLDER), keys=(KEY, OLDER)) == []
    assert len(faults(rules, a_chain(rules, 1, key=STRANGE), keys=(KEY, OLDER))) == 2


@both
def test_a_changed_event_is_named(rules):
    links = a_chain(rules, 3)
    links[1] = replace(links[1], event=replace(links[1].event, content={"kind": "other"}))
    assert faults(rules, links) == ["Link 2: event 2 was changed."]


@both
def test_a_missing_event_is_named(rules):
    links = a_chain(rules, 3)
    links[1] = replace(links[1], event=None)
    assert faults(rules, links) == ["Link 2: its event is gone."]


@both
@pytest.mark.parametrize("change", [{"at": "2026-11-25"}, {"mac": "0" * 64}, {"mac": "\u00e9"}])
def test_a_changed_link_is_named(rules, change):
    links = a_chain(rules, 3)
    links[2] = replace(links[2], **change)
    assert faults(rules, links) == ["Link 3 does not follow from the one before and its event."]


@both
def test_a_missing_link_is_named(rules):
    links = a_chain(rules, 4)
    assert faults(rules, links[:1] + links[2:]) == [
        "Between links 1 and 3 there is not what was there."
    ]
    assert faults(rules, links[1:]) == ["Between links 0 and 2 there is not what was there."]


@both
def test_links_that_were_exchanged_are_named(rules):
    one, two, three = a_chain(rules, 3)
    swapped = [one, replace(two, event=three.event), replace(three, event=two.event)]
    assert [fault[:6] for fault in faults(rules, swapped)] == ["Link 2", "Link 3"]


@both
def test_a_shortened_chain_and_another_history_are_found_by_an_anchor(rules):
    links = a_chain(rules, 4)
    assert faults(rules, links[:2]) == []
    assert faults(rules, links[:2], {4: links[3].mac}) == [
        "The chain ends at link 2, and link 4 was anchored."
    ]
    assert faults(rules, links, {3: "f" * 64}) == ["Link 3 is not the one that was anchored."]


@both
@pytest.mark.parametrize("value", [0.58, float("nan"), [{"score": 1e-5}]])
def test_a_float_is_not_recorded(rules, value):
    with pytest.raises(TypeError, match="no float"):
        rules.event_mac(KEY, {"details": value})


@given(
    length=st.integers(1, 8),
    taken=st.sets(st.integers(0, 7), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_no_choice_of_rows_but_a_beginning_holds(length, taken, order):
    links = a_chain(of_the_provider, length)
    kept = [link for place, link in enumerate(links) if place not in taken]
    order.shuffle(kept)
    beginning = kept == links[: len(kept)]
    assert (faults(of_the_provider, kept) == []) is beginning
