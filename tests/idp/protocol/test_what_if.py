"""R-9.1-5, ASSURANCE.md: a profile is tried on what was stored, by the rules that judge tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from idp.contract import Evidence
from idp.protocol import what_if
from idp.protocol.acr import Event
from idp.protocol.assurance import SELF_ASSESSED, STRICT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = Event("password", NOW, frozenset({"pwd"}), Evidence(knowledge=1))
FACE = Event(
    "face",
    NOW,
    frozenset({"face"}),
    Evidence(
        possession=2,
        remote_match=1,
        fmr_upper_bound=1e-5,
        pad=2,
        iad=1,
        freshness=3,
        same_frames=1,
        template_protection=2,
        enrolment=2,
        channel=1,
        intent=1,
    ),
)
HISTORIES = [((PASSWORD,), NOW), ((PASSWORD, FACE), NOW), ((FACE,), NOW)]


def test_a_stricter_profile_lowers_what_rested_on_its_acceptances():
    faces = [((FACE,), NOW)]
    found = what_if.compare(faces, before=SELF_ASSESSED, after=STRICT)
    assert (found.total, found.raised, found.lowered, found.changed) == (1, 0, 1, 1)
    assert found.moves == {(3, 2): 1}
    assert (found.face_counts, found.face_counts_no_more) == (0, 1)


def test_a_laxer_one_raises_the_same():
    found = what_if.compare([((FACE,), NOW)], before=STRICT, after=SELF_ASSESSED)
    assert (found.raised, found.lowered, found.face_counts) == (1, 0, 1)
    assert found.moves == {(2, 3): 1}


def test_the_same_profile_changes_nothing():
    found = what_if.compare(HISTORIES, before=STRICT, after=STRICT)
    assert (found.total, found.changed, found.moves) == (3, 0, {})


def test_evidence_that_was_too_old_at_its_moment_counts_under_no_profile():
    late = [((FACE,), NOW + timedelta(hours=9))]
    assert what_if.compare(late, before=STRICT, after=SELF_ASSESSED).changed == 0


def test_it_is_said_in_words():
    there = what_if.compare(HISTORIES, before=STRICT, after=SELF_ASSESSED)
    back = what_if.compare(HISTORIES, before=SELF_ASSESSED, after=STRICT)
    assert what_if.sentences(there)[0] == "Of the last 3 authentications 1 would change level."
    assert "1 from level 2 to level 3." in what_if.sentences(there)
    assert what_if.sentences(there)[-1] == "In 2 the face would begin to count as a factor."
    assert what_if.sentences(back)[-1] == "In 2 the face would count as a factor no more."
    nothing = what_if.compare([], before=STRICT, after=STRICT)
    assert what_if.sentences(nothing) == [
        "Nobody has authenticated yet: there is nothing to compare with."
    ]
