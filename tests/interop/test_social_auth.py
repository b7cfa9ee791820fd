"""social-auth-app-django 8 as the relying party. OpenID Connect Core 3.1, 12; RFC 9470 4."""

from __future__ import annotations

import pytest

from tests.interop import relying_parties
from tests.interop.journey import JourneyWithAccounts


@pytest.fixture(scope="module")
def rp(registrar):
    with relying_parties.django(
        registrar,
        "social_auth",
        callback="/complete/oidc/",
        token_endpoint_auth_method="client_secret_post",
    ) as running:
        yield running


class TestSocialAuth(JourneyWithAccounts):
    """Sign-in, refresh and step-up by the library; the logout by the site."""

    def sign_in(self, rp, person):
        return person.press(person.open(rp.url), "sign-in").json()

    def step_up(self, rp, person):
        return person.press(person.open(rp.url), "step-up").json()

    def sign_out(self, rp, person):
        return person.press(person.open(rp.url), "sign-out")
