"""An administrator in front of the admin."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from tests.factories import a_person


@pytest.fixture
def administrator():
    """A browser that is signed in to the admin."""
    browser = HttpClient()
    browser.force_login(a_person(username="admin", is_staff=True, is_superuser=True))
    return browser
