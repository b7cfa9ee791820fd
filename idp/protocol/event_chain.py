"""The chain of security events: what each link fixes, and what a look finds broken. R-9.1-7.

An event carries a MAC over what it says; a link one over its number, its event and the link
before. So a row that was changed, added, taken out or moved is found by whoever has the key,
and nobody without it can chain anew. Rows that are missing at the end, or a database that was
put back as a whole, are found by anchors: heads of the chain that were written down elsewhere.
FIPS 198-1; RFC 2104. The provider and the authentication server each have this file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

ORIGIN = "0" * 64
"""What stands before the first link."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log: its name for people, what it says, and the MAC that it carries."""

    name: str
    content: Mapping[str, object]
    mac: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain. `event` is None where the row that it names is not there."""

    number: int
    at: str
    mac: str
    event: Event | None


def event_mac(key: bytes, content: Mapping[str, object]) -> str:
    """Return the MAC of what an event says.

    Raises:
        TypeError: there is a float in it. Databases do not agree on how they read, and what is
            measured of people (a score) has no place in an event.
    """
    text = _text(content)
    json.loads(text, parse_float=_refuse, parse_constant=_refuse)
    return _mac(key, text)


def link_mac(key: bytes, *, previous: str, number: int, at: str, event_mac: str) -> str:
    """Return the MAC of the link that follows the one whose MAC is `previous`."""
    return _mac(key, _text({"previous": previous, "number": number, "at": at, "event": event_mac}))


def is_genuine(event: Event, *, keys: Sequence[bytes]) -> bool:
    """Tell whether the event says what it said when it was recorded, by any of our keys."""
    text = _text(event.content)
    return _is_mac(event.mac, text, keys)


def faults(
    links: Iterable[Link], *, keys: Sequence[bytes], anchors: Mapping[int, str]
) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with the chain, in its order.

    Args:
        links: in the order of their numbers.
        keys: the present key and those before it.
        anchors: MACs of links that were written down elsewhere, by number.
    """
    previous, number = ORIGIN, 0
    for link in links:
        if link.number != number + 1:
            yield f"Between links {number} and {link.number} there is not what was there."
        elif not _follows(link, previous, keys):
            yield f"Link {link.number} does not follow from the one before and its event."
        if link.event is None:
            yield f"Link {link.number}: its event is gone."
        elif not is_genuine(link.event, keys=keys):
            yield f"Link {link.number}: {link.event.name} was changed."
        if anchors.get(link.number, link.mac) != link.mac:
            yield f"Link {link.number} is not the one that was anchored."
        previous, number = link.mac, link.number
    if (anchored := max(anchors, default=0)) > number:
        yield f"The chain ends at link {number}, and link {anchored} was anchored."


def _follows(link: Link, previous: str, keys: Sequence[bytes]) -> bool:
    """Tell whether the link is ours. Of a missing event nothing can be said here."""
    if link.event is None:
        return True
    said = {
        "previous": previous,
        "number": link.number,
        "at": link.at,
        "event": link.event.mac,
    }
    return _is_mac(link.mac, _text(said), keys)


def _is_mac(mac: str, text: bytes, keys: Sequence[bytes]) -> bool:
    return any(hmac.compare_digest(mac.encode(), _mac(key, text).encode()) for key in keys)


def _mac(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _text(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _refuse(number: str) -> None:
    message = f"{number}: no float in a security event"
    raise TypeError(message)
