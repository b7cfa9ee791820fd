"""openid-client 6 (npm) as the relying party. OpenID Connect Core 3.1, 3.3, 5.5.1.1, 12.

Dynamic Client Registration 1.0 3; RFC 9101; RFC 7523 2.2; Form Post Response Mode; RFC 7009.
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.interop import relying_parties
from tests.interop.journey import Journey

LIBRARY = "openid_client"


class TestOpenidClient(Journey):
    """All by the library; the level is asked for as an essential claim."""

    @pytest.fixture(scope="class")
    @classmethod
    def rp(cls, registrar):
        client = partial(registrar.register, LIBRARY)
        with relying_parties.node(registrar, LIBRARY, client) as running:
            yield running


class TestOpenidClientRegistersItself(Journey):
    """With keys instead of a secret, signed requests, form_post, and an encrypted ID token."""

    @pytest.fixture(scope="class")
    @classmethod
    def rp(cls, registrar):
        def client(_url):
            return {"INITIAL_TOKEN": registrar.token}

        script = "registered.mjs"
        with relying_parties.node(registrar, LIBRARY, client, script=script) as running:
            yield running

    def test_a_revoked_access_token_is_no_longer_active(self, rp, alice):
        self.sign_in(rp, alice)
        assert alice.open(f"{rp.url}/revoke").json() == {"before": True, "after": False}


class TestOpenidClientHybrid(Journey):
    """``code id_token`` by form_post, for a client that an administrator registered so."""

    @pytest.fixture(scope="class")
    @classmethod
    def rp(cls, registrar):
        def client(url):
            options = ["--response-type=code id_token", "--auth-method=client_secret_post"]
            return registrar.create("hybrid", url, *options)

        # By another name: Registration 2 forbids localhost where tokens come by the browser.
        with relying_parties.node(
            registrar, LIBRARY, client, script="hybrid.mjs", host="127.0.0.1"
        ) as running:
            yield running
