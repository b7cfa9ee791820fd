"""R-9.1-5: who approves a version of the assurance profile, and how many it takes."""

from __future__ import annotations

import pytest

from idp.protocol import dual_control


@pytest.mark.parametrize(("restores", "needed"), [(False, 1), (True, 2)])
def test_older_rules_take_one_more(restores, needed):
    assert dual_control.approvals_needed(restores=restores) == needed


@pytest.mark.parametrize(
    ("by", "objection"),
    [
        pytest.param("ann", "author", id="author"),
        pytest.param("", "author", id="nobody"),
        pytest.param("ben", "already", id="twice"),
        pytest.param("cat", "", id="another"),
    ],
)
def test_who_may_approve(by, objection):
    said = dual_control.objection(author="ann", approvers=["ben"], by=by)
    assert objection in said
    assert bool(said) is bool(objection)
