"""One provider over https for the whole run, on PostgreSQL, with a worker; its relying party."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psycopg
import pytest

from idp.management.deployment import manage
from idp.protocol.response_type import RESPONSE_TYPES
from tests.conformance.oidf import modules
from tests.conformance.oidf.attempt import Attempt
from tests.conformance.oidf.browser import Person
from tests.conformance.oidf.module import MODULES
from tests.conformance.oidf.modules.logout import leave
from tests.conformance.oidf.plans import Variant
from tests.conformance.oidf.provider import Provider
from tests.conformance.oidf.run import Run, World
from tests.conformance.oidf.site import serving
from tests.conformance.oidf.wire import Wire
from tests.servers import database_url, postgresql
from tests.tls import secure_provider

RESULTS = Path(__file__).resolve().parents[3] / "test-artifacts" / "oidf.json"
PERSON = "alice"
assert modules.__all__  # importing them registers the modules


@pytest.fixture(scope="session")
def databases():
    """Two databases of the run's PostgreSQL, as the environment names them."""
    names = {"DATABASE_URL": "oidf", "BIOMETRIC_DATABASE_URL": "oidf_biometric"}
    with postgresql() as server:
        with psycopg.connect(server, autocommit=True) as connection:
            for name in names.values():
                connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
                connection.execute(f'CREATE DATABASE "{name}"')
        yield {variable: database_url(server, name) for variable, name in names.items()}


@pytest.fixture(scope="session")
def world(databases, tmp_path_factory):
    """A provider whose clients may register as the plans need it, and a relying party."""
    variables = databases | {
        "COUNTERSIGN_REGISTRATION_RESPONSE_TYPES": ",".join(RESPONSE_TYPES),
        "COUNTERSIGN_REGISTRATION_WITHOUT_PKCE": "1",
        "COUNTERSIGN_SIGNING_ALGORITHMS": "ES256,RS256,PS256",
    }
    state = tmp_path_factory.mktemp("oidf")
    with (
        secure_provider(state, variables=variables, worker=True) as running,
        serving(running.tls) as site,
    ):
        wire = Wire(running.tls.context())

        def rotate_keys():
            running.children.run("rotate", manage("rotate_keys"))

        provider = Provider(wire, running.issuer, initial_access_token(running))
        yield World(wire, provider, site, Person(PERSON, running.password(PERSON)), rotate_keys)
        wire.close()


def initial_access_token(running):
    """Return a permission to register as many clients as the plans need."""
    command = manage("createinitialtoken", "oidf", "--uses", "0")
    environment = running.children.environment
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return made.stdout.split()[-1]


@pytest.fixture(scope="session")
def returning(world):
    """The world, once its person has been here before: most modules begin like this."""
    staying, leaving = (Run(world, MODULES["oidcc-server"], Variant()) for _ in range(2))
    staying.sign_in()
    leave(leaving)
    for run in (staying, leaving):
        run.unregister()
    world.signed_in, world.known = staying.browser, leaving.browser
    return world


@pytest.fixture(scope="session")
def found():
    """The results by entry, kept at the end: the table of the documentation is made of them."""
    results = {}
    yield results
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1))


@pytest.fixture(scope="session")
def begun(request, returning):
    """Modules that must wait have begun when the first test runs, so that nobody waits long."""
    waiting = {}
    for item in request.session.items:
        entry = getattr(item, "callspec", None) and item.callspec.params.get("entry")
        if entry:
            attempt = Attempt(returning, entry)
            if attempt.waits:
                attempt.begin()
                waiting[entry.id] = attempt
    return waiting


def pytest_collection_modifyitems(items):
    """Run those last that wait long."""
    long = (
        "oidcc-server-rotate-keys",
        "oidcc-codereuse-30seconds",
        "oidcc-refresh-token-rp-key-rotation",
    )
    items.sort(key=lambda item: [item.name.endswith(f"{name}]") for name in reversed(long)])
