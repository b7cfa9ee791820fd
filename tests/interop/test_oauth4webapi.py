"""oauth4webapi 3 (npm) as the relying party. OpenID Connect Core 3.1, 12; RFC 9470 4."""

from __future__ import annotations

import pytest

from tests.interop import relying_parties
from tests.interop.journey import Journey


@pytest.fixture(scope="module")
def rp(registrar):
    with relying_parties.node(registrar, "oauth4webapi") as running:
        yield running


class TestOauth4webapi(Journey):
    """Discovery, PKCE, refresh and userinfo by the library; the logout URL by the site."""
