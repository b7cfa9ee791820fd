"""The provider's own session: who is signed in, by which events. R-9.4-7, R-9.4-8.

No `request.user`, no contrib.sessions: one cookie, one query, and a level that is computed
from fresh events whenever it is needed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from idp.authentication import browser, profiles
from idp.contract import AuthenticationResult, Evidence, SignedIn
from idp.models import AuthenticationEvent, Grant, LogoutNotice, Session, User
from idp.policy import get_policy
from idp.protocol import acr, evidence_record, opaque
from idp.protocol.acr import Event
from idp.protocol.assurance import AssurancePolicy
from idp.protocol.evidence_record import EvidenceRecord

COOKIE = "countersign_session"
BROWSER_STATE = "countersign_browser_state"
_CURRENT = "countersign.session"
_NOTICES = "countersign.logout_notices"


@dataclass(frozen=True, slots=True)
class Current:
    """The session of this browser, its person and its events, oldest first."""

    session: Session
    user: User
    events: tuple[Event, ...]

    def level(self, now: datetime) -> int:
        """Return the level that the events support at `now`."""
        return acr.level(self.events, policy=assurance_policy(), now=now)


def assurance_policy() -> AssurancePolicy:
    """Return the rules of the assurance profile in force."""
    return profiles.in_force().policy


def current(request: HttpRequest) -> Current | None:
    """Return the live session of this request's cookie. One query, remembered."""
    if _CURRENT not in request.META:
        request.META[_CURRENT] = _load(request)
    found: Current | None = request.META[_CURRENT]
    return found


def _load(request: HttpRequest) -> Current | None:
    secret = request.COOKIES.get(get_policy().cookie_name(COOKIE), "")
    if not secret:
        return None
    rows = list(
        AuthenticationEvent.objects.filter(
            session__secret_sha256=opaque.digest(secret),
            session__ended_at=None,
            session__expires_at__gt=timezone.now(),
            session__user__is_active=True,
        ).select_related("session__user")
    )
    if not rows:
        return None
    session = rows[0].session
    return Current(session, session.user, tuple(event_of(row) for row in rows))


def event_of(row: AuthenticationEvent) -> Event:
    """Return a stored authentication as the rules see it."""
    return Event(row.method, row.at, frozenset(row.amr), Evidence(**row.evidence))


@transaction.atomic
def add_event(
    request: HttpRequest, *, user: User, method: str, result: AuthenticationResult
) -> tuple[Session, str]:
    """Add an event to the browser's session, or open one; return it and its new secret.

    The secret changes with every event: no earlier cookie, planted or stolen, rises with
    the level (session fixation). Another person's session in this browser ends.
    """
    state, secret, now = current(request), opaque.new(), timezone.now()
    expires_at = now + get_policy().session_lifetime
    session = None
    if state is not None and state.user.pk == user.pk:
        session = _rotate(state.session, secret, expires_at)
    elif state is not None:
        request.META[_NOTICES] = end(state.session) or []
    session = session or Session.objects.create(
        user=user,
        secret_sha256=opaque.digest(secret),
        created_at=now,
        expires_at=expires_at,
    )
    event = AuthenticationEvent(
        session=session,
        method=method,
        amr=sorted(result.amr),
        at=result.at,
        evidence=asdict(result.evidence),
        details=result.details,
    )
    event.keep_evidence(_by_itself(event_of(event)))
    event.save()
    request.META.pop(_CURRENT, None)
    return session, secret


def _by_itself(event: Event) -> EvidenceRecord:
    """Return what the event supports at its own moment, without any other."""
    profile = profiles.in_force()
    value = acr.highest(get_policy().acr_values, (event,), policy=profile.policy, now=event.at)
    return evidence_record.build(value, (event,), profile=profile, now=event.at)


def _rotate(session: Session, secret: str, expires_at: datetime) -> Session | None:
    """Give the session a new secret; None when another request has just done so."""
    rotated = Session.objects.filter(
        pk=session.pk, secret_sha256=session.secret_sha256, ended_at=None
    ).update(secret_sha256=opaque.digest(secret), expires_at=expires_at)
    return session if rotated else None


@transaction.atomic
def end(session: Session) -> list[UUID] | None:
    """End a session and the grants that die with it. OIDC.md B9, K2.

    Returns:
        The notices to deliver to clients (`idp.tasks.deliver_soon`); None when it had ended.
    """
    now = timezone.now()
    ended = Session.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now)
    Grant.objects.ending_with(session).revoke()
    if not ended:
        return None
    return [notice.pk for notice in LogoutNotice.objects.announce(session, now)]


@transaction.atomic
def end_all(user: User) -> list[UUID]:
    """End every session of a person, and every grant: those with offline access too. B9.

    Returns:
        The notices to deliver to clients.
    """
    ended = [end(one) or [] for one in Session.objects.filter(user=user, ended_at=None)]
    Grant.objects.filter(user=user).revoke()
    return [notice for notices in ended for notice in notices]


def take_notices(request: HttpRequest) -> list[UUID]:
    """Return the notices of the session that a sign-in of this request has ended, once."""
    notices: list[UUID] = request.META.pop(_NOTICES, [])
    return notices


def browser_state(session: Session) -> str:
    """Return what this browser's state at the provider is called: the same while `sid` is.

    OpenID Connect Session Management 1.0 3.2. It opens nothing, and no client reads it: they
    get a hash of it with a salt, and their own address.
    """
    return salted_hmac("countersign.browser_state", str(session.pk), algorithm="sha256").hexdigest()


def remember(response: HttpResponse, session: Session, secret: str) -> None:
    """Set the session's cookies. They live as long as the browser's window."""
    browser.set_cookie(response, COOKIE, secret)
    _set_browser_state(response, browser_state(session))


def forget(response: HttpResponse) -> None:
    """Delete the session's cookies."""
    browser.set_cookie(response, COOKIE, "", max_age=timedelta())
    _set_browser_state(response, "", max_age=timedelta())


def _set_browser_state(
    response: HttpResponse, value: str, *, max_age: timedelta | None = None
) -> None:
    """Set the cookie that `/check-session` reads in a client's frame. OIDC.md G5.

    A frame of another site gets it only with SameSite=None, and that needs https.
    """
    policy = get_policy()
    response.set_cookie(
        policy.cookie_name(BROWSER_STATE),
        value,
        max_age=max_age,
        secure=policy.secure,
        samesite="None" if policy.secure else "Lax",
    )


def read_signed_in(request: object) -> SignedIn | None:
    """Tell a sibling application who is signed in. Implements `idp.contract.SessionReader`."""
    http = getattr(request, "_request", request)  # a REST framework request wraps Django's
    if not isinstance(http, HttpRequest):
        return None
    state, bound_to = current(http), browser.known(http)
    if state is None or not bound_to:
        return None
    return SignedIn(state.user.as_subject(), state.level(timezone.now()), bound_to)
