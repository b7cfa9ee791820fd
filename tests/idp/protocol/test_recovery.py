"""R-9.4-9, R-5.2-1; NIST SP 800-63B-4, 4.2: the recovery matrix, every combination of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from pathlib import Path

import pytest
from hypothesis import given

from idp.protocol.assurance import assess
from idp.protocol.recovery import (
    REPLACEABLE,
    Way,
    asked_beside_the_message,
    enrolment_grade,
    may_replace,
    settles_at,
)
from tests.idp.evidence import evidence
from tests.idp.protocol.test_assurance import POLICIES

EMAIL, PASSWORD, PASSKEY, CODE, SAVED, FACE, VOUCHED = (
    Way.EMAIL, Way.PASSWORD, Way.PASSKEY, Way.ONE_TIME_CODE, Way.RECOVERY_CODE, Way.FACE,
    Way.VOUCHED,
)  # fmt: skip
HELD = (EMAIL, PASSWORD, PASSKEY, CODE, SAVED, FACE)
MATRIX = Path(__file__).resolve().parents[3] / "docs" / "recovery-matrix.md"
NOW = datetime(2026, 5, 4, tzinfo=UTC)


def subsets(ways):
    sizes = (combinations(ways, size) for size in range(len(ways) + 1))
    return [frozenset(some) for some in chain.from_iterable(sizes)]


def combos():
    """Every account, with every part of it lost, vouched for or not."""
    return [
        (account, account - lost | vouched)
        for account in subsets(HELD)
        for lost in subsets(tuple(account))
        for vouched in (frozenset(), frozenset({VOUCHED}))
    ]


@pytest.mark.parametrize(
    ("account", "shown", "replaced"),
    [
        pytest.param({EMAIL, PASSWORD}, {EMAIL}, {PASSWORD}, id="a password alone"),
        pytest.param({EMAIL}, {EMAIL}, {PASSWORD}, id="nothing yet"),
        pytest.param({EMAIL, PASSWORD, PASSKEY}, {EMAIL}, set(), id="one message for two factors"),
        pytest.param({EMAIL, PASSWORD, FACE}, {EMAIL}, set(), id="a face is a factor to protect"),
        pytest.param({EMAIL, PASSWORD, FACE}, {EMAIL, FACE}, set(), id="a face corroborates only"),
        pytest.param({EMAIL, PASSWORD, FACE}, {FACE}, set(), id="a face alone"),
        pytest.param({PASSWORD, FACE, CODE}, {FACE, CODE}, set(), id="a face and a code"),
        pytest.param({EMAIL, PASSWORD, SAVED}, {EMAIL, SAVED}, {PASSWORD}, id="two codes"),
        pytest.param({PASSWORD, SAVED}, {SAVED}, set(), id="a saved code alone"),
        pytest.param({EMAIL, PASSWORD, PASSKEY, SAVED}, {EMAIL, SAVED}, {PASSWORD, PASSKEY},
                     id="two codes, all else lost"),
        pytest.param({EMAIL, PASSWORD, CODE}, {EMAIL, PASSWORD}, {CODE}, id="lost phone"),
        pytest.param({EMAIL, PASSWORD, CODE}, {EMAIL, CODE}, {PASSWORD}, id="forgotten password"),
        pytest.param({EMAIL, PASSKEY}, {EMAIL, PASSKEY}, {PASSWORD}, id="there was no password"),
        pytest.param({EMAIL, PASSWORD, PASSKEY}, {EMAIL, VOUCHED}, {PASSWORD, PASSKEY},
                     id="two of the help desk"),
        pytest.param({PASSWORD, PASSKEY}, {VOUCHED}, set(), id="the help desk without a message"),
    ],
)  # fmt: skip
def test_what_may_be_replaced(account, shown, replaced):
    assert may_replace(account, shown) == replaced


def test_a_deployment_may_let_the_message_alone_replace_the_password_and_no_more():
    for account, _shown in combos():
        assert may_replace(account, {EMAIL}, email_alone=True) == {PASSWORD}


@pytest.mark.parametrize("email_alone", [False, True])
def test_no_biometric_changes_anything_in_any_combination(email_alone):
    for account, shown in combos():
        without = may_replace(account, shown - {FACE}, email_alone=email_alone)
        assert may_replace(account, shown | {FACE}, email_alone=email_alone) == without
        assert may_replace(account, {FACE}, email_alone=email_alone) == frozenset()


def test_nothing_alone_recovers_an_account_that_has_more_than_a_password():
    for account, shown in combos():
        if account - {EMAIL, PASSWORD} and len(shown - {FACE}) < 2:
            assert may_replace(account, shown) == frozenset()


def test_what_was_shown_and_what_was_not_there_is_never_replaced():
    for account, shown in combos():
        replaced = may_replace(account, shown)
        assert not replaced & shown
        assert replaced <= (account & REPLACEABLE) | {PASSWORD}


def test_more_shown_never_recovers_less():
    for account, shown in combos():
        for more in HELD:
            if may_replace(account, shown):
                assert may_replace(account, shown | {more}) >= may_replace(account, shown) - {more}


def test_no_account_asks_for_a_biometric():
    for account in subsets(HELD):
        asked = asked_beside_the_message(account)
        assert FACE not in asked
        assert EMAIL not in asked
        assert set(asked) == account & REPLACEABLE


@given(evidence(), POLICIES)
def test_no_recovery_yields_more_than_level_two_while_cooling_off_runs(shown, policy):
    assessed = assess(replace(shown, cooling_off=1), policy)
    assert assessed.loa <= 2
    assert assessed.aal <= 1


@pytest.mark.parametrize(("enrolment", "hours"), [(0, 24), (1, 24), (2, 0), (4, 0)])
def test_a_new_key_counts_at_once_where_its_owner_stood_at_level_three_already(enrolment, hours):
    settled = settles_at(added=NOW, enrolment=enrolment, period=timedelta(hours=24))
    assert settled == NOW + timedelta(hours=hours)


def rows():
    """Print the matrix: what is left of an account that had everything but the first column."""
    everything = frozenset(HELD)
    for left in sorted(subsets(HELD), key=lambda some: [way not in some for way in HELD]):
        columns = (
            may_replace({EMAIL, PASSWORD}, left & {EMAIL, PASSWORD}),
            may_replace(everything, left),
            may_replace(everything, left | {VOUCHED}),
            may_replace(everything, left, email_alone=True),
        )
        said = (named(left), *(named(ways) for ways in columns))
        yield "| " + " | ".join(said) + " |"


def named(ways):
    order = (*HELD, VOUCHED)
    return ", ".join(str(way).replace("_", " ") for way in order if way in ways) or "nothing"


def test_the_matrix_that_people_read_is_what_the_rules_say():
    printed = [line for line in MATRIX.read_text().splitlines() if line.startswith("| ")]
    assert printed[1:] == list(rows())


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")


def test_only_a_session_of_level_3_vouches_for_what_is_added_in_it():
    assert [enrolment_grade(level) for level in (0, 1, 2, 3, 4)] == [1, 1, 1, 2, 2]
