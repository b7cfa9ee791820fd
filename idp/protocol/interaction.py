"""What happens next: choose an account, authenticate, ask consent, issue or refuse.

OpenID Connect Core 3.1.2.1, 3.1.2.3, 3.1.2.6, 5.5.1.1; Initiating User Registration via
OpenID Connect 1.0; RFC 9470 4. Step-up is not a path of its own: it is evidence that is
missing. `decide` plans with the same predicate that it issues by, and what a method really
yields is judged again: a plan is never evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import combinations

from idp.contract import Evidence
from idp.protocol import acr, evidence_record
from idp.protocol.acr import Event
from idp.protocol.assurance import AssurancePolicy
from idp.protocol.errors import ErrorCode
from idp.protocol.evidence_record import EvidenceRecord, Profile

__all__ = [
    "CANCELLED",
    "CONSENT",
    "CREATE",
    "SELECT_ACCOUNT",
    "Ask",
    "AskConsent",
    "Authenticate",
    "CreateAccount",
    "Event",
    "Issue",
    "Option",
    "Refuse",
    "SelectAccount",
    "Step",
    "decide",
]

CANCELLED = "request"
CONSENT = "consent"
"""Words in `declined`, beside method names: the whole request, or the consent to it."""
SELECT_ACCOUNT = "select_account"
CREATE = "create"
"""Words in `answered`: an account has been chosen or signed in to; the offer of a new one
has been taken or left."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What an authorization request asks of the end-user's authentication and consent.

    `acr_values` in the client's order of preference; `acr_essential`: one of them or an
    error; `floors`: what the client and the scopes take, the strongest
    first, which a URL cannot lower. `required_subject`
    comes from `id_token_hint`. `not_before`: only events from then on count; the dispatcher
    sets it for ``prompt=login`` and ``max_age=0``. `skip_consent`: the client is the provider's
    own organisation's.
    """

    acr_values: tuple[str, ...] = ()
    acr_essential: bool = False
    floors: tuple[str, ...] = ()
    max_age: timedelta | None = None
    prompt: frozenset[str] = frozenset()
    scope: frozenset[str] = frozenset()
    required_subject: str = ""
    not_before: datetime | None = None
    client_name: str = ""
    skip_consent: bool = False

    @property
    def needs_consent(self) -> bool:
        """Whether the person must have agreed; always where the client asks that they be asked."""
        return not self.skip_consent or CONSENT in self.prompt


@dataclass(frozen=True, slots=True)
class Option:
    """A method that this person could use: `potential` is what it could add at best."""

    name: str
    potential: Evidence | None
    opens_session: bool
    is_biometric: bool


@dataclass(frozen=True, slots=True)
class SelectAccount:
    """Ask which account to use; `current_fits`: the signed-in one is among the answers."""

    current_fits: bool


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """Show the page that opens a new account."""


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Use `method`, to reach `acr`; `alternatives` lead to something asked for as well."""

    method: str
    acr: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Ask the end-user whether the client may have `scope`."""

    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Issue:
    """Answer the request: the authentication was this strong, by these means, then.

    `record` says what that was decided from.
    """

    acr: str
    amr: tuple[str, ...]
    auth_time: datetime
    record: EvidenceRecord


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer the request with an error."""

    error: ErrorCode
    description: str


Step = SelectAccount | CreateAccount | Authenticate | AskConsent | Issue | Refuse


def decide(
    ask: Ask,
    *,
    subject: str | None,
    events: Iterable[Event],
    options: Iterable[Option],
    consented: frozenset[str] | None,
    declined: frozenset[str],
    answered: frozenset[str],
    profile: Profile,
    now: datetime,
    supported: tuple[str, ...] = acr.SUPPORTED,
) -> Step:
    """Return the first step of the shortest way to what is asked.

    `options` in policy order, read only when an authentication is missing; `supported`
    acr values weakest first: with nothing asked, the highest that holds is issued.
    `answered`: which questions about the account this interaction has put already.
    """
    if declined & {CANCELLED, CONSENT}:
        return Refuse(ErrorCode.ACCESS_DENIED, "The end-user declined the request.")
    counted = tuple(e for e in events if ask.not_before is None or e.at >= ask.not_before)
    case = _Case(ask, subject, counted, options, declined, profile, now, supported)
    step = _account(ask, subject, answered) or case.authentication()
    if isinstance(step, Issue) and not ask.scope <= (consented or frozenset()):
        step = AskConsent(ask.scope)
    return _silent(step, case) if "none" in ask.prompt else step


def _account(ask: Ask, subject: str | None, answered: frozenset[str]) -> Step | None:
    """Settle whose request this is, before anybody authenticates; None when it is settled.

    A person other than the hinted one may change to the hinted account, and is refused only
    when the account that was then signed in to is the wrong one too (`id_token_hint`: "is
    logged in as a result of the request").
    """
    if CREATE in ask.prompt - answered:
        return CreateAccount()
    if subject is None:
        return None
    fits = ask.required_subject in {"", subject}
    if SELECT_ACCOUNT in answered:
        return None if fits else _ANOTHER
    # Whoever turned down a new account has not said yet which of the old ones it shall be.
    if not fits or ask.prompt & {SELECT_ACCOUNT, CREATE}:
        return SelectAccount(current_fits=fits)
    return None


