"""R-9.1-5: a draft is tried on the evidence that is stored."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from idp.authentication import histories
from idp.models import AuthenticationEvent
from idp.protocol.assurance import SELF_ASSESSED, STRICT
from tests.factories import a_session, an_event
from tests.idp.profiles import agreed, put_into_force
from tests.idp.protocol.test_what_if import FACE

pytestmark = pytest.mark.django_db


@pytest.fixture
def week():
    """Five password sign-ins, and a step-up by face in two of those sessions."""
    for number in range(5):
        at = timezone.now() - timedelta(days=number)
        session = a_session(secret=str(number))
        an_event(session, at=at)
        if number < 2:
            an_event(session, at=at + timedelta(minutes=1), method="face", evidence=FACE.evidence)


def test_each_authentication_is_judged_with_what_its_session_had_then(week):
    found = histories.try_out(SELF_ASSESSED)
    assert (found.total, found.face_counts, found.lowered) == (7, 2, 0)
    assert [len(events) for events, _at in histories.last(2)] == [1, 2]


def test_only_the_last_are_read(week):
    assert histories.try_out(SELF_ASSESSED, count=3).total == 3


def test_it_changes_nothing(week):
    before = list(AuthenticationEvent.objects.values())
    histories.try_out(SELF_ASSESSED)
    assert list(AuthenticationEvent.objects.values()) == before


def said(*arguments):
    out = StringIO()
    call_command("what_if", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_a_profile_would_change(week):
    assert said("strict").startswith("Of the last 7 authentications 0 would change level.")
    assert "In 2 the face would begin to count as a factor." in said("self-assessed")
    assert said("self-assessed", "--last", "3").startswith("Of the last 3")


def test_the_command_takes_the_number_of_a_draft(week):
    put_into_force(SELF_ASSESSED)
    draft = agreed(STRICT, approvers=())
    assert "In 2 the face would count as a factor no more." in said(str(draft.version))


@pytest.mark.parametrize("arguments", [("lax",), ("99",), ("strict", "--last", "0")])
def test_the_command_refuses_what_it_does_not_know(arguments):
    with pytest.raises(CommandError):
        said(*arguments)
