"""Heads of the logs' chains, written down where the database cannot reach them. R-9.1-7; ADR 20.

An anchor is one line of JSON with a signature. It goes to a file that is only added to, and to
a URL where one is configured. What the newest anchor names, no shorter chain can explain away.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from idp import event_logs, fetching, sealing
from idp.policy import get_policy
from idp.protocol.destination import Reason

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Anchored:
    """What was written down: for each log the MACs of links by number; and what is wrong there."""

    by_log: dict[str, dict[int, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, place: str, anchor: Mapping[str, Any]) -> None:
        """Add one anchor; two that contradict each other mean two histories."""
        links = self.by_log.setdefault(anchor["log"], {})
        if links.setdefault(anchor["number"], anchor["mac"]) != anchor["mac"]:
            self.faults.append(f"{place}: another link {anchor['number']} was anchored before.")


def write() -> int:
    """Anchor every log that has grown since it was anchored; return how many."""
    grown = [one for one in _heads().items() if cache.get(_key(one[0])) != one[1]]
    return sum(_anchor(name, head) for name, head in grown)


def lines() -> list[str]:
    """Return an anchor of each log as it is now."""
    return [_line(name, head) for name, head in _heads().items()]


def read(files: Iterable[Path]) -> Anchored:
    """Return what the files say; a line that we did not write is a fault."""
    found = Anchored()
    for path in files:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                place = f"{path.name}, line {number}"
                if (anchor := _open(line)) is None:
                    found.faults.append(f"{place}: no anchor of this deployment.")
                else:
                    found.add(place, anchor)
    return found


def _heads() -> dict[str, tuple[int, str]]:
    heads = {name: log.head() for name, log in event_logs.every().items()}
    return {name: head for name, head in heads.items() if head is not None}


def _anchor(name: str, head: tuple[int, str]) -> bool:
    policy, line = get_policy(), _line(name, head)
    try:
        if policy.anchor_file:
            _append(Path(policy.anchor_file), line)
        if policy.anchor_url:
            _post(policy.anchor_url, line)
    except (OSError, fetching.FetchError):
        # The next run tries again: an anchor that is there twice does no harm.
        logger.exception("the log %s was not anchored", name)
        return False
    cache.set(_key(name), head, timeout=None)
    return True


def _line(name: str, head: tuple[int, str]) -> str:
    statement = {
        "issuer": get_policy().issuer,
        "log": name,
        "number": head[0],
        "mac": head[1],
        "at": timezone.now().isoformat(timespec="seconds"),
    }
    signature = sealing.sign(statement, purpose=sealing.ANCHORS)
    return json.dumps({**statement, "signature": signature})


def _open(line: str) -> dict[str, Any] | None:
    try:
        anchor = json.loads(line)
        signature = anchor.pop("signature")
        return anchor if sealing.is_signed(anchor, signature, purpose=sealing.ANCHORS) else None
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _post(url: str, line: str) -> None:
    answer = fetching.post_form(url, {"anchor": line})
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP: 2xx is success
        raise fetching.FetchError(Reason.STATUS)


def _key(name: str) -> str:
    return f"idp:anchored:{name}"
