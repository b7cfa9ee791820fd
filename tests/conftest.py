"""What every test shares: nothing remembered from the test before."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections

JOURNEYS = Path(__file__).parent / "journeys"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Rate limits and remembered answers of one test never reach the next."""
    cache.clear()
    yield
    cache.clear()


def pytest_collection_modifyitems(items):
    """Skip, with the reason, what this run's database or machine cannot show."""
    without_postgres = pytest.mark.skip(reason="needs PostgreSQL: `make test` starts one")
    without_models = pytest.mark.skip(reason="needs the model files: `make models` fetches them")
    for item in items:
        if JOURNEYS in item.path.parents:
            item.add_marker(pytest.mark.journey)
        elif item.get_closest_marker("postgres") and not _on_postgres():
            item.add_marker(without_postgres)
        if item.get_closest_marker("models") and not settings.MODEL_DIR.is_dir():
            item.add_marker(without_models)


def _on_postgres():
    return connections["default"].vendor == "postgresql"
