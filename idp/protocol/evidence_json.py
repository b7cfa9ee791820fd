"""Evidence and its records as JSON, read strictly: what is not exactly one is refused. R-B-8.

A misspelt field must not count as an absent one, nor a text as a number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar

from idp.contract import Evidence
from idp.protocol.acr import Ages, Event
from idp.protocol.assurance import AssurancePolicy
from idp.protocol.evidence_record import EvidenceRecord, Profile, Standing

CROSS_DEVICE = ("none", "proximity", "unproven")
NOTHING_SHOWN = asdict(Evidence())
_Kind = TypeVar("_Kind")


class MalformedError(ValueError):
    """This is not what it should be; the message says where, for an operator."""


def as_json(record: EvidenceRecord) -> dict[str, Any]:
    """Return `record` as a column keeps it. Evidence that was not shown is left out."""
    profile, standing = record.profile, record.standing
    return {
        "rules": record.rules,
        "sha256": record.sha256,
        "profile": {
            "version": profile.version,
            "policy": asdict(profile.policy),
            "level_ages": [int(age.total_seconds()) for age in profile.ages.levels],
            "remote_biometric_age": int(profile.ages.remote_biometric.total_seconds()),
        },
        "at": record.at.isoformat(),
        "events": [_event_as_json(event) for event in record.events],
        "standing": asdict(standing)
        | {
            "amr": list(standing.amr),
            "auth_time": standing.auth_time.isoformat() if standing.auth_time else None,
            "limited_by": list(standing.limited_by),
        },
    }


def parse(value: object) -> EvidenceRecord:
    """Return the record that `value`, from a column, is.

    Raises:
        MalformedError: it is none, or would be written otherwise.
    """
    try:
        record = _record(value)
        exact = _text(as_json(record)) == _text(value)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        message = f"this is no evidence record: {error}"
        raise MalformedError(message) from error
    if not exact:
        message = "this is no evidence record: it has other members, or other kinds of values"
        raise MalformedError(message)
    return record


def evidence(where: str, value: object) -> Evidence:
    """Return the evidence that `value` is; what is left out was not shown.

    Raises:
        MalformedError: it is none; `where` says what was read.
    """
    return Evidence(**_checked(where, value, NOTHING_SHOWN))


def policy(where: str, value: object) -> AssurancePolicy:
    """Return the acceptances that `value` is; what is left out is not accepted.

    Raises:
        MalformedError: it is none; `where` says what was read.
    """
    return AssurancePolicy(**_checked(where, value, asdict(AssurancePolicy())))


def _record(value: Any) -> EvidenceRecord:
    profile, standing = value["profile"], value["standing"]
    phr = standing["phishing_resistant"]
    first, second, third, fourth = profile["level_ages"]
    return EvidenceRecord(
        rules=_a(int, value["rules"]),
        sha256=_a(str, value["sha256"]),
        profile=Profile(
            version=_a(int, profile["version"]),
            policy=policy("policy", profile["policy"]),
            ages=Ages(
                tuple(timedelta(seconds=age) for age in (first, second, third, fourth)),
                timedelta(seconds=profile["remote_biometric_age"]),
            ),
        ),
        at=_moment(value["at"]),
        events=tuple(_event(one) for one in value["events"]),
        standing=Standing(
            acr=_a(str, standing["acr"]),
            amr=tuple(standing["amr"]),
            auth_time=_moment(standing["auth_time"]) if standing["auth_time"] else None,
            level=_a(int, standing["level"]),
            aal=_a(int, standing["aal"]),
            eidas=_a(str, standing["eidas"]),
            phishing_resistant=phr if phr is None else _a(str, phr),
            biometric_grade=_a(int, standing["biometric_grade"]),
            self_assessed=_a(bool, standing["self_assessed"]),
            limited_by=tuple(_a(str, name) for name in standing["limited_by"]),
        ),
    )


def _event(value: Any) -> Event:
    return Event(
        method=_a(str, value["method"]),
        at=_moment(value["at"]),
        amr=frozenset(_a(str, name) for name in value["amr"]),
        evidence=evidence("evidence", value["evidence"]),
    )


def _event_as_json(event: Event) -> dict[str, Any]:
    shown = asdict(event.evidence).items() - NOTHING_SHOWN.items()
    return {
        "method": event.method,
        "at": event.at.isoformat(),
        "amr": sorted(event.amr),
        "evidence": dict(shown),
    }


def _a(kind: type[_Kind], value: object) -> _Kind:
    if type(value) is not kind:
        message = f"{value!r} is not of the kind {kind.__name__}"
        raise TypeError(message)
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        message = f"{value!r} has no time zone"
        raise ValueError(message)
    return moment


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _checked(where: str, values: object, defaults: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(values, dict):
        message = f"{where}: expected an object"
        raise MalformedError(message)
    for name, value in values.items():
        if name not in defaults:
            message = f"{where}: unknown field {name!r}"
            raise MalformedError(message)
        if not _fits(name, value, defaults[name]):
            message = f"{where}: {name} must not be {value!r}"
            raise MalformedError(message)
    return values


def _fits(name: str, value: object, default: object) -> bool:
    if name == "cross_device":
        return value in CROSS_DEVICE
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(default, float):
        return 0 <= value <= 1
    return isinstance(value, int) and 0 <= value <= 4  # noqa: PLR2004 - the largest ordinal
