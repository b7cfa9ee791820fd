"""OIDC.md 6.2, L2: what a scope takes is set by an administrator, in our own words."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from idp.models import ScopeRequirement, SecurityEvent
from tests.idp.admin.pages import url

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA1, LOA3 = "urn:countersign:acr:loa1", "urn:countersign:acr:loa3"


def test_l2_an_administrator_sets_changes_and_removes_it_and_each_is_recorded(administrator):
    form = {"scope": "transfers", "minimum_acr": LOA3}
    assert administrator.post(url(ScopeRequirement, "add"), form).status_code == 302
    row = ScopeRequirement.objects.get()
    changed = {"scope": "other", "minimum_acr": LOA1}
    administrator.post(url(ScopeRequirement, "change", row.pk), changed)
    row.refresh_from_db()
    assert (row.scope, row.minimum_acr) == ("transfers", LOA1)
    administrator.post(url(ScopeRequirement, "delete", row.pk), {"post": "yes"})
    assert not ScopeRequirement.objects.exists()
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert [kind for kind in kinds if "scoperequirement" in kind] == [
        f"admin.scoperequirement.{done}" for done in ("added", "changed", "deleted")
    ]


@pytest.mark.parametrize(
    "form",
    [{"scope": "a b", "minimum_acr": LOA3}, {"scope": "transfers", "minimum_acr": "gold"}],
)
def test_neither_a_list_of_scopes_nor_an_alias_is_stored(administrator, form):
    assert administrator.post(url(ScopeRequirement, "add"), form).status_code == 200
    assert not ScopeRequirement.objects.exists()


def test_the_database_itself_keeps_an_unknown_floor_out():
    with pytest.raises(IntegrityError):
        ScopeRequirement.objects.create(scope="transfers", minimum_acr="gold")
