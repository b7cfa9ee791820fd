"""R-9.1-5: who approves a version, how many it takes, and what it changes in words."""

from __future__ import annotations

import pytest

from biometric_auth.domain import dual_control


@pytest.mark.parametrize(("restores", "needed"), [(False, 1), (True, 2)])
def test_an_older_content_takes_one_more(restores, needed):
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


def test_only_what_changes_is_said():
    before = {"captures": 3, "kinds": ["jws"], "text": "One. Two.", "name": "a"}
    after = {"captures": 4, "kinds": ["jws"], "text": "One. Three. Four.", "name": "b"}
    words = {name: name.capitalize() for name in after}
    assert list(dual_control.differences(before, after, words=words)) == [
        "Captures: 3 becomes 4.",
        "Text loses: “Two.”",
        "Text gains: “Three.”",
        "Text gains: “Four.”",
        "Name: a becomes b.",
    ]


def test_a_sentence_at_the_end_that_stays_is_not_said():
    said = dual_control.differences({"t": "One. Two."}, {"t": "One. Two. Three."}, words={"t": "T"})
    assert list(said) == ["T gains: “Three.”"]
