"""The pages with password, passkey and a face method that the test controls."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from idp.authentication.methods import load_methods
from idp.policy import get_policy
from tests.factories import PASSWORD, a_client, a_person
from tests.idp.endpoints.stub_face import StubFace

METHODS = (
    "idp.authentication.password.Password",
    "idp.authentication.passkey.PasskeyMethod",
    "idp.authentication.one_time_code.OneTimeCode",
    "tests.idp.endpoints.stub_face.StubFace",
    "idp.authentication.recovery_code.RecoveryCodes",
)


@pytest.fixture
def _provider(settings, db):
    settings.ROOT_URLCONF = "tests.idp.endpoints.provider"
    settings.IDP = settings.IDP | {"profile": "self-assessed", "methods": METHODS}
    get_policy.cache_clear()
    load_methods.cache_clear()
    StubFace.enrolled, StubFace.started, StubFace.results = set(), [], {}
    yield
    get_policy.cache_clear()
    load_methods.cache_clear()


@pytest.fixture
def alice(_provider):
    return a_person(username="alice", first_name="Alice", last_name="Archer")


@pytest.fixture
def bank(_provider):
    return a_client(
        client_id="bank",
        name="Northwind Bank",
        logo_uri="https://cdn.bank.example/logo.png",
        policy_uri="https://bank.example/privacy",
        tos_uri="https://bank.example/terms",
    )


class Visitor:
    """One browser in front of the pages."""

    def __init__(self, **options):
        self.browser = Browser(**options)

    def ask(self, **parameters):
        """Ask for authorization; return the answer without following it."""
        return self.browser.get("/authorize", {"client_id": "bank", **parameters})

    def follow(self, response):
        """Follow redirects inside the provider."""
        while response.status_code == 303:
            response = self.browser.get(response["Location"])
        return response

    def sign_in(self, response, username="alice", password=PASSWORD):
        """Send the login form of the interaction that `response` leads to."""
        given = {"username": username, "password": password}
        return self.follow(self.browser.post(response["Location"], given))

    def select(self, response, account):
        """Press a button of the account chooser that `response` leads to; go on from there."""
        answered = self.browser.post(response["Location"], {"account": account})
        return self.browser.get(answered["Location"])

    def choose(self, page, way):
        """Press a button of the page with the other ways."""
        url = page.rsplit("/", 1)[0] + "/choose"
        return self.browser.post(url, {"way": way})


@pytest.fixture
def visitor():
    return Visitor()
