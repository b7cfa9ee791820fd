"""R-6.1-1: references live apart from the provider's tables."""

from __future__ import annotations

import pytest
from django.apps import apps

from idp.config.routers import BiometricRouter

ROUTER = BiometricRouter()


def models(label):
    return list(apps.get_app_config(label).get_models())


def test_every_biometric_table_is_in_the_biometric_database():
    assert {ROUTER.db_for_read(model) for model in models("biometric_auth")} == {"biometric"}
    assert {ROUTER.db_for_write(model) for model in models("biometric_auth")} == {"biometric"}


@pytest.mark.parametrize("label", ["idp", "auth", "admin"])
def test_everything_else_is_in_the_default_one(label):
    assert {ROUTER.db_for_read(model) for model in models(label)} == {"default"}


@pytest.mark.parametrize(
    ("alias", "label", "allowed"),
    [
        ("biometric", "biometric_auth", True),
        ("biometric", "idp", False),
        ("default", "biometric_auth", False),
        ("default", "idp", True),
    ],
)
def test_a_migration_makes_tables_on_its_own_side_only(alias, label, allowed):
    assert ROUTER.allow_migrate(alias, label) is allowed


def test_no_relation_crosses_between_the_sides():
    one, other = models("idp")[0](), models("biometric_auth")[0]()
    assert not ROUTER.allow_relation(one, other)
    assert ROUTER.allow_relation(one, models("idp")[1]())
    foreign = [
        f"{model.__name__}.{field.name}"
        for model in models("biometric_auth")
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model._meta.app_label != "biometric_auth"
    ]
    assert foreign == []
