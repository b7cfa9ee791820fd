"""What the provider's process remembers of one test never reaches the next."""

from __future__ import annotations

import pytest

from idp import keys
from idp.oauth import clients
from tests.idp.relying_party import RelyingParty, signed_in_browser


@pytest.fixture(autouse=True)
def _fresh_process():
    keys.forget()
    clients.forget()
    yield
    keys.forget()
    clients.forget()


@pytest.fixture
def rp():
    """A relying party with a client of its own."""
    return RelyingParty()


@pytest.fixture
def browser():
    """The browser of somebody who is signed in by password."""
    return signed_in_browser()
