"""FIDO MDS 3.0, 3.1.1 and 3.1.4; ASSURANCE.md `possession`."""

from __future__ import annotations

import base64
import contextlib
import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.authenticator_model import DISTRUSTED, ModelStatement, possession, read_entry

TODAY = date(2026, 11, 24)
SAID = {
    "aaguid": str(uuid.uuid4()),
    "metadataStatement": {
        "description": "A key",
        "attestationRootCertificates": [base64.b64encode(b"root").decode()],
        "keyProtection": ["hardware", "secure_element"],
    },
    "statusReports": [{"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2020-01-01"}],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def standing(*, in_hardware=True, certified=0, problem=""):
    return ModelStatement(uuid.uuid4(), "", (), in_hardware, certified, problem)


def test_an_entry_is_read():
    read = read_entry(SAID, today=TODAY)
    assert (read.description, read.roots, read.in_hardware) == ("A key", (b"root",), True)
    assert (read.certified, read.problem) == (2, "")


def test_an_entry_of_another_protocol_is_passed_over():
    assert read_entry({"aaid": "1234#5678"}, today=TODAY) is None


def test_of_two_certifications_the_later_counts_in_whatever_order_they_stand():
    reports = [
        {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2025-01-01"},
        {"status": "FIDO_CERTIFIED_L3", "effectiveDate": "2021-01-01"},
        {"status": "UPDATE_AVAILABLE"},
    ]
    assert read_entry(SAID | {"statusReports": reports}, today=TODAY).certified == 1


@pytest.mark.parametrize("member", ["metadataStatement", "statusReports"])
@given(value=JSON)
def test_an_entry_in_another_form_is_refused_or_read(member, value):
    with contextlib.suppress(ValueError):
        read_entry(SAID | {member: value}, today=TODAY)


@given(value=JSON)
def test_whatever_stands_for_an_entry_is_refused_or_passed_over(value):
    with contextlib.suppress(ValueError):
        assert read_entry(value, today=TODAY) is None


def test_without_a_root_or_a_model_it_is_software():
    assert possession(anchored=False, backup_eligible=False, known=[standing()]) == 1
    assert possession(anchored=True, backup_eligible=False, known=[]) == 1


STANDINGS = st.builds(
    standing,
    in_hardware=st.booleans(),
    certified=st.integers(0, 3),
    problem=st.sampled_from(["", *sorted(DISTRUSTED)]),
)


@given(anchored=st.booleans(), synced=st.booleans(), known=st.lists(STANDINGS, max_size=3))
def test_bad_news_never_raises_a_grade(anchored, synced, known):
    before = possession(anchored=anchored, backup_eligible=synced, known=known)
    told = [*known, standing(problem="REVOKED")]
    assert possession(anchored=anchored, backup_eligible=synced, known=told) == 1 <= before
    assert possession(anchored=anchored, backup_eligible=True, known=known) == 1
