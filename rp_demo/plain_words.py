"""What the tokens say, for people. OpenID Connect Core 2; RFC 8176; R-6.2.4-2."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_LEVELS = {
    "urn:countersign:acr:loa1": "Level 1: one check, such as a password alone",
    "urn:countersign:acr:loa2": "Level 2: two checks of different kinds, or a key on your device",
    "urn:countersign:acr:loa3": "Level 3: a key on your device together with a second check",
    "urn:countersign:acr:loa4": "Level 4: a certified key, enrolled in person, with a second check",
    "urn:countersign:acr:loa2:rb": "Level 2, with your face compared by the sign-in service",
    "urn:countersign:acr:loa3:rb": "Level 3, with your face compared by the sign-in service",
    "urn:countersign:acr:loa4:rb": "Level 4, with your face compared by the sign-in service",
    "phr": "A sign-in that a look-alike website cannot steal",
    "phrh": "A sign-in that a look-alike website cannot steal, by a key in hardware",
}
_UNKNOWN_LEVEL = "A level that this bank does not know, so it counts for nothing here"
_AGREED_LEVEL = "The level that this bank has agreed on with the sign-in service for transfers"
_METHODS = {
    "pwd": "Your password",
    "otp": "A one-time code",
    "hwk": "A key that cannot leave your device",
    "swk": "A key that your device's software keeps",
    "pop": "That key signed a fresh question",
    "face": "Your face, compared by the sign-in service",
    "user": "You confirmed it yourself",
    "pin": "A PIN",
    "mca": "A second device took part",
    "mfa": "Altogether more than one kind of proof",
}
_NAMES = {
    "acr": ("How surely you were recognised", "The level that this sign-in reached."),
    "amr": ("What you showed", "Every kind of proof that counted towards the level."),
    "auth_time": ("When you showed it", "A transfer accepts nothing older than five minutes."),
    "iss": ("Who vouches for it", "The sign-in service that signed this statement."),
    "aud": ("Who it is meant for", "This bank's name there. Others must not accept it."),
    "sub": (
        "Who you are to us",
        "Your number at the sign-in service. Not your name, not your face.",
    ),
    "sid": ("Which sign-in", "Names your session there, so that signing out reaches both."),
    "exp": ("Until when we may believe it", "After that moment the statement says nothing."),
}
_TIMES = {"auth_time", "exp"}


@dataclass(frozen=True, slots=True)
class Said:
    """One claim's value: raw, and in words (several for a list)."""

    raw: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimInWords:
    """One claim of the ID token at sign-in (`before`) and now (`after`)."""

    name: str
    title: str
    meaning: str
    before: Said
    after: Said

    @property
    def changed(self) -> bool:
        """Whether the newer token says something else."""
        return self.before.raw != self.after.raw


def level(acr: str, agreed: Collection[str] = ()) -> str:
    """Return what an `acr` means; `agreed` are those of this bank's own agreement."""
    return _LEVELS.get(acr, _AGREED_LEVEL if acr in agreed else _UNKNOWN_LEVEL)


def compare(
    first: Mapping[str, Any],
    latest: Mapping[str, Any],
    *,
    now: datetime,
    agreed: Collection[str] = (),
) -> list[ClaimInWords]:
    """Return the claims worth reading, the important ones first."""
    return [
        ClaimInWords(
            name, title, meaning, _say(name, first, now, agreed), _say(name, latest, now, agreed)
        )
        for name, (title, meaning) in _NAMES.items()
        if name in first or name in latest
    ]


def _say(name: str, claims: Mapping[str, Any], now: datetime, agreed: Collection[str]) -> Said:
    value = claims.get(name)
    if value is None:
        return Said("", ("not said",))
    if name in _TIMES:
        return Said(str(value), (_time(float(value), now),))
    if name == "acr":
        return Said(str(value), (level(str(value), agreed),))
    if name == "amr":
        return Said(" ".join(value), _methods(value))
    return Said(" ".join(value) if isinstance(value, list) else str(value))


def _methods(names: list[str]) -> tuple[str, ...]:
    """Return the words in the order in which they make sense, whatever the token's order."""
    known = [words for name, words in _METHODS.items() if name in names]
    return (*known, *(name for name in names if name not in _METHODS))


def _time(seconds: float, now: datetime) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    distance = int(now.timestamp() - seconds)
    words = f"{_span(distance)} ago" if distance >= 0 else f"in {_span(-distance)}"
    return f"{moment:%H:%M:%S} UTC, {words}"


def _span(seconds: int) -> str:
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
