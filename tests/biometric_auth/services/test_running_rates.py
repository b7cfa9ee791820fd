"""R-9.2-19: rates by day and week, with one query each however many rows there are; R-9.2-11."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from biometric_auth.services import running_rates
from biometric_auth.services.running_rates import ATTACK, COMPARISON, OTHER
from tests.biometric_auth.records import (
    DAY,
    NOW,
    a_device,
    a_record,
    a_reference,
    a_transaction,
    refusals,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
TODAY = NOW.date()
DAYS = running_rates.days_until(TODAY, 3)
WEEKS = running_rates.weeks_before(TODAY, 2)


def test_days_end_today_and_weeks_end_before_this_one():
    assert [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)] == DAYS
    assert [date(2026, 11, 9), date(2026, 11, 16)] == WEEKS


def test_an_enrolment_counts_on_its_day_also_when_it_was_erased():
    for back, state in ((0, "active"), (2, "active"), (9, "active")):
        a_reference(f"sub-{back}", state=state, created_at=NOW - back * DAY)
    a_reference("sub-erased", state="erased", sealed_template=b"", created_at=NOW - 2 * DAY)
    assert running_rates.enrolments(DAYS) == (2, 0, 1)


def test_a_step_up_counts_by_how_it_ended():
    for state in ("consumed", "consumed", "refused", "cancelled", "expired", "claimed"):
        a_transaction(state)
    late = NOW - DAY
    a_transaction("judged", created_at=late, expires_at=late + timedelta(minutes=15))
    a_transaction("consumed", purpose="enrolment")
    assert running_rates.step_ups(DAYS, now=NOW) == {
        "authenticated": (0, 0, 2),
        "refused": (0, 0, 1),
        "denied": (0, 0, 1),
        "expired": (0, 1, 1),
    }


def test_causes_are_told_apart_where_nobody_can_be_found_behind_them():
    for outcome in ("attack_presentation", "non_match", "poor_quality"):
        refusals(outcome, people=5, each=2)
    refusals("attack_presentation", people=4, at=NOW - DAY)
    refusals("non_match", people=6, at=NOW - DAY)
    refusals("attack_presentation", people=6, at=NOW - 2 * DAY)
    assert running_rates.refusals(DAYS) == [
        (6, {}),
        (10, {}),
        (30, {ATTACK: 10, COMPARISON: 10, OTHER: 10}),
    ]


def test_outcomes_under_one_name_are_one_group_of_people():
    for outcome in ("poor_quality", "challenge_failed"):
        for number in range(3):
            a_record(f"sub-{number}", outcome=outcome)
    refusals("non_match", people=5)
    assert running_rates.refusals(DAYS)[-1] == (11, {})


def test_the_day_that_runs_is_not_in_days_that_are_over():
    refusals("non_match", people=5)
    assert running_rates.refusals(DAYS[:-1]) == [(0, {}), (0, {})]


def passed(subject, device, *, at, engine="face/1", refused=0):
    """Store an authentication that was passed after so many refusals."""
    fields = {"transaction": uuid.uuid4(), "device": device, "at": at, "engine": engine}
    for _ in range(refused):
        a_record(subject, outcome="non_match", **fields)
    a_record(subject, **fields)


def test_a_refusal_before_the_person_passed_is_a_false_one_by_engine_and_kind_of_device():
    last, before = NOW - 7 * DAY, NOW - 14 * DAY
    for number in range(5):
        subject = f"sub-{number}"
        phone = a_device(subject).pk
        browser = a_device(subject, kind="jws").pk
        passed(subject, phone, at=last, refused=number == 0)
        passed(subject, browser, at=last, engine="face/2")
        if number:
            passed(subject, phone, at=before, refused=3)
    gave_up = {"device": a_device().pk, "at": last}
    a_record(outcome="non_match", **gave_up)
    a_record(outcome="non_match", purpose="enrolment", **gave_up)
    passed("sub-now", a_device("sub-now").pk, at=NOW, refused=9)
    found = {
        (one.engine, one.device_kind): one.rates for one in running_rates.false_rejections(WEEKS)
    }
    assert found == {
        ("face/1", "webauthn"): (None, 1 / 6),  # four people in the week before: too few
        ("face/2", "jws"): (None, 0.0),
    }


FIGURES = {
    "enrolments": lambda: running_rates.enrolments(DAYS),
    "step_ups": lambda: running_rates.step_ups(DAYS, now=NOW),
    "refusals": lambda: running_rates.refusals(DAYS),
    "false_rejections": lambda: running_rates.false_rejections(WEEKS),
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize("rows", [0, 20])
def test_each_figure_takes_one_query(django_assert_num_queries, figure, rows):
    for number in range(rows):
        subject, at = f"sub-{number}", NOW - 7 * DAY
        a_reference(subject)
        a_transaction(subject=subject)
        a_record(subject, device=a_device(subject).pk, at=at, engine=f"face/{number}")
    with django_assert_num_queries(1, using="biometric"):
        figure()
