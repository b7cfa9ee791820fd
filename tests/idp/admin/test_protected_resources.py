"""RFC 8707 2: resource servers are registered by an administrator."""

from __future__ import annotations

import pytest

from idp.models import ProtectedResource, SecurityEvent
from tests.idp.admin.pages import url

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def add(administrator, identifier):
    form = {"name": "Accounts", "identifier": identifier, "scope": "accounts", "is_active": "on"}
    return administrator.post(url(ProtectedResource, "add"), form)


@pytest.mark.parametrize("identifier", ["https://api.example/accounts", "urn:example:accounts"])
def test_l2_a_resource_is_registered_and_that_is_recorded(administrator, identifier):
    assert add(administrator, identifier).status_code == 302
    assert ProtectedResource.objects.get().identifier == identifier
    assert SecurityEvent.objects.get().kind == "admin.protectedresource.added"


@pytest.mark.parametrize("identifier", ["api.example", "https://api.example/#x", "https://a b/"])
def test_an_identifier_is_an_absolute_uri_without_a_fragment(administrator, identifier):
    page = add(administrator, identifier).content.decode()
    assert "An absolute URI without a fragment." in page
    assert not ProtectedResource.objects.exists()
