"""django-allauth 65 as the relying party. OpenID Connect Core 3.1; RFC 9470 4."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.interop import relying_parties
from tests.interop.journey import LOA2, JourneyWithAccounts

SIGN_IN = "/accounts/oidc/countersign/login/"


@pytest.fixture(scope="module")
def rp(registrar):
    callback = f"{SIGN_IN}callback/"
    with relying_parties.django(registrar, "allauth", callback=callback) as running:
        yield running


class TestAllauth(JourneyWithAccounts):
    """Sign-in and step-up by the library; refresh and logout by the site."""

    keeps_the_id_token = False

    def sign_in(self, rp, person, **asked):
        page = person.open(f"{rp.url}{SIGN_IN}?{urlencode(asked)}")
        return person.press(page, "").json()

    def step_up(self, rp, person):
        return self.sign_in(rp, person, auth_params=urlencode({"acr_values": LOA2}))

    def sign_out(self, rp, person):
        return person.press(person.open(f"{rp.url}/accounts/logout/"), "")
