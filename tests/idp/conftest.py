"""What the provider's process remembers of one test never reaches the next."""

from __future__ import annotations

import pytest

from idp import fetching, keys
from idp.authentication import profiles
from idp.oauth import clients
from idp.policy import get_policy
from tests.idp.internet import Internet
from tests.idp.relying_party import RelyingParty, signed_in_browser
from tests.tls import authority


@pytest.fixture(autouse=True)
def _fresh_process():
    keys.forget()
    profiles.forget()
    clients.forget()
    yield
    keys.forget()
    profiles.forget()
    clients.forget()


@pytest.fixture
def rp():
    """A relying party with a client of its own."""
    return RelyingParty()


@pytest.fixture
def browser():
    """The browser of somebody who is signed in by password."""
    return signed_in_browser()


@pytest.fixture(scope="session")
def _certificate(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("authority"), host="rp.example")


@pytest.fixture
def internet(_certificate, monkeypatch):
    """A small internet, in which ``rp.example`` has a certificate that the provider trusts."""
    with monkeypatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(_certificate.authority))
        fetching._tls.cache_clear()
        built = Internet(_certificate)
        built.lead_to(patch)
        yield built
        built.close()
    fetching._tls.cache_clear()


@pytest.fixture
def _loopback(settings):
    """Let the provider call this machine, as a demonstration does."""
    settings.IDP = settings.IDP | {"fetch_loopback": True}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()
