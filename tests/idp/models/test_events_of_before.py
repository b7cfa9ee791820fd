"""R-9.1-7: events that were recorded before there was a chain are in it from the upgrade on."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from biometric_auth.services import event_log as biometric_log
from idp import event_log
from tests.append_only import lifted


def migrate_to(alias, *targets):
    executor = MigrationExecutor(connections[alias])
    return executor.migrate(list(targets) or executor.loader.graph.leaf_nodes()).apps


@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
@pytest.mark.parametrize(
    ("app", "alias", "log", "before"),
    [
        ("idp", "default", event_log, "0012_one_time_codes"),
        ("biometric_auth", "biometric", biometric_log, "0005_biometric_stops"),
    ],
)
def test_events_of_before_the_upgrade_are_chained(app, alias, log, before):
    rows = migrate_to(alias, (app, before)).get_model(app, "SecurityEvent").objects.using(alias)
    try:
        for number in range(3):
            rows.create(at=timezone.now(), kind="denied", subject=f"s-{number}", details={"n": 1})
    finally:
        leaves = MigrationExecutor(connections[alias]).loader.graph.leaf_nodes(app)
        with lifted(alias):
            migrate_to(alias, *leaves)
    assert log.extend() == 3
    assert list(log.faults({})) == []
