"""The seam between the provider and its authentication methods. Standard library only.

A method reports facts (who, how, when, which evidence), never a level: only the
provider's assurance function turns facts into an ``acr``. The provider collects a
result by handle on its own side, so nothing that the browser carries is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

BROWSER_COOKIE = "countersign_browser"
"""Base name of the cookie whose SHA-256 binds interactions and captures to one browser.

On https it carries the ``__Host-`` prefix; `AuthenticationRequest.browser` is its hash.
"""

CrossDevice = Literal["none", "proximity", "unproven"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one authentication showed, or a combination of several. ASSURANCE.md, R-6.2.5-1.

    Every ordinal field grows with strength; `fmr_upper_bound` (95 % upper bound of the
    false match rate, a probability) shrinks with it. The defaults are "nothing shown".
    """

    possession: int = 0
    knowledge: int = 0
    local_user_verification: int = 0
    remote_match: int = 0
    fmr_upper_bound: float = 1.0
    pad: int = 0
    iad: int = 0
    freshness: int = 0
    same_frames: int = 0
    template_protection: int = 0
    enrolment: int = 0
    channel: int = 0
    intent: int = 0
    cross_device: CrossDevice = "none"
    cooling_off: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """The person, as a method knows them: a stable identifier and a name to display.

    `client` is the identifier of the client that asks, where one does: a method can be
    stopped for one client (R-9.1-6).
    """

    identifier: str
    display_name: str
    client: str = ""


@dataclass(frozen=True, slots=True)
class AuthenticationRequest:
    """Ask a method to authenticate `subject` (None: the method finds out who it is).

    `resume_url` is where the browser goes, with `receipt` added to its query, when the
    method is done; `browser` is the SHA-256 (hex) of the browser-binding cookie;
    `cancel_url` leads to the other ways to authenticate.
    """

    subject: Subject | None
    client_name: str
    acr: str
    text: str
    browser: str
    resume_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StartedAuthentication:
    """Where to send the browser, and the handle under which the result is collected."""

    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """What happened: a fact for the provider to judge. `at` is timezone-aware."""

    subject: str
    amr: frozenset[str]
    at: datetime
    evidence: Evidence
    details: dict[str, str] = field(default_factory=dict)


class AuthenticationMethod(Protocol):
    """One way to authenticate. Loaded by dotted path from ``settings.IDP["METHODS"]``."""

    name: str
    """Stable name, used in policy, URLs and stored events."""
    label: str
    """What the person reads on a button."""
    opens_session: bool
    """False for a biometric: it never opens a session on its own (R-5.2-1)."""
    is_biometric: bool
    """True where a non-biometric way must stand beside it (R-5.2-3)."""

    def potential(self, subject: Subject) -> Evidence | None:
        """Return the evidence it could add at best for this person; None: not enrolled."""
        ...

    def start(self, request: AuthenticationRequest) -> StartedAuthentication:
        """Begin an authentication and say where the browser goes."""
        ...

    def collect(self, handle: str, receipt: str) -> AuthenticationResult | None:
        """Return the result once; None when absent, refused, expired or already collected."""
        ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in at the provider in this browser, and how strongly right now."""

    subject: Subject
    level: int
    browser: str


class SessionReader(Protocol):
    """Tells a sibling application who is signed in; named by dotted path in its settings."""

    def __call__(self, request: object) -> SignedIn | None:
        """Return the signed-in person of this HTTP request, or None."""
        ...


class EventLog(Protocol):
    """A chained log of security events; the module that keeps it is named in the settings."""

    def extend(self) -> int:
        """Chain the events that are not yet chained; return how many."""
        ...

    def head(self) -> tuple[int, str] | None:
        """Return number and MAC of the newest link: what an anchor writes down."""
        ...

    def waiting(self) -> int:
        """Return how many events are not chained yet."""
        ...

    def faults(self, anchors: Mapping[int, str]) -> Iterator[str]:
        """Yield a sentence for everything that is wrong; `anchors` are MACs by number."""
        ...


class MethodReset(Protocol):
    """Told by a sibling application that a method no longer stands for a person."""

    def __call__(self, subject: str, reference: str) -> None:
        """End what rests on the method with the authentication method reference `reference`.

        RFC 8176 names references. Called once or more for one reset.
        """
        ...


Tone = Literal["good", "watch", "bad", "plain", "faint"]
"""What something on the dashboard means: all is well, look at it, act on it; or neither."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one thing came to under each label of a chart; None: nothing can or may be said."""

    name: str
    values: tuple[float | None, ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same labels: counts as bars on each other, rates as lines.

    `unit` follows each value. `note` says what the figures are, and what they are not.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    shape: Literal["bars", "lines"] = "bars"
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an operator should know, in a few words."""

    name: str
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


Panel = Chart | Facts


class DashboardPanels(Protocol):
    """Gives panels of the administrator's first page; ``settings.IDP["dashboard"]`` names it."""

    def __call__(self, may: Callable[[str], bool], now: datetime) -> Sequence[Panel]:
        """Return the panels of somebody who has the permissions that `may` knows.

        A permission is called as Django does: ``app.verb_model``.
        """
        ...
