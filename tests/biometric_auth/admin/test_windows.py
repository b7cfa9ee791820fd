"""STYLE 15; R-9.4-3, R-9.1-5: the admin is a window; actions call services."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from biometric_auth import tasks
from biometric_auth.admin import evidence_words
from biometric_auth.models import (
    BiometricReference,
    ConsentReceipt,
    Device,
    RetryLimit,
    SecurityEvent,
    Transaction,
    VerificationRecord,
)
from biometric_auth.services import retry
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])

READABLE = [
    BiometricReference,
    ConsentReceipt,
    Device,
    SecurityEvent,
    Transaction,
    VerificationRecord,
]


@pytest.fixture
def root():
    user = get_user_model().objects.create_superuser("root", "root@example.org", "pw")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def agent():
    double = AgentDouble()
    double.enrol()
    double.reach_claimed()
    double.capture(still=True)
    double.post("deny")
    return double


def url(model, page, *args):
    return reverse(f"admin:biometric_auth_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", READABLE, ids=lambda model: model.__name__)
def test_rows_can_be_read_and_neither_added_nor_deleted(root, agent, model):
    row = model.objects.first()
    assert root.get(url(model, "changelist")).status_code == 200
    page = root.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert root.get(url(model, "add")).status_code == 403
    assert root.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert root.post(url(model, "change", row.pk), {"subject": "x"}).status_code == 403


def test_no_page_shows_a_template_or_a_key(root, agent):
    reference, device = BiometricReference.objects.get(), Device.objects.get()
    page = root.get(url(BiometricReference, "change", reference.pk)).content
    assert b"sealed" not in page.lower()
    page = root.get(url(Device, "change", device.pk)).content
    assert b"public_key" not in page.lower()


def test_a_transaction_says_what_it_showed_and_no_score(root, agent):
    row = Transaction.objects.latest("created_at")
    page = root.get(url(Transaction, "change", row.pk)).content.decode()
    assert "Nothing was accepted in this transaction" in page
    row.result = {"remote_match": 1, "pad": 2, "fmr_upper_bound": 8.25e-5}
    row.save()
    page = root.get(url(Transaction, "change", row.pk)).content.decode()
    assert "Remote match 1: a match, compared on the server." in page
    assert "Pad 2: attack detection that only this deployment has tested." in page
    assert "8.25" not in page


def test_facts_of_another_version_break_no_page():
    assert evidence_words.sentences({"pad": 9, "iad": "1", "new": 1, "intent": 0}) == []


def test_keys_and_samples_have_no_page():
    shown = {model.__name__ for model in admin.site._registry}
    ours = {model.__name__ for model in apps.get_app_config("biometric_auth").get_models()}
    assert ours - shown == {"SubjectKey", "EnrolmentSample", "EventLink"}


def act(root, model, action, pk):
    return root.post(url(model, "changelist"), {"action": action, "_selected_action": [str(pk)]})


def test_revoking_goes_through_the_service_and_queues_the_erasure(root, agent, monkeypatch):
    queued: list[object] = []
    monkeypatch.setattr(tasks, "erase_soon", queued.extend)
    reference = BiometricReference.objects.get()
    act(root, BiometricReference, "revoke", reference.pk)
    assert BiometricReference.objects.get().state == "revoked"
    assert queued == [reference.pk]


def test_removing_a_device_goes_through_the_service(root, agent):
    act(root, Device, "remove", Device.objects.get().pk)
    assert Device.objects.get().removed_at is not None
    assert SecurityEvent.objects.filter(kind="device_removed").exists()


def test_an_administrator_opens_the_way_again(root, agent):
    assert RetryLimit.objects.get().failures == 1
    act(root, RetryLimit, "reopen", "sub-alice")
    assert not retry.is_off(subject="sub-alice")
    assert not RetryLimit.objects.exists()
