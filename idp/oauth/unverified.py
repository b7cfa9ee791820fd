"""What a JWT says of itself, before anything about it is known to be true. RFC 7515 7.1; RFC 8725.

Only to find out whose key must hold and which rule applies. Nothing read here is believed.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from idp.protocol import json_value

_PARTS = 3


def parts(token: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return header and claims of a compact JWS; no header where it is none, or not plain."""
    encoded = token.split(".")
    if len(encoded) != _PARTS:
        return None, {}
    header, claims = (_object(part) for part in encoded[:2])
    if header is None or claims is None:
        return None, {}
    return header, claims


def _object(encoded: str) -> dict[str, Any] | None:
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        decoded = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        found = json.loads(decoded)
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and json_value.is_plain(found) else None
