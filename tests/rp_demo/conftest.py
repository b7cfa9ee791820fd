"""The relying party's own settings around each of its tests, and a provider to talk to."""

from __future__ import annotations

import pytest
from django.test import Client

from rp_demo import deployment, ended, resource, visit
from rp_demo import settings as rp_settings
from tests.rp_demo import fake_provider


@pytest.fixture(autouse=True)
def _relying_party(settings, tmp_path):
    for name in vars(rp_settings):
        if name.isupper() and name not in {"BASE_DIR", "INSTALLED_APPS", "LOGGING"}:
            setattr(settings, name, getattr(rp_settings, name))
    settings.STATIC_ROOT = tmp_path
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.RP = {
        "issuer": fake_provider.ISSUER,
        "client_id": fake_provider.CLIENT_ID,
        "client_secret": fake_provider.SECRET,
        "url": "http://testserver",
        "resource_url": "http://testserver/api/transfer",
        "transport": "tests.rp_demo.fake_provider.send",
    }
    deployment.get_deployment.cache_clear()
    yield
    deployment.get_deployment.cache_clear()


@pytest.fixture
def provider(monkeypatch):
    """A provider of this test alone."""
    fresh = fake_provider.FakeProvider()
    monkeypatch.setattr(fake_provider, "provider", fresh)
    return fresh


@pytest.fixture
def ledger(monkeypatch):
    """The bank's empty book."""
    empty = resource.Ledger()
    monkeypatch.setattr(resource, "ledger", empty)
    return empty


@pytest.fixture(autouse=True)
def _nobody_was_signed_out(monkeypatch):
    memory = ended.Ended()
    monkeypatch.setattr(ended, "ended", memory)
    monkeypatch.setattr(visit, "ended", memory)


@pytest.fixture
def browser():
    """A browser that checks CSRF tokens as a real one's server would."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def signed_in(browser, provider):
    """The browser of a person who has signed in with a password."""
    response = browser.get("/login")
    arrived = browser.get(fake_provider.callback(provider.authorize(response["Location"])))
    assert arrived.headers["Location"] == "/account"
    return browser
