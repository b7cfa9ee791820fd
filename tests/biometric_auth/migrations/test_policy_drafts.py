"""R-9.1-5: policies that were published before two people had to agree stay in force, signed."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from biometric_auth.services import enrolment_policy

APP = "biometric_auth"


def migrate_to(name):
    executor = MigrationExecutor(connections["biometric"])
    target = [key for key in executor.loader.graph.leaf_nodes(APP) if name is None] or [(APP, name)]
    return executor.migrate(target).apps


@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_earlier_versions_are_signed_and_the_active_one_stays_so():
    before = migrate_to("0001_initial")
    try:
        rows = before.get_model(APP, "EnrolmentPolicy").objects.using("biometric")
        for version in (1, 2):
            rows.filter(is_active=True).update(is_active=False)
            rows.create(
                version=version,
                captures=2 + version,
                consent_text="Agreed.",
                created_at=timezone.now(),
                created_by="root",
            )
    finally:
        migrate_to(None)
    active = enrolment_policy.active()
    assert (active.version, active.captures, active.state) == (2, 4, "active")
    assert (
        migrate_to("0001_initial")
        .get_model(APP, "EnrolmentPolicy")
        .objects.using("biometric")
        .get(is_active=True)
        .version
        == 2
    )
    migrate_to(None)
