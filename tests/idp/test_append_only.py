"""R-9.1-7: what was recorded is neither changed nor taken away, by the database's own word."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.db.models.signals import post_migrate

from biometric_auth.models import EventLink as BiometricLink
from biometric_auth.models import SecurityEvent as BiometricEvent
from biometric_auth.services import security_events
from idp import append_only, tasks
from idp.checks import logs
from idp.models import EventLink, SecurityEvent
from tests.append_only import lifted

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
TABLES = [
    pytest.param(SecurityEvent, "default", id="provider-events"),
    pytest.param(EventLink, "default", id="provider-links"),
    pytest.param(BiometricEvent, "biometric", id="authentication-server-events"),
    pytest.param(BiometricLink, "biometric", id="authentication-server-links"),
]


@pytest.fixture(autouse=True)
def _recorded():
    SecurityEvent.record("sign_in.failed")
    security_events.record(kind="denied")
    tasks.chain_security_events()


@pytest.mark.parametrize(("model", "alias"), TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET mac = ''",
        "DELETE FROM {}",
        pytest.param("TRUNCATE {} CASCADE", marks=pytest.mark.postgres),  # SQLite has none
    ],
)
def test_what_was_recorded_is_neither_changed_nor_taken_away(model, alias, statement):
    sql = statement.format(model._meta.db_table)
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "postgresql":  # TRUNCATE would wait for what is deferred
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="is only added to"), transaction.atomic(alias):
            cursor.execute(sql)
    assert model.objects.count() == 1


@pytest.mark.parametrize(("model", "alias"), TABLES)
def test_a_table_without_its_triggers_is_reported_and_the_next_migration_mends_it(
    model, alias, capsys
):
    table = model._meta.db_table
    assert append_only.unprotected() == []
    assert logs.check_append_only() == []
    names = append_only._EXPECTED[connections[alias].vendor]
    with connections[alias].cursor() as cursor:
        for name in names[:1]:
            on = f" ON {table}" if connections[alias].vendor == "postgresql" else ""
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE" if on else "SELECT 1")
            cursor.execute(f"DROP TRIGGER {table}_{name}{on}")
    assert [message.id for message in logs.check_append_only()] == ["idp.E031"]
    with pytest.raises(CommandError, match="triggers"):
        call_command("verify_log")
    assert f"Rows of {table} can be changed." in capsys.readouterr().out
    app = model._meta.app_config
    post_migrate.send(sender=app, using=alias, app_config=app, verbosity=0, interactive=False)
    assert append_only.unprotected() == []


def test_a_database_that_does_not_answer_is_another_check_s_word(monkeypatch):
    def gone():
        raise IntegrityError

    monkeypatch.setattr(append_only, "unprotected", gone)
    assert logs.check_append_only() == []


@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_the_triggers_are_there_after_a_flush():
    with lifted("default", "biometric"):
        call_command("flush", interactive=False, verbosity=0)
        call_command("flush", interactive=False, verbosity=0, database="biometric")
    assert append_only.unprotected() == []
    assert not SecurityEvent.objects.exists()
