"""What an accepted capture showed, in words: facts of the evidence record, no score. R-B-8.

The provider judges the facts: which level came of them stands with its session and its grant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOTHING = "Nothing was accepted in this transaction: it raises no level."
_MEANINGS: dict[str, tuple[str, ...]] = {
    "possession": (
        "no key of a device",
        "a key that may be copied or is not attested",
        "an attested key that cannot be exported",
        "an attested key in certified hardware",
    ),
    "local_user_verification": ("", "the device verified its user itself"),
    "remote_match": ("no match", "a match, compared on the server"),
    "pad": (
        "no attack detection",
        "attack detection that nobody has tested",
        "attack detection that only this deployment has tested",
        "attack detection that a laboratory has tested",
        "attack detection that a laboratory has tested for high potential",
    ),
    "iad": (
        "no check of injected video",
        "heuristics against injected video: a camera in a browser",
        "an attested capture",
        "an attested and evaluated capture",
    ),
    "freshness": (
        "no proof of freshness",
        "taken within the time of the server",
        "a one-time nonce signed with the capture",
        "the unpredictable challenge answered",
    ),
    "same_frames": ("", "quality, attacks and match judged on the same frames"),
    "template_protection": (
        "a template in the clear",
        "a template under a key of the service",
        "a template under a key of its own",
        "a renewable template",
        "a template with a share that the person holds",
    ),
    "enrolment": (
        "enrolled by the person's word alone",
        "enrolled in a session of one factor",
        "enrolled in a session of level 3",
        "enrolled with remote proofing",
        "enrolled on site, attended",
    ),
    "channel": (
        "sent over TLS alone",
        "signed by the device over nonce and transaction",
        "signed by the device for this provider's name",
    ),
    "intent": ("", "confirmed by the person for this transaction"),
    "cooling_off": ("", "within the cooling-off time: no level above 2 comes of it"),
}


def sentences(result: Mapping[str, Any] | None) -> list[str]:
    """Return what `result` says, one fact each; a fact of a later version is left out."""
    if not result:
        return [NOTHING]
    said = (
        f"{name.replace('_', ' ').capitalize()} {result[name]}: {meanings[result[name]]}."
        for name, meanings in _MEANINGS.items()
        if result.get(name) in range(len(meanings)) and meanings[result[name]]
    )
    return list(said)
