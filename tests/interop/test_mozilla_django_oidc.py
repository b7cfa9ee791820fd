"""mozilla-django-oidc 5 as the relying party. OpenID Connect Core 3.1, 3.1.2.1 (prompt)."""

from __future__ import annotations

import pytest

from tests.interop import relying_parties
from tests.interop.journey import JourneyWithAccounts


@pytest.fixture(scope="module")
def rp(registrar):
    callback = "/oidc/callback/"
    with relying_parties.django(registrar, "mozilla_django_oidc", callback=callback) as running:
        yield running


class TestMozillaDjangoOidc(JourneyWithAccounts):
    """It renews its session by ``prompt=none``: it never asks for a refresh token."""

    def sign_in(self, rp, person):
        return person.visit(f"{rp.url}/oidc/authenticate/").json()

    def step_up(self, rp, person):
        return person.visit(f"{rp.url}/oidc/authenticate/?step-up").json()

    def sign_out(self, rp, person):
        return person.press(person.open(rp.url), "sign-out")
