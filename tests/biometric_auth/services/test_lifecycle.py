"""ISO/IEC 24745; R-9.4-5, R-9.4-6, R-10-5, R-10-7: revoke, erase, purge; twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from biometric_auth import tasks
from biometric_auth.domain.lifecycle import ReferenceState
from biometric_auth.models import (
    BiometricReference,
    ConsentReceipt,
    EnrolmentSample,
    SecurityEvent,
    SubjectKey,
    Transaction,
)
from biometric_auth.policy import get_policy
from biometric_auth.services import lifecycle
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def agent():
    double = AgentDouble()
    double.enrol()
    return double


def test_withdrawal_makes_the_reference_unusable_at_once(agent):
    ids = lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    assert len(ids) == 1
    agent.reach_claimed()
    assert agent.capture().json() == {"state": "try_again", "attempts_left": 4}
    assert ConsentReceipt.objects.get().withdrawn_at is not None
    assert lifecycle.revoke(subject="sub-alice", reason="withdrawn") == ()


def test_erasing_destroys_the_key_and_the_template_once(agent):
    (reference_id,) = lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    assert tasks.erase_reference(str(reference_id)) is True
    assert tasks.erase_reference(str(reference_id)) is False
    row = BiometricReference.objects.get()
    assert row.state == "erased"
    assert bytes(row.sealed_template) == b""
    assert not SubjectKey.objects.exists()


def test_a_usable_reference_is_never_erased(agent):
    row = BiometricReference.objects.get()
    assert lifecycle.erase(reference_id=row.pk) is False
    assert SubjectKey.objects.count() == 1


def test_the_sweep_repairs_a_lost_message(agent):
    lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    assert tasks.erase_revoked() == 1
    assert tasks.erase_revoked() == 0


TOLD = []


def told(subject, reference):
    """Stand where the provider does."""
    TOLD.append((subject, reference))


@pytest.fixture
def _provider(settings):
    settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | {"method_reset": f"{__name__}.told"}
    get_policy.cache_clear()
    TOLD.clear()
    yield
    get_policy.cache_clear()


@pytest.mark.usefixtures("_provider")
def test_the_provider_is_told_of_a_reset_before_the_reference_is_erased(agent):
    (reference,) = lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    assert tasks.erase_reference(str(reference))
    assert not tasks.erase_reference(str(reference))
    assert TOLD == [("sub-alice", "face")]


@pytest.mark.usefixtures("_provider")
def test_the_sweep_tells_the_provider_what_a_lost_message_would_have(agent):
    lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    assert tasks.erase_revoked() == 1
    assert TOLD == [("sub-alice", "face")]


@pytest.mark.usefixtures("_provider")
def test_a_term_that_is_over_resets_nothing(agent):
    BiometricReference.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tasks.erase_revoked() == 1
    assert TOLD == []


def test_erasing_the_old_reference_leaves_the_new_one_usable(agent):
    agent.enrol(session_level=3)
    tasks.erase_revoked()
    agent.reach_claimed()
    assert agent.capture().json()["state"] == "matched"


def test_a_reference_ends_with_its_term(agent):
    BiometricReference.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    agent.reach_claimed()
    assert agent.capture().json()["state"] == "try_again"
    assert tasks.erase_revoked() == 1


def test_a_reference_due_for_review_stays_usable(agent):
    BiometricReference.objects.update(review_at=timezone.now() - timedelta(seconds=1))
    tasks.erase_revoked()
    assert BiometricReference.objects.get().state == "renewal_due"
    agent.reach_claimed()
    assert agent.capture().json()["state"] == "matched"


def test_an_enrolment_left_alone_leaves_nothing(agent):
    agent.open("enrolment", session_level=3)
    agent.consent()
    agent.claim()
    agent.capture()
    assert EnrolmentSample.objects.count() == 1
    Transaction.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tasks.purge_transactions() == 1
    assert tasks.purge_transactions() == 0
    assert not EnrolmentSample.objects.exists()
    assert SubjectKey.objects.count() == 1  # the reference's own


def test_denying_an_enrolment_erases_its_samples(agent):
    agent.open("enrolment", session_level=3)
    agent.consent()
    agent.claim()
    agent.capture()
    agent.post("deny")
    assert not EnrolmentSample.objects.exists()
    assert SubjectKey.objects.count() == 1


def test_old_transactions_are_deleted(agent):
    Transaction.objects.update(expires_at=timezone.now() - timedelta(days=8))
    tasks.purge_transactions()
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("column", ["sealed_template", "subject", "application_model"])
def test_a_changed_row_is_refused_disabled_and_reported(agent, column):
    row = BiometricReference.objects.get()
    if column == "sealed_template":
        sealed = bytearray(row.sealed_template)
        sealed[-1] ^= 1
        row.sealed_template = bytes(sealed)
        row.save()
    elif column == "subject":
        BiometricReference.objects.update(subject="sub-mallory")
        agent.subject = "sub-mallory"
        agent.device = ""
        agent.open("enrolment", session_level=3)
        agent.register()
    else:
        BiometricReference.objects.update(application_model="split")
    agent.reach_claimed()
    assert agent.capture().json() == {"state": "try_again", "attempts_left": 4}
    assert BiometricReference.objects.get().state == "revoked"
    assert SecurityEvent.objects.filter(kind="reference_seal_broken").count() == 1


def test_a_template_copied_to_another_person_does_not_open(agent):
    bob = AgentDouble("bob", subject="sub-bob")
    bob.enrol()
    mine = BiometricReference.objects.get(subject="sub-alice")
    BiometricReference.objects.filter(subject="sub-bob").update(
        sealed_template=mine.sealed_template, key=mine.key
    )
    bob.camera = AgentDouble("alice").camera
    bob.reach_claimed()
    assert bob.capture().json()["state"] == "try_again"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": ReferenceState.ERASED},
        {"sealed_template": b""},
    ],
    ids=["erased-with-a-template", "usable-without-one"],
)
def test_the_database_refuses_wrong_states(agent, changes):
    with pytest.raises(IntegrityError), transaction.atomic(using="biometric"):
        BiometricReference.objects.update(**changes)


def test_the_database_keeps_one_usable_reference_per_subject(agent):
    row = BiometricReference.objects.get()
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic(using="biometric"):
        row.save()


def test_what_is_kept_of_a_face_is_a_keyed_hash_that_ends_with_its_key(agent):
    row = BiometricReference.objects.get()
    nonce_version_and_tag = 1 + 12 + 16
    assert row.protection == "biohash-2048/1"
    assert len(bytes(row.sealed_template)) == 256 + nonce_version_and_tag


def test_a_reference_under_another_protections_name_does_not_open(agent):
    BiometricReference.objects.update(protection="sealed/1")
    agent.reach_claimed()
    assert agent.capture().json()["state"] == "try_again"
    assert BiometricReference.objects.get().revoked_reason == "seal_broken"
