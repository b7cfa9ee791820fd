"""OpenID Connect Back-Channel Logout 1.0 2.3, 2.5; OIDC.md K1: who is told, when, how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.authentication import session
from idp.models import LogoutNotice
from idp.models.logout_notice import LEASE, MOST_ATTEMPTS, pause_after
from idp.models.session import sid_of
from tests.factories import a_client, a_session
from tests.idp.relying_party import RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LISTENS = "https://rp.example/back"


@pytest.fixture
def rp():
    return RelyingParty(a_client(backchannel_logout_uri=LISTENS))


@pytest.fixture
def notice(rp, browser):
    """The notice of a session that has just ended."""
    rp.tokens(browser)
    session.end(browser.session_row)
    return LogoutNotice.objects.get()


def fail(notice, now, outcome="500"):
    """Make an attempt that fails; return the notice as it is then."""
    claimed = LogoutNotice.objects.claim(notice.pk, now)
    claimed.record(outcome, delivered=False, lasting=False, now=now)
    return LogoutNotice.objects.get(pk=notice.pk)


def test_each_listening_client_of_the_session_is_told_once(rp, browser):
    silent, stranger = RelyingParty(), a_client(backchannel_logout_uri=LISTENS)
    for one in (rp, rp, silent):
        one.tokens(browser)
    session.end(browser.session_row)
    told = LogoutNotice.objects.get()
    assert told.client == rp.row
    assert told.client != stranger
    assert told.sid == sid_of(browser.session_row.pk, told.client_id)
    assert told.subject == browser.session_row.user.subject


def test_a_pairwise_client_is_told_of_its_own_name_for_the_person(browser):
    row = a_client(
        backchannel_logout_uri=LISTENS, subject_type="pairwise", sector_identifier="rp.example"
    )
    rp = RelyingParty(row)
    _, claims = rp.id_token(rp.tokens(browser))
    session.end(browser.session_row)
    assert LogoutNotice.objects.get().subject == claims["sub"] != browser.session_row.user.subject


def test_ending_twice_tells_once(rp, browser):
    rp.tokens(browser)
    assert len(session.end(browser.session_row)) == 1
    assert session.end(browser.session_row) is None
    assert LogoutNotice.objects.count() == 1


def test_a_session_without_clients_ends_silently():
    assert session.end(a_session()) == []


def test_a_new_notice_is_due_at_once(notice):
    assert list(LogoutNotice.objects.due(timezone.now())) == [notice]


def test_one_delivers_at_a_time_and_another_takes_over_from_the_dead(notice):
    now = timezone.now()
    assert LogoutNotice.objects.claim(notice.pk, now) == notice
    assert LogoutNotice.objects.claim(notice.pk, now) is None
    assert LogoutNotice.objects.claim(notice.pk, now + LEASE) == notice


def test_who_lost_the_claim_writes_nothing(notice):
    now = timezone.now()
    slow = LogoutNotice.objects.claim(notice.pk, now)
    fast = LogoutNotice.objects.claim(notice.pk, now + LEASE)
    assert fast.record("200", delivered=True, lasting=False, now=now + LEASE)
    assert not slow.record("500", delivered=False, lasting=False, now=now + LEASE)
    kept = LogoutNotice.objects.get(pk=notice.pk)
    assert (kept.state, len(kept.attempts)) == ("delivered", 1)


def test_k1_pauses_double_and_end_after_two_hours():
    pauses = [pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert [pause.total_seconds() / 60 for pause in pauses] == [1, 2, 4, 8, 16, 32, 64]
    assert sum(pauses, timedelta()) == timedelta(hours=2, minutes=7)


def test_k1_a_failure_is_tried_again_when_its_pause_is_over_and_given_up_in_the_end(notice):
    now = timezone.now()
    for attempts in range(1, MOST_ATTEMPTS):
        notice = fail(notice, now)
        assert notice.state == "pending"
        early, now = now + pause_after(attempts) / 2, now + pause_after(attempts)
        assert LogoutNotice.objects.claim(notice.pk, early) is None
    notice = fail(notice, now, "time")
    assert notice.state == "given_up"
    assert [attempt["outcome"] for attempt in notice.attempts] == ["500"] * 7 + ["time"]
    assert LogoutNotice.objects.claim(notice.pk, now + timedelta(days=1)) is None


def test_what_can_never_succeed_is_given_up_at_once(notice):
    now = timezone.now()
    claimed = LogoutNotice.objects.claim(notice.pk, now)
    claimed.record("no address", delivered=False, lasting=True, now=now)
    assert LogoutNotice.objects.get(pk=notice.pk).state == "given_up"
