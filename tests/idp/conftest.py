"""What the provider's process remembers of one test never reaches the next."""

from __future__ import annotations

import pytest

from idp import keys
from idp.oauth import clients


@pytest.fixture(autouse=True)
def _fresh_process():
    keys.forget()
    clients.forget()
    yield
    keys.forget()
    clients.forget()
