"""Fixtures of the interoperability tests: a provider over https, and Alice with a passkey."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.interop.browser", "tests.interop.journey")

from tests.interop import relying_parties  # noqa: E402 - after the line above
from tests.interop.browser import Person  # noqa: E402
from tests.tls import secure_provider  # noqa: E402


@pytest.fixture(scope="session")
def provider(tmp_path_factory):
    """A provider as a real process over https."""
    with secure_provider(tmp_path_factory.mktemp("interop")) as running:
        yield running


@pytest.fixture(scope="session")
def registrar(provider):
    """Who registers the relying parties."""
    return relying_parties.registrar(provider)


@pytest.fixture(scope="session")
def passkey(provider):
    """Alice's passkey, added on her account's page."""
    person = Person(provider, "alice")
    person.add_the_passkey()
    return person.passkey


@pytest.fixture
def alice(provider, passkey):
    """Alice at a browser that the provider has never seen."""
    return Person(provider, "alice", passkey)


@pytest.fixture
def alice_elsewhere(provider, passkey):
    """Alice again, at another browser."""
    return Person(provider, "alice", passkey)
