"""oauth4webapi 3 (npm) as the relying party. OpenID Connect Core 3.1, 12; RFC 9470 4."""

from __future__ import annotations

from functools import partial

import pytest

from tests.interop import relying_parties
from tests.interop.journey import Journey

LIBRARY = "oauth4webapi"


@pytest.fixture(scope="module")
def rp(registrar):
    client = partial(registrar.register, LIBRARY)
    with relying_parties.node(registrar, LIBRARY, client) as running:
        yield running


class TestOauth4webapi(Journey):
    """Discovery, PKCE, refresh and userinfo by the library; the logout URL by the site."""
