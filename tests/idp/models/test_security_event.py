"""R-9.1-7: security events are recorded with what they report, and told to the log."""

from __future__ import annotations

import logging

import pytest
from django.db import transaction

from biometric_auth.models import SecurityEvent as BiometricEvent
from biometric_auth.services import security_events
from idp.models import SecurityEvent


def of_the_provider():
    SecurityEvent.record("client.registered", client="bank", by="alice")


def of_the_authentication_server():
    security_events.record(kind="device_removed", subject="s-1", device="d-1")


both = pytest.mark.parametrize(
    ("record", "table", "alias"),
    [
        pytest.param(of_the_provider, SecurityEvent, "default", id="provider"),
        pytest.param(
            of_the_authentication_server, BiometricEvent, "biometric", id="authentication-server"
        ),
    ],
)


@both
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_an_event_that_is_rolled_back_is_neither_stored_nor_logged(record, table, alias, caplog):
    with caplog.at_level(logging.INFO), transaction.atomic(using=alias):
        record()
        transaction.set_rollback(True, using=alias)
    assert not table.objects.exists()
    assert caplog.records == []


@both
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_the_log_names_the_row_once_it_is_committed_and_no_detail(record, table, alias, caplog):
    with caplog.at_level(logging.INFO), transaction.atomic(using=alias):
        record()
        assert caplog.records == []
    (line,) = caplog.records
    assert line.security_event == table.objects.get().uuid
    assert "alice" not in str(vars(line))
