"""openid-client 6 (npm) as the relying party. OpenID Connect Core 3.1, 5.5.1.1, 12."""

from __future__ import annotations

import pytest

from tests.interop import relying_parties
from tests.interop.journey import Journey


@pytest.fixture(scope="module")
def rp(registrar):
    with relying_parties.node(registrar, "openid_client") as running:
        yield running


class TestOpenidClient(Journey):
    """All by the library; the level is asked for as an essential claim."""
