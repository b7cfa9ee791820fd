"""OIDC.md B9; RFC 8176: a method that is reset takes the grants with it that rest on it."""

from __future__ import annotations

import pytest

from idp.authentication.reset import method_reset
from idp.models import Grant, SecurityEvent
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def used(rp, browser):
    """A grant that rests on the face, one that does not, and somebody else's."""
    other = signed_in_browser()
    tokens = [rp.tokens(browser), RelyingParty().tokens(browser), rp.tokens(other)]
    mine, _, theirs = Grant.objects.order_by("created_at")
    Grant.objects.filter(pk__in=[mine.pk, theirs.pk]).update(amr=["face", "hwk", "mfa", "user"])
    return [one["refresh_token"] for one in tokens]


def test_b09_a_reset_face_ends_the_grants_that_rest_on_it(rp, browser, used):
    person = browser.session_row.user
    method_reset(person.subject, "face")
    mine, by_password, theirs = Grant.objects.order_by("created_at")
    assert (mine.is_live(), by_password.is_live(), theirs.is_live()) == (False, True, True)
    assert rp.refresh(used[0]).json()["error"] == "invalid_grant"
    assert SecurityEvent.objects.get(kind="grants.method_reset").subject == person.subject


def test_a_reset_told_twice_is_one(browser, used):
    for _ in range(2):
        method_reset(browser.session_row.user.subject, "face")
    assert SecurityEvent.objects.filter(kind="grants.method_reset").count() == 1
