"""ASSURANCE.md, last section: records on standard input, assessments on standard output."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

VECTORS = json.loads(Path("tests/vectors/assurance_vectors.json").read_text())


def assess(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    out = io.StringIO()
    call_command("assess", stdout=out)
    return json.loads(out.getvalue())


def test_the_vectors_come_back_as_expected(monkeypatch):
    records = [{"evidence": v["evidence"], "policy": v["policy"]} for v in VECTORS]
    found = assess(monkeypatch, json.dumps(records))
    for vector, one in zip(VECTORS, found, strict=True):
        limited_by = one.pop("limited_by")
        assert one == vector["expected"]
        assert bool(limited_by) == (one["loa"] < 4)


def test_a_policy_that_is_not_named_is_strict(monkeypatch):
    assert assess(monkeypatch, '[{"evidence": {"knowledge": 1}}]')[0]["loa"] == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "JSON"),
        ("{}", "list"),
        ("[1]", "object"),
        ("[{}]", "evidence"),
        ('[{"evidence": {"posession": 2}}]', "posession"),
        ('[{"evidence": {"possession": "2"}}]', "possession"),
        ('[{"evidence": {"possession": 5}}]', "possession"),
        ('[{"evidence": {"pad": true}}]', "pad"),
        ('[{"evidence": {"fmr_upper_bound": 2}}]', "fmr_upper_bound"),
        ('[{"evidence": {"cross_device": "far"}}]', "cross_device"),
        ('[{"evidence": {}, "policy": {"accept_self_tested_pad": 1}}]', "accept_self_tested_pad"),
    ],
)
def test_what_is_no_record_is_refused_by_name(monkeypatch, text, word):
    with pytest.raises(CommandError, match=word):
        assess(monkeypatch, text)
