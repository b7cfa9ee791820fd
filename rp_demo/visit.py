"""What the browser's session remembers, with names and types."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from rp_demo.ended import ended
from rp_demo.oidc import REQUEST_LIFETIME, AuthorizationRequest, Tokens
from rp_demo.registration import Requirement

# Tabs that are signing in at once; the cookie has 4 KB for everything.
MOST_PENDING = 3
MOST_RECEIPTS = 3
# The others repeat what the token already said, or serve its transport only.
KEPT_CLAIMS = ("iss", "sub", "aud", "acr", "amr", "auth_time", "sid", "iat", "exp")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer that the person ordered; `key` names this one order (Idempotency-Key)."""

    key: str
    payee: str
    amount: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transfer that was carried out."""

    reference: str
    payee: str
    amount: str
    at: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An authorization request under way and what it is for.

    `subject` is who must come back from a step-up; empty for a first sign-in. `then` is an
    address of ours to go to after one.
    """

    request: AuthorizationRequest
    subject: str = ""
    transfer: Transfer | None = None
    then: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in here: claims at sign-in (`first`) and of the newest tokens (`latest`)."""

    name: str
    first: dict[str, Any]
    latest: dict[str, Any]
    id_token: str
    access_token: str

    @property
    def stepped_up(self) -> bool:
        """Whether the person was authenticated again since the sign-in."""
        return self.first != self.latest


class Visit:
    """The session of one browser."""

    def __init__(self, session: SessionBase) -> None:
        """Read and write `session`."""
        self._session = session

    @property
    def person(self) -> Person | None:
        """Return who is signed in. Whoever the provider has signed out is forgotten first."""
        kept = self._session.get("person")
        person = Person(**kept) if kept else None
        if person is not None and ended.covers(person.latest):
            self._session.flush()
            return None
        return person

    def sign_in(self, tokens: Tokens, name: str) -> None:
        """Forget whoever was here and remember this person."""
        self._session.flush()
        claims = _kept(tokens)
        self._remember(Person(name, claims, claims, tokens.id_token, tokens.access_token))

    def step_up(self, person: Person, tokens: Tokens) -> Person:
        """Take the newer tokens; the claims of the sign-in stay, to be compared."""
        return self._remember(
            Person(person.name, person.first, _kept(tokens), tokens.id_token, tokens.access_token)
        )

    def sign_out(self) -> None:
        """Forget everything."""
        self._session.flush()

    def await_response(self, state: str, pending: Pending, *, now: datetime) -> None:
        """Remember a request under its `state`; the oldest make room."""
        waiting = {
            other: kept
            for other, kept in self._session.get("pending", {}).items()
            if now.timestamp() - kept["request"]["at"] < REQUEST_LIFETIME.total_seconds()
        }
        newest = sorted(waiting, key=lambda other: waiting[other]["request"]["at"])
        for other in newest[: max(0, len(newest) - MOST_PENDING + 1)]:
            del waiting[other]
        waiting[state] = {
            "request": pending.request.to_session(),
            "subject": pending.subject,
            "transfer": asdict(pending.transfer) if pending.transfer else None,
            "then": pending.then,
        }
        self._session["pending"] = waiting

    def take_pending(self, state: str) -> Pending | None:
        """Return the request of `state` and forget it: a response is taken once."""
        waiting = dict(self._session.get("pending", {}))
        kept = waiting.pop(state, None)
        if kept is None:
            return None
        self._session["pending"] = waiting
        return Pending(
            request=AuthorizationRequest.from_session(kept["request"]),
            subject=kept["subject"],
            transfer=Transfer(**kept["transfer"]) if kept["transfer"] else None,
            then=kept.get("then", ""),
        )

    @property
    def receipts(self) -> list[Receipt]:
        """Return the latest transfers of this session, newest first."""
        return [Receipt(**kept) for kept in self._session.get("receipts", [])]

    def file(self, receipt: Receipt) -> None:
        """Keep a receipt; the same one twice is kept once."""
        for past in ("draft", "missing"):
            self._session.pop(past, None)
        others = [kept for kept in self.receipts if kept.reference != receipt.reference]
        self._session["receipts"] = [asdict(kept) for kept in [receipt, *others][:MOST_RECEIPTS]]

    @property
    def draft(self) -> Transfer | None:
        """Return the order that was begun last and not carried out."""
        kept = self._session.get("draft")
        return Transfer(**kept) if kept else None

    def keep_draft(self, order: Transfer) -> None:
        """Remember an order, so that the form need not be filled in again."""
        self._session["draft"] = asdict(order)

    @property
    def missing(self) -> Requirement | None:
        """Return what the last step-up did not reach."""
        kept = self._session.get("missing")
        return Requirement.from_session(kept) if kept else None

    def miss(self, requirement: Requirement) -> None:
        """Remember what was not reached, for the page that says so."""
        self._session["missing"] = requirement.to_session()

    def _remember(self, person: Person) -> Person:
        self._session["person"] = asdict(person)
        return person


def _kept(tokens: Tokens) -> dict[str, Any]:
    return {name: tokens.claims[name] for name in KEPT_CLAIMS if name in tokens.claims}
