"""OpenID Connect Core 3.1.2.1, 3.1.2.6, 5.5.1.1; RFC 9470 4; OIDC.md 6.6; R-5.2-1, R-5.2-3.

Initiating User Registration via OpenID Connect 1.0 4.1 (``prompt=create``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.contract import Evidence
from idp.protocol import acr
from idp.protocol.acr import LOA, SUPPORTED
from idp.protocol.assurance import SELF_ASSESSED, STRICT
from idp.protocol.errors import ErrorCode
from idp.protocol.evidence_record import Profile
from idp.protocol.interaction import (
    CANCELLED,
    CONSENT,
    CREATE,
    SELECT_ACCOUNT,
    Ask,
    AskConsent,
    Authenticate,
    CreateAccount,
    Event,
    Issue,
    Option,
    Refuse,
    SelectAccount,
    decide,
)
from tests.idp import evidence

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOA1, LOA2, LOA3, RB3 = LOA.format(1), LOA.format(2), LOA.format(3), LOA.format("3:rb")
EVIDENCE = {"password": evidence.PASSWORD, "passkey": evidence.PASSKEY, "face": evidence.FACE}
PASSWORD = Option("password", EVIDENCE["password"], opens_session=True, is_biometric=False)
PASSKEY = Option("passkey", EVIDENCE["passkey"], opens_session=True, is_biometric=False)
FACE = Option("face", EVIDENCE["face"], opens_session=False, is_biometric=True)
ALL = (PASSWORD, PASSKEY, FACE)


def event(name, minutes=0):
    amr = {"password": {"pwd"}, "face": {"face"}}.get(name, set())
    return Event(name, NOW - timedelta(minutes=minutes), frozenset(amr), EVIDENCE[name])


def step(ask, *events, subject="alice", options=ALL, declined=(), consented=frozenset(), **more):
    """Decide for Alice, who is signed in by `events`; `more` names policy and answers."""
    return decide(
        ask,
        subject=subject,
        events=events,
        options=options,
        consented=consented,
        declined=frozenset(declined),
        answered=frozenset(more.get("answered", ())),
        profile=Profile(1, more.get("policy", SELF_ASSESSED)),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("ask", "events", "expected"),
    [
        pytest.param(
            Ask(acr_values=(RB3, LOA3)),
            [event("password", 1)],
            Authenticate("face", RB3, ("passkey",)),
            id="step-up-is-missing-evidence",
        ),
        pytest.param(
            Ask(acr_values=(LOA3, RB3)),
            [event("password", 1)],
            Authenticate("passkey", LOA3, ("face",)),
            id="the-client's-order-decides",
        ),
        pytest.param(
            Ask(acr_values=("urn:example:x", LOA2)),
            [event("password", 1)],
            Authenticate("passkey", LOA2, ("face",)),
            id="an-unknown-value-is-ignored",
        ),
        pytest.param(
            Ask(max_age=timedelta(minutes=5)),
            [event("password", 6)],
            Authenticate("password", LOA1, ("passkey", "face")),
            id="max-age-passed",
        ),
        pytest.param(
            Ask(acr_values=(RB3,)),
            [event("password", 20), event("face", 1)],
            Authenticate("password", RB3, ("passkey",)),
            id="an-aged-password-is-asked-again",
        ),
        pytest.param(
            Ask(acr_values=(RB3,)),
            [],
            Authenticate("password", RB3, ("passkey", "face")),
            id="the-first-of-two-steps",
        ),
        pytest.param(
            Ask(not_before=NOW),
            [event("password", 1)],
            Authenticate("password", LOA1, ("passkey", "face")),
            id="prompt-login-asks-again",
        ),
    ],
)
def test_what_is_missing_is_asked_for(ask, events, expected):
    assert step(ask, *events) == expected


@pytest.mark.parametrize(
    ("ask", "events", "value", "amr"),
    [
        pytest.param(Ask(), ["password"], LOA1, ("pwd",), id="nothing-asked"),
        pytest.param(
            Ask(), ["passkey"], LOA3, ("mfa", "pop", "swk", "user"), id="the-highest-that-holds"
        ),
        pytest.param(Ask(acr_values=(LOA1,)), ["passkey"], LOA1, None, id="what-was-asked"),
        pytest.param(
            Ask(acr_values=(RB3, LOA3)),
            ["password", "face"],
            RB3,
            ("face", "mfa", "pop", "pwd", "swk", "user"),
            id="stepped-up",
        ),
        pytest.param(Ask(acr_values=("0",)), ["password"], LOA1, ("pwd",), id="unknown-only"),
    ],
)
def test_issue_names_the_value_that_was_earned(ask, events, value, amr):
    issued = step(ask, *[event(name, 1) for name in events])
    assert isinstance(issued, Issue)
    assert issued.acr == value
    assert amr is None or issued.amr == amr


def test_auth_time_is_the_latest_of_the_fresh_events():
    issued = step(Ask(acr_values=(RB3,)), event("password", 9), event("face", 2))
    assert issued.auth_time == NOW - timedelta(minutes=2)


def test_a_voluntary_value_out_of_reach_yields_what_holds():
    issued = step(Ask(acr_values=(RB3,)), event("password", 1), policy=STRICT)
    assert issued.acr == LOA1


def test_an_essential_value_out_of_reach_is_an_error():
    refused = step(Ask(acr_values=(RB3,), acr_essential=True), event("password", 1), policy=STRICT)
    assert refused.error == ErrorCode.UNMET_AUTHENTICATION_REQUIREMENTS


def test_essential_accepts_any_of_its_values():
    ask = Ask(acr_values=(RB3, LOA1), acr_essential=True)
    assert step(ask, event("password", 1), policy=STRICT).acr == LOA1


def test_who_declines_the_camera_reaches_the_level_with_a_passkey():
    ask = Ask(acr_values=(RB3, LOA3))
    asked = step(ask, event("password", 1), declined={"face"})
    assert asked == Authenticate("passkey", LOA3, ())
    issued = step(ask, event("password", 1), event("passkey"), declined={"face"})
    assert issued.acr == LOA3


def test_a_url_cannot_go_below_the_client_s_floor():
    ask = Ask(acr_values=(LOA1,), floors=(LOA3,))
    assert step(ask, event("password", 1)).method == "passkey"
    assert step(ask, event("password", 1), options=(PASSWORD,)).error == (
        ErrorCode.UNMET_AUTHENTICATION_REQUIREMENTS
    )


def test_every_floor_holds_and_the_way_to_the_strongest_is_shown():
    ask = Ask(acr_values=(LOA1,), floors=(RB3, "phr"))
    held = [event("password", 1), event("face", 1)]
    assert step(Ask(floors=(RB3,)), *held).acr == RB3
    assert step(ask, *held) == Authenticate("passkey", LOA1, ())
    assert step(Ask(floors=(RB3, "phr")), *held) == Authenticate("passkey", RB3, ())
    assert step(ask, *held, event("passkey")).acr == LOA1


def test_floors_are_ordered_by_what_they_ask_and_an_unknown_one_comes_first():
    mixed = ["phr", LOA1, "?", RB3, LOA3, "phrh", LOA1]
    assert acr.strongest_first(mixed) == ("?", RB3, LOA3, "phrh", "phr", LOA1)


def test_a_misspelt_floor_fails_closed():
    assert isinstance(step(Ask(floors=("urn:example:typo",)), event("passkey")), Refuse)


def test_a_biometric_is_never_offered_before_the_person_is_known():
    asked = step(Ask(acr_values=(RB3,)), subject=None)
    assert asked == Authenticate("password", RB3, ("passkey",))


def test_a_method_that_the_person_has_not_enrolled_is_not_planned():
    bare = (PASSWORD, Option("passkey", None, opens_session=True, is_biometric=False), FACE)
    assert step(Ask(acr_values=(LOA3,)), event("password", 1), options=bare).method == "face"


def test_a_plan_is_never_evidence():
    weaker = Event("face", NOW, frozenset({"face"}), Evidence())
    asked = step(Ask(acr_values=(RB3,), acr_essential=True), event("password", 1), weaker)
    assert not isinstance(asked, Issue)


@pytest.mark.parametrize(
    ("ask", "events", "subject", "error"),
    [
        (Ask(), [], None, ErrorCode.LOGIN_REQUIRED),
        (Ask(max_age=timedelta(minutes=1)), [event("password", 2)], "a", ErrorCode.LOGIN_REQUIRED),
        (Ask(acr_values=(LOA3,)), [event("password", 1)], "a", ErrorCode.INTERACTION_REQUIRED),
        (
            Ask(acr_values=(LOA3,), acr_essential=True),
            [event("password", 1)],
            "a",
            ErrorCode.UNMET_AUTHENTICATION_REQUIREMENTS,
        ),
        (Ask(scope=frozenset({"email"})), [event("password")], "a", ErrorCode.CONSENT_REQUIRED),
    ],
)
def test_prompt_none_never_shows_a_page(ask, events, subject, error):
    silent = Ask(
        acr_values=ask.acr_values,
        acr_essential=ask.acr_essential,
        max_age=ask.max_age,
        scope=ask.scope,
        prompt=frozenset({"none"}),
    )
    refused = step(silent, *events, subject=subject, consented=None)
    assert isinstance(refused, Refuse)
    assert refused.error == error


def test_prompt_none_issues_when_nothing_is_missing():
    assert isinstance(step(Ask(prompt=frozenset({"none"})), event("password", 1)), Issue)


def asking(*prompt, **more):
    return Ask(prompt=frozenset(prompt), **more)


@pytest.mark.parametrize(
    ("ask", "answered", "expected"),
    [
        pytest.param(asking("select_account"), (), SelectAccount(True), id="choose"),
        pytest.param(
            asking("select_account", required_subject="bob"), (), SelectAccount(False), id="hint"
        ),
        pytest.param(Ask(required_subject="bob"), (), SelectAccount(False), id="hint-alone"),
        pytest.param(asking("create"), (), CreateAccount(), id="create"),
        pytest.param(asking("create", "select_account"), (), CreateAccount(), id="create-first"),
        pytest.param(asking("create"), (CREATE,), SelectAccount(True), id="an-old-account-then"),
    ],
)
def test_the_account_is_settled_before_anybody_authenticates(ask, answered, expected):
    assert step(ask, event("password", 1), answered=answered) == expected
    assert step(ask, answered=answered) == expected


@pytest.mark.parametrize(
    ("ask", "answered"),
    [
        (asking("select_account"), (SELECT_ACCOUNT,)),
        (asking("create"), (CREATE, SELECT_ACCOUNT)),
        (asking("select_account", required_subject="alice"), (SELECT_ACCOUNT,)),
        (Ask(required_subject="alice"), ()),
    ],
)
def test_choosing_the_account_at_hand_needs_no_new_password(ask, answered):
    assert isinstance(step(ask, event("password", 1), answered=answered), Issue)


def test_select_account_and_login_together_ask_for_both():
    ask = asking("select_account", "login", not_before=NOW)
    assert step(ask, event("password", 1)) == SelectAccount(True)
    assert step(ask, event("password", 1), answered=[SELECT_ACCOUNT]).method == "password"


@pytest.mark.parametrize("prompt", ["select_account", "login"])
def test_without_a_session_there_is_nothing_to_choose_from(prompt):
    assert step(asking(prompt), subject=None).method == "password"


def test_the_offer_of_a_new_account_needs_no_session_and_is_made_once():
    assert step(asking("create"), subject=None) == CreateAccount()
    assert step(asking("create"), subject=None, answered=[CREATE]).method == "password"


def test_whoever_signs_in_as_another_person_than_the_hinted_one_is_refused():
    refused = step(Ask(required_subject="bob"), event("password"), answered=[SELECT_ACCOUNT])
    assert refused.error == ErrorCode.LOGIN_REQUIRED


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (asking("none", required_subject="bob"), ErrorCode.LOGIN_REQUIRED),
        (asking("none", "select_account"), ErrorCode.ACCOUNT_SELECTION_REQUIRED),
        (asking("none", "create"), ErrorCode.INTERACTION_REQUIRED),
    ],
)
def test_prompt_none_never_asks_for_an_account(ask, error):
    assert step(ask, event("password", 1)).error == error


@pytest.mark.parametrize("word", [CONSENT, CANCELLED])
def test_declining_ends_in_access_denied(word):
    refused = step(Ask(), event("password"), declined={word})
    assert refused.error == ErrorCode.ACCESS_DENIED


def test_consent_is_asked_for_what_was_not_granted():
    ask = Ask(scope=frozenset({"openid", "email"}))
    granted = frozenset({"openid", "email", "profile"})
    assert step(ask, event("password"), consented=frozenset({"openid"})) == AskConsent(ask.scope)
    assert isinstance(step(ask, event("password"), consented=granted), Issue)


def test_consent_comes_after_authentication():
    ask = Ask(acr_values=(LOA3,), scope=frozenset({"openid"}))
    assert isinstance(step(ask, event("password", 1), consented=None), Authenticate)


def test_methods_are_not_looked_up_when_nothing_is_missing():
    def unread():
        message = "the options were read"
        raise AssertionError(message)
        yield

    assert isinstance(step(Ask(acr_values=(LOA1,)), event("password"), options=unread()), Issue)


EVENTS = st.lists(st.builds(event, st.sampled_from(sorted(EVIDENCE)), st.integers(0, 600)))
ASKS = st.builds(
    Ask,
    acr_values=st.lists(st.sampled_from(SUPPORTED), max_size=3).map(tuple),
    acr_essential=st.booleans(),
    floors=st.lists(st.sampled_from(SUPPORTED), max_size=2).map(acr.strongest_first),
    max_age=st.none() | st.integers(0, 600).map(lambda minutes: timedelta(minutes=minutes)),
)
DECLINED = st.sets(st.sampled_from(sorted(EVIDENCE)))


@given(ASKS, EVENTS, DECLINED)
def test_what_is_issued_holds(ask, events, declined):
    issued = step(ask, *events, declined=declined)
    if isinstance(issued, Issue):
        for name in {issued.acr, *ask.floors}:
            assert acr.holds(name, events, policy=SELF_ASSESSED, now=NOW)
        assert ask.max_age is None or issued.auth_time >= NOW - ask.max_age


@given(ASKS, EVENTS, DECLINED)
def test_every_planned_step_leads_on_until_it_is_issued_or_refused(ask, events, declined):
    for _ in range(len(ALL) + 1):
        found = step(ask, *events, declined=declined)
        if not isinstance(found, Authenticate):
            return
        assert found.method not in declined
        assert found.method not in found.alternatives
        events = [*events, event(found.method)]
    message = "the plan goes round in circles"
    raise AssertionError(message)


def test_whoever_declines_every_way_to_sign_in_is_refused():
    refused = step(Ask(), subject=None, declined={"password", "passkey"})
    assert refused == Refuse(ErrorCode.ACCESS_DENIED, refused.description)
