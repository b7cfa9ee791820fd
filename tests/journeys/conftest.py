"""Fixtures of the journeys: a deployment of real processes, and a real browser.

`deployment` runs on SQLite and on PostgreSQL, once for all modules that can live together:
a start costs more than most journeys. A module that cannot takes one of its `own`.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
from pathlib import Path

import psycopg
import pytest

from idp.management.deployment import Deployment, prepare, serve
from idp.management.processes import Children
from tests.debian import install
from tests.servers import database_url, free_port, no_services_of_the_machine, postgresql

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ADVICE = (
    "NOT RUN: the browser tests need Chromium. On Debian and Ubuntu: apt-get install chromium; "
    "elsewhere put a chromium or google-chrome on the PATH."
)
_numbers = itertools.count(1)
_missing_browser = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def postgresql_server():
    """The URL of the run's PostgreSQL, started here when nobody has."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def _no_services_of_the_machine():
    with no_services_of_the_machine():
        yield


@pytest.fixture(scope="session")
def deployment(_running):
    """A seeded provider, relying party, worker, beat and simulated phone on free ports."""
    return _running[0]


@pytest.fixture(scope="session")
def processes(_running):
    """The processes of the deployment, to be stopped and started."""
    return _running[1]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _running(request, running):
    with running(request.param) as pair:
        yield pair


@pytest.fixture(scope="session")
def running(request, tmp_path_factory, _no_services_of_the_machine):
    """How to run a deployment on one of the databases, until its block ends."""

    @contextlib.contextmanager
    def started(database):
        variables = {}
        if database == "postgresql":
            variables = _databases(request.getfixturevalue("postgresql_server"))
        place = Deployment(
            state=tmp_path_factory.mktemp(f"state-{database}"),
            port=free_port(),
            rp_port=free_port(),
            camera_port=free_port(),
            variables=variables,
        )
        with Children(place.state / "logs", place.environment()) as children:
            prepare(place, children, print)
            serve(place, children, print)
            yield place, children

    return started


def _databases(server):
    """Make two databases: one for the provider, one for the biometric references."""
    number = next(_numbers)
    names = {
        "DATABASE_URL": f"journey_{number}",
        "BIOMETRIC_DATABASE_URL": f"journey_{number}_biometric",
    }
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names.values():
            connection.execute(f'CREATE DATABASE "{name}"')
    return {variable: database_url(server, name) for variable, name in names.items()}


@pytest.fixture(scope="session")
def chromium(request):
    """The path of a Chromium, installed where that may be done without asking anybody."""
    found = _chromium() or (install("chromium") and _chromium())
    if not found:
        request.config.stash[_missing_browser] = True
        pytest.skip(ADVICE)
    return found


def _chromium():
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def pytest_terminal_summary(terminalreporter, config):
    """Say at the end, in full, that the browser tests did not run."""
    if config.stash.get(_missing_browser, False):
        terminalreporter.section("browser tests", red=True, bold=True)
        terminalreporter.write_line(ADVICE)


@pytest.fixture(scope="session")
def artifacts():
    """Where screenshots go; git ignores it."""
    folder = Path(__file__).resolve().parents[2] / "test-artifacts"
    folder.mkdir(exist_ok=True)
    return folder
