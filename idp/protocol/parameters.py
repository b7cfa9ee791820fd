"""Request parameters: ``application/x-www-form-urlencoded``, each at most once.

RFC 6749 3.1 and 3.2 (no parameter twice, one without a value counts as absent), appendix B
(UTF-8); OIDC.md A6, A7. Stricter than Authlib, which looks at five names only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from idp.protocol.errors import ErrorCode, ProtocolError

MOST_PARAMETERS = 60
LONGEST_VALUE = 4_096
LONGEST_OF: Mapping[str, int] = {
    "claims": 16_384,
    "id_token_hint": 16_384,
    "request": 65_536,
    "client_assertion": 16_384,
    "client_id": 120,
    "redirect_uri": 2_048,
}
_NAME = re.compile(r"[A-Za-z_]{1,40}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request says. `values` are never empty; `repeated` names came more than once."""

    values: Mapping[str, str]
    repeated: frozenset[str]

    def once(self) -> Mapping[str, str]:
        """Return the values.

        Raises:
            ProtocolError: a parameter was repeated.
        """
        if self.repeated:
            raise ProtocolError(ErrorCode.INVALID_REQUEST, "A parameter is repeated.")
        return self.values


def parse(encoded: bytes | str) -> Parameters:
    """Return the parameters of a query or a form.

    Raises:
        ProtocolError: not UTF-8, too many, or a control character in one.
    """
    try:
        text = encoded.decode("ascii") if isinstance(encoded, bytes) else encoded
        text.encode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        raise ProtocolError(
            ErrorCode.INVALID_REQUEST, "The parameters cannot be read.", detail=str(error)
        ) from error
    if any(_CONTROL.search(name + value) for name, value in pairs):
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "A control character is not allowed.")
    times = Counter(name for name, _value in pairs)
    return Parameters(
        values={name: value for name, value in pairs if value},
        repeated=frozenset(name for name, count in times.items() if count > 1),
    )


def check_lengths(parameters: Mapping[str, str]) -> None:
    """Refuse a value beyond its cap.

    Raises:
        ProtocolError: naming the parameter, if its name may stand in a description: that has
            some of ASCII alone (RFC 6749 4.1.2.1, 5.2).
    """
    for name, value in parameters.items():
        if len(value) > LONGEST_OF.get(name, LONGEST_VALUE):
            named = name if _NAME.fullmatch(name) else "A parameter"
            raise ProtocolError(ErrorCode.INVALID_REQUEST, f"{named} is too long.")
