"""R-9.1-5, R-9.1-2: assurance profiles, agreed, signed and monotonic; strict where in doubt."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from idp.authentication import profile_drafts, profiles, session
from idp.authentication.profile_drafts import ProfileError
from idp.models import AssuranceProfile, SecurityEvent
from idp.policy import get_policy
from idp.protocol.assurance import SELF_ASSESSED, STRICT, AssurancePolicy
from idp.protocol.evidence_record import Profile
from tests.idp.oauth.test_races import all_at_once
from tests.idp.profiles import agreed, put_into_force

MIXED = AssurancePolicy(accept_self_tested_pad=True)


def in_force():
    profiles.forget()
    return profiles.in_force()


@pytest.fixture
def _self_assessed(settings):
    settings.IDP = settings.IDP | {"profile": "self-assessed"}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


@pytest.mark.django_db
class TestVersions:
    def test_the_first_version_comes_from_the_settings(self):
        assert in_force() == Profile(1, STRICT)
        assert AssuranceProfile.objects.get().name == "strict"

    @pytest.mark.usefixtures("_self_assessed")
    def test_a_demonstration_starts_self_assessed(self):
        assert session.assurance_policy() == SELF_ASSESSED

    def test_the_settings_do_not_change_it_later(self, settings):
        in_force()
        settings.IDP = settings.IDP | {"profile": "self-assessed"}
        get_policy.cache_clear()
        assert in_force().policy == STRICT
        get_policy.cache_clear()

    def test_another_version_counts_when_somebody_else_has_agreed(
        self, django_capture_on_commit_callbacks
    ):
        assert session.assurance_policy() == STRICT
        row = agreed(approvers=())
        with pytest.raises(ProfileError, match="author"):
            profile_drafts.approve(profile_id=row.pk, by="ann")
        profile_drafts.approve(profile_id=row.pk, by="ben")
        assert session.assurance_policy() == STRICT
        with django_capture_on_commit_callbacks(execute=True):
            profile_drafts.activate(profile_id=row.pk, by="ann")
        assert session.assurance_policy() == SELF_ASSESSED
        kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds == [
            "assurance_profile.drafted",
            "assurance_profile.approved",
            "assurance_profile.activated",
        ]

    def test_going_back_takes_a_new_version_and_two_others(self):
        put_into_force()
        again = agreed(STRICT, approvers=("ben",))
        assert again.restores.version == 1
        with pytest.raises(ProfileError):
            profile_drafts.activate(profile_id=again.pk, by="ann")
        with pytest.raises(ProfileError, match="already"):
            profile_drafts.approve(profile_id=again.pk, by="ben")
        profile_drafts.approve(profile_id=again.pk, by="cat")
        profile_drafts.activate(profile_id=again.pk, by="ann")
        assert in_force() == Profile(3, STRICT)
        event = SecurityEvent.objects.get(kind="assurance_profile.restored")
        assert event.details == {"by": "ann", "version": 3, "profile": "strict", "restores": 1}

    def test_a_draft_older_than_the_version_in_force_stays_outside(self):
        early = agreed(SELF_ASSESSED)
        put_into_force(MIXED)
        with pytest.raises(ProfileError, match="newer"):
            profile_drafts.activate(profile_id=early.pk, by="ann")
        assert in_force() == Profile(3, MIXED)

    def test_a_withdrawn_draft_ends_there(self):
        row = agreed()
        profile_drafts.withdraw(profile_id=row.pk, by="ann")
        for step in (profile_drafts.approve, profile_drafts.activate, profile_drafts.withdraw):
            with pytest.raises(ProfileError):
                step(profile_id=row.pk, by="ben")

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"approved_by": "ann"}, id="by-the-author"),
            pytest.param({"approved_by": "ben", "confirmed_by": "ben"}, id="twice-by-one"),
            pytest.param({"confirmed_by": "ben"}, id="the-second-before-the-first"),
            pytest.param({"state": "approved"}, id="approved-by-nobody"),
        ],
    )
    def test_the_database_holds_that_nobody_approves_alone(self, change):
        row = agreed(approvers=())
        with pytest.raises(IntegrityError), transaction.atomic():
            AssuranceProfile.objects.filter(pk=row.pk).update(**change)


@pytest.mark.django_db
class TestTrust:
    @pytest.mark.parametrize(
        "change",
        [
            {"accept_browser_capture": False},
            {"version": 9},
            {"created_by": "somebody"},
            {"approved_by": "somebody"},
            {"signature": "bm90aGluZw=="},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_a_profile_that_was_changed_in_the_database_gives_way_to_the_strict_rules(self, change):
        row = put_into_force()
        assert in_force().policy == SELF_ASSESSED
        AssuranceProfile.objects.filter(pk=row.pk).update(**change)
        assert in_force() == Profile(0, STRICT)

    @pytest.mark.usefixtures("_self_assessed")
    def test_an_older_version_that_the_database_calls_active_does_too(self):
        assert in_force().policy == SELF_ASSESSED
        row = put_into_force(STRICT)
        AssuranceProfile.objects.filter(pk=row.pk).update(state="superseded")
        AssuranceProfile.objects.filter(version=1).update(state="active")
        assert in_force() == Profile(0, STRICT)

    def test_a_change_between_approval_and_force_is_found(self):
        row = agreed(MIXED)
        AssuranceProfile.objects.filter(pk=row.pk).update(accept_browser_capture=True)
        with pytest.raises(ProfileError, match="not what was signed"):
            profile_drafts.activate(profile_id=row.pk, by="ann")

    def test_another_secret_key_did_not_sign_it(self, settings):
        put_into_force()
        settings.SECRET_KEY = "another secret key, as after a careless move to a new machine"
        assert in_force() == Profile(0, STRICT)

    def test_two_people_mend_a_broken_one(self):
        row = put_into_force()
        AssuranceProfile.objects.filter(pk=row.pk).update(reason="Anything.")
        put_into_force(MIXED)
        assert in_force() == Profile(3, MIXED)


@pytest.mark.django_db
def test_a_process_remembers_for_seconds_only(monkeypatch, django_assert_num_queries):
    assert profiles.REMEMBERED <= 10
    monkeypatch.setattr(profiles, "REMEMBERED", 0.2)
    assert session.assurance_policy() == STRICT
    with django_assert_num_queries(0):
        session.assurance_policy()
    put_into_force()
    assert session.assurance_policy() == STRICT, "still remembered"
    time.sleep(0.2)
    assert session.assurance_policy() == SELF_ASSESSED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_processes_that_start_together_make_one_first_version(self):
        assert Counter(row.version for row in all_at_once(profiles.first)) == {1: 20}
        assert AssuranceProfile.objects.count() == 1

    def test_of_twenty_approvals_by_one_person_one_counts(self):
        put_into_force()
        row = agreed(STRICT, approvers=())

        def approve():
            try:
                return profile_drafts.approve(profile_id=row.pk, by="ben").state
            except ProfileError:
                return "refused"

        assert Counter(all_at_once(approve)) == {"draft": 1, "refused": 19}

    def test_of_twenty_versions_activated_at_once_the_newest_that_came_stays(self):
        waiting = [agreed(MIXED) for _ in range(20)]

        def activate():
            try:
                return profile_drafts.activate(profile_id=waiting.pop().pk, by="ann").version
            except ProfileError:
                return 0

        newest = max(all_at_once(activate))
        assert in_force() == Profile(newest, MIXED)
        assert AssuranceProfile.objects.filter(state="active").count() == 1
