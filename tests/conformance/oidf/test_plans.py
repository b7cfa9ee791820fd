"""The OpenID Foundation's certification plans for providers, as an own port: OIDC.md 3.1, 3.2.

Black box, over https. The Foundation's suite itself is not run here. A module is found by its
id: `pytest tests/conformance/oidf -k oidcc-prompt-login`; its port by the same id in
`tests/conformance/oidf/modules`.
"""

from __future__ import annotations

import pytest

from tests.conformance.oidf.attempt import Attempt
from tests.conformance.oidf.module import MODULES
from tests.conformance.oidf.plans import ENTRIES


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_module(entry, returning, begun, found):
    attempt = begun.get(entry.id) or Attempt(returning, entry)
    result, remark = attempt.finish()
    found[entry.id] = {"result": result, "remark": remark}
    assert result == MODULES[entry.module].expected, remark