def _silent(step: Step, case: _Case) -> Step:
    """Turn what needs a page into its error. OpenID Connect Core 3.1.2.1, ``prompt=none``."""
    match step:
        case SelectAccount(current_fits):
            return _CHOICE if current_fits else _ANOTHER
        case CreateAccount():
            return Refuse(ErrorCode.INTERACTION_REQUIRED, "An account must be created.")
        case AskConsent():
            return Refuse(ErrorCode.CONSENT_REQUIRED, "The end-user has not consented.")
        case Authenticate() if not case.meets(case.supported[0]):
            return Refuse(ErrorCode.LOGIN_REQUIRED, "The end-user must sign in.")
        case Authenticate():
            return _UNMET if case.ask.acr_essential else _STRONGER
    return step


_ANOTHER = Refuse(ErrorCode.LOGIN_REQUIRED, "Another end-user is signed in.")
_CHOICE = Refuse(ErrorCode.ACCOUNT_SELECTION_REQUIRED, "An account must be chosen.")
_STRONGER = Refuse(ErrorCode.INTERACTION_REQUIRED, "A stronger sign-in is needed.")
_UNMET = Refuse(
    ErrorCode.UNMET_AUTHENTICATION_REQUIREMENTS,
    "The requested authentication context cannot be reached.",
)


@dataclass(frozen=True)
class _Case:
    ask: Ask
    subject: str | None
    events: tuple[Event, ...]
    options: Iterable[Option]
    declined: frozenset[str]
    profile: Profile
    now: datetime
    supported: tuple[str, ...]

    @property
    def policy(self) -> AssurancePolicy:
        """What counts as evidence."""
        return self.profile.policy

    def authentication(self) -> Step:
        """Return the way to the first asked value that can be met, else to the floor."""
        goals = tuple(value for value in self.ask.acr_values if value in acr.RUNGS)
        if self.subject is None:
            return self._open_session(goals)
        floor = self.ask.floors[0] if self.ask.floors else self.supported[0]
        targets = goals if self.ask.acr_essential else (*goals, floor)
        for goal in targets:
            if self.meets(goal):
                return self._issue(goal if goal in goals else self._highest() or goal)
            plan = self.plan(goal, self.available)
            if plan is not None:
                return self._authenticate(plan[0], goal, goals or targets)
        return _UNMET

    def meets(self, goal: str, planned: tuple[Option, ...] = ()) -> bool:
        """Return whether goal, floors and `max_age` hold with `planned` carried out now."""
        events = self.events + tuple(
            Event(option.name, self.now, frozenset(), option.potential)
            for option in planned
            if option.potential is not None
        )
        latest = max((e.at for e in acr.fresh(goal, events, self.now)), default=None)
        if latest is None:
            return False
        if self.ask.max_age is not None and latest < self.now - self.ask.max_age:
            return False
        return all(
            acr.holds(name, events, policy=self.policy, now=self.now)
            for name in {goal, *self.ask.floors}
        )

    def plan(self, goal: str, options: tuple[Option, ...]) -> tuple[Option, ...] | None:
        """Return the fewest methods that reach `goal`, in policy order; None: out of reach."""
        for size in range(1, len(options) + 1):
            for chosen in combinations(options, size):
                if self.meets(goal, chosen):
                    return chosen
        return None

    @cached_property
    def available(self) -> tuple[Option, ...]:
        """What this person could use and has not turned down."""
        return tuple(
            option
            for option in self.options
            if option.potential is not None and option.name not in self.declined
        )

    def _authenticate(self, first: Option, goal: str, targets: tuple[str, ...]) -> Authenticate:
        others = tuple(option for option in self.available if option != first)
        plans = (
            self.plan(target, (option, *(o for o in others if o != option)))
            for option in others
            for target in targets
        )
        starts = {plan[0].name for plan in plans if plan}
        ways = tuple(option.name for option in others if option.name in starts)
        return Authenticate(first.name, goal, ways)

    def _open_session(self, goals: tuple[str, ...]) -> Step:
        """Find out who it is. R-5.2-1: a biometric is not offered before that is known."""
        first, *others = [
            option.name
            for option in self.options
            if option.opens_session and option.name not in self.declined
        ] or [""]
        if not first:
            return Refuse(ErrorCode.ACCESS_DENIED, "The end-user declined every way to sign in.")
        return Authenticate(first, goals[0] if goals else "", tuple(others))

    def _highest(self) -> str:
        return acr.highest(self.supported, self.events, policy=self.policy, now=self.now)

    def _issue(self, value: str) -> Issue:
        behind = acr.fresh(value, self.events, self.now)
        record = evidence_record.build(value, behind, profile=self.profile, now=self.now)
        latest = max(event.at for event in behind)
        return Issue(value, record.standing.amr, latest, record)
