"""Which claims are released: scopes and the ``claims`` parameter. OpenID Connect Core 5.4, 5.5."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.protocol import json_value
from idp.protocol.errors import ErrorCode, ProtocolError

SCOPE_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}
SCOPE_OF: Mapping[str, str] = {
    claim: scope for scope, claims in SCOPE_CLAIMS.items() for claim in claims
}


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The ``claims`` parameter, as far as this provider knows it.

    `id_token` and `userinfo`: standard claims by name, each with the values that the client
    would take (none: any). `acr_values` in order of preference,
    `acr_essential`: one of them or an error. `subject`: the only person to answer for.
    """

    id_token: Mapping[str, list[Any]] = field(default_factory=dict)
    userinfo: Mapping[str, list[Any]] = field(default_factory=dict)
    acr_values: tuple[str, ...] = ()
    acr_essential: bool = False
    subject: str = ""

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the single claims belong to: a person consents to those."""
        return frozenset(SCOPE_OF[name] for name in self.id_token.keys() | self.userinfo)

    def within(self, scopes: Iterable[str]) -> ClaimsRequest:
        """Return the request without what belongs to none of `scopes`."""
        allowed = frozenset(scopes)
        return ClaimsRequest(
            id_token={n: v for n, v in self.id_token.items() if SCOPE_OF[n] in allowed},
            userinfo={n: v for n, v in self.userinfo.items() if SCOPE_OF[n] in allowed},
            acr_values=self.acr_values,
            acr_essential=self.acr_essential,
            subject=self.subject,
        )


def parse(text: str) -> ClaimsRequest:
    """Read the ``claims`` parameter; unknown claims are ignored. OpenID Connect Core 5.5.

    Raises:
        ProtocolError: not JSON, not of the shape that the specification gives, or with what
            cannot be stored.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _malformed() from error
    if not json_value.is_plain(document):
        raise _malformed()
    id_token, userinfo = (_members(document, part) for part in ("id_token", "userinfo"))
    acr, values = id_token.get("acr") or {}, _values(id_token.get("acr"))
    subject = (id_token.get("sub") or {}).get("value", "")
    if not all(isinstance(value, str) for value in (*values, subject)):
        raise _malformed()
    return ClaimsRequest(
        id_token=_standard(id_token),
        userinfo=_standard(userinfo),
        acr_values=tuple(values),
        acr_essential=acr.get("essential") is True and bool(values),
        subject=subject,
    )


def released(
    person: Mapping[str, Any],
    scopes: Iterable[str],
    asked: Mapping[str, list[Any]] | None = None,
) -> dict[str, Any]:
    """Return the claims of `person` that `scopes` and single requests open; empty ones never.

    A claim that is `asked` for with certain values is left out where the person has another
    one; what a scope opens is there whatever was asked for beside it (Core 5.5.1).
    """
    names = {name for scope in scopes for name in SCOPE_CLAIMS.get(scope, ())}
    for name, values in (asked or {}).items():
        if not values or person.get(name) in values:
            names.add(name)
    return {name: person[name] for name in sorted(names) if person.get(name) not in (None, "")}


def _standard(members: Mapping[str, dict[str, Any] | None]) -> dict[str, list[Any]]:
    return {name: _values(how) for name, how in sorted(members.items()) if name in SCOPE_OF}


def _values(how: Mapping[str, Any] | None) -> list[Any]:
    """Return which values a member asks for; an empty list for any."""
    given = how or {}
    values = given.get("values", [given["value"]] if "value" in given else [])
    if not isinstance(values, list):
        raise _malformed()
    return values


def _members(document: object, part: str) -> dict[str, dict[str, Any] | None]:
    if not isinstance(document, dict):
        raise _malformed()
    members = document.get(part)
    if members is None:
        return {}
    if not isinstance(members, dict):
        raise _malformed()
    if not all(value is None or isinstance(value, dict) for value in members.values()):
        raise _malformed()
    return members


def _malformed() -> ProtocolError:
    return ProtocolError(ErrorCode.INVALID_REQUEST, "The claims parameter is malformed.")
