"""What every test shares: nothing remembered from the test before."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client, TransactionTestCase

from tests import append_only
from tests.idp import strong_sign_in

# No test is a matter of speed; in CI a run repeats the run before, at home it explores.
_SLOW = (hypothesis.HealthCheck.too_slow,)
hypothesis.settings.register_profile("home", deadline=None, suppress_health_check=_SLOW)
hypothesis.settings.register_profile(
    "ci", deadline=None, suppress_health_check=_SLOW, derandomize=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "home")
JOURNEYS = Path(__file__).parent / "journeys"
# The administration knows no session but the provider's: Django's own sign-in opens nothing.
setattr(Client, "force_login", strong_sign_in.sign_in)  # noqa: B010 - a method is not assigned


_empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _empty_what_is_only_added_to(case):
    """Let a test that commits be followed by empty tables: the triggers of the logs say no."""
    with append_only.lifted(*(alias for alias in connections if alias in case.databases)):
        _empty(case)


TransactionTestCase._fixture_teardown = _empty_what_is_only_added_to  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Rate limits and remembered answers of one test never reach the next."""
    cache.clear()
    yield
    cache.clear()


def pytest_collection_modifyitems(items):
    """Mark the journeys; skip, with the reason, what needs a server that this run has not."""
    for item in items:
        if JOURNEYS in item.path.parents:
            item.add_marker(pytest.mark.journey)
        elif item.get_closest_marker("postgres"):
            reason = "needs PostgreSQL: `make test` starts one"
            item.add_marker(pytest.mark.skipif(not _on_postgres(), reason=reason))


def _on_postgres():
    return connections["default"].vendor == "postgresql"
