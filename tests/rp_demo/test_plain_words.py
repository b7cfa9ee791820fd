"""R-6.2.4-2; OpenID Connect Core 2, RFC 8176: what a claim says, in words that are true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rp_demo import plain_words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


def said(name, value):
    (claim,) = plain_words.compare({}, {name: value}, now=NOW)
    return claim


def test_methods_come_in_an_order_that_makes_sense():
    words = said("amr", ["face", "mfa", "pop", "pwd", "swk", "new"]).after.words
    assert [one.split()[0] for one in words] == ["Your", "A", "That", "Your", "Altogether", "new"]


def test_a_claim_that_was_not_there_before_is_marked():
    claim = said("acr", "phr")
    assert claim.changed
    assert claim.before.words == ("not said",)


def test_an_unknown_level_counts_for_nothing():
    assert "counts for nothing" in said("acr", "urn:other").after.words[0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "12:00:00 UTC, 0 seconds ago"),
        (-1, "11:59:59 UTC, 1 second ago"),
        (-60, "11:59:00 UTC, 1 minute ago"),
        (-7200, "10:00:00 UTC, 2 hours ago"),
        (600, "12:10:00 UTC, in 10 minutes"),
    ],
)
def test_times_are_told_from_now(seconds, words):
    assert said("auth_time", SECONDS + seconds).after.words == (words,)


def test_only_what_was_said_is_shown():
    names = [one.name for one in plain_words.compare({"aud": ["a", "b"]}, {"aud": "a"}, now=NOW)]
    assert names == ["aud"]


def test_an_alias_that_the_bank_agreed_on_is_no_unknown_level():
    assert "does not know" in plain_words.level("urn:bank:strong")
    assert "has agreed on" in plain_words.level("urn:bank:strong", ("urn:bank:strong",))
