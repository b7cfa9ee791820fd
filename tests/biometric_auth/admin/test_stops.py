"""R-9.1-6: the switch in the administration."""

from __future__ import annotations

import pytest
from django.urls import reverse

from biometric_auth.models import BiometricStop, SecurityEvent
from biometric_auth.services import availability
from tests.biometric_auth.admin.test_enrolment_policies import browser_of

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LIST = "admin:biometric_auth_biometricstop_changelist"
ADD = "/admin/biometric_auth/biometricstop/add/"
ALL = {"scope": "all", "value": "", "reason": "A trial."}


def test_adding_stops_and_the_action_resumes():
    ann = browser_of("ann")
    assert ann.post(ADD, ALL).status_code == 302
    assert not availability.is_open()
    row = BiometricStop.objects.get()
    assert row.stopped_by == "ann"
    ann.post(reverse(LIST), {"action": "resume", "_selected_action": [str(row.pk)]})
    assert availability.is_open()
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["biometrics_stopped", "biometrics_resumed"]


@pytest.mark.parametrize(
    "form", [ALL | {"value": "x"}, {"scope": "client", "value": "", "reason": "x"}]
)
def test_what_names_nothing_is_refused_in_the_form(form):
    assert browser_of("ann").post(ADD, form).status_code == 200
    assert availability.is_open()


def test_what_is_stopped_is_not_stopped_again():
    ann = browser_of("ann")
    ann.post(ADD, ALL)
    assert "stopped already" in ann.post(ADD, ALL).content.decode()


def test_a_stop_is_a_record():
    ann = browser_of("ann")
    ann.post(ADD, ALL)
    row = BiometricStop.objects.get()
    for name in ("change", "delete"):
        url = reverse(f"admin:biometric_auth_biometricstop_{name}", args=[row.pk])
        assert ann.post(url, ALL | {"post": "yes"}).status_code == 403
