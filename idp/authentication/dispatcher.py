"""Carry out what `decide` says: the only place that routes between methods and pages.

ARCHITECTURE 4 and 6; OIDC.md A19. Checks after `collect`: same subject, result newer than
the interaction and than `not_before`, interaction unused, unexpired and of this browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils import timezone
from django.utils.translation import gettext as _

from idp.authentication import browser, cooling_off, interactions, profiles, session
from idp.authentication.browser import SeeOther
from idp.authentication.interactions import InteractionError
from idp.authentication.methods import load_methods
from idp.authentication.session import Current
from idp.contract import AuthenticationMethod, AuthenticationRequest, AuthenticationResult
from idp.models import Client, Consent, Interaction, SecurityEvent, User
from idp.policy import get_policy
from idp.protocol.acr import LEVEL_AGES, LOA, REMOTE_BIOMETRIC_AGE
from idp.protocol.interaction import (
    CREATE,
    SELECT_ACCOUNT,
    Ask,
    AskConsent,
    Authenticate,
    CreateAccount,
    Issue,
    Option,
    Refuse,
    SelectAccount,
    Step,
    decide,
)

CLOCK_SKEW = timedelta(seconds=30)


def next_step(
    request: HttpRequest,
    ask: Ask,
    *,
    kind: str,
    client: Client | None,
    parameters: dict[str, Any],
    interaction: Interaction | None = None,
) -> Issue | Refuse | HttpResponse:
    """Return what the request is answered with, or a redirect to what the person must do.

    `interaction` is the one that the request continues (`interactions.find`); it is used up
    when this returns `Issue` or `Refuse`. `parameters` must rebuild the request later.

    Raises:
        InteractionError: the interaction was used up meanwhile.
    """
    now = timezone.now()
    if interaction is None:
        if request.method == "POST" and not browser.known(request):
            return _without_cookies(kind, client, parameters, ask, now)
        ask = replace(ask, not_before=_not_before(ask, now))
    else:
        ask = _since(ask, interaction, now)
    state = _state(request, interaction)
    step = decide(
        ask,
        subject=state.user.subject if state else None,
        events=state.events if state else (),
        options=_options(state, interaction, now, client.client_id if client else ""),
        consented=_consented(ask, client, state, interaction),
        declined=frozenset(interaction.declined if interaction else ()),
        answered=frozenset(interaction.answered if interaction else ()),
        profile=profiles.in_force(),
        now=now,
        supported=get_policy().acr_values,
    )
    if isinstance(step, Issue | Refuse):
        if interaction is not None:
            interactions.finish(interaction)
        return step
    if interaction is None:
        interaction = interactions.open_interaction(
            browser_sha256=browser.identify(request),
            kind=kind,
            session=state.session if state else None,
            client_id=client.client_id if client else "",
            parameters=parameters,
            now=now,
            not_before=ask.not_before,
        )
    elif state and not interaction.step:
        interactions.change(interaction, session=state.session)
    response = SeeOther(_page(interaction, step, ask))
    browser.remember(request, response)
    return response


def reachable_level(state: Current, now: datetime) -> int:
    """Return the highest level that this person's methods can reach: J8, no self-upgrade."""
    levels = sorted(LEVEL_AGES, reverse=True)
    return next((n for n in levels if not isinstance(_towards(n, state, now), Refuse)), 0)


def ways_up(state: Current, now: datetime) -> dict[int, tuple[str, ...]]:
    """Return the levels that this person could rise to, each with the methods that lead there."""
    steps = ((number, _towards(number, state, now)) for number in sorted(LEVEL_AGES))
    return {
        number: (step.method, *step.alternatives)
        for number, step in steps
        if isinstance(step, Authenticate)
    }


def _towards(level: int, state: Current, now: datetime) -> Step:
    """Return the first step of the person to `level`; `Refuse` where it is out of reach."""
    return decide(
        Ask(acr_values=(LOA.format(level),), acr_essential=True),
        subject=state.user.subject,
        events=state.events,
        options=_options(state, None, now, ""),
        consented=None,
        declined=frozenset(),
        answered=frozenset(),
        profile=profiles.in_force(),
        now=now,
    )


def _page(
    interaction: Interaction,
    step: SelectAccount | CreateAccount | Authenticate | AskConsent,
    ask: Ask,
) -> str:
    """Keep what the page of `step` shows, and return its address."""
    match step:
        case SelectAccount(current_fits):
            interactions.change(interaction, step={"current_fits": current_fits})
            return path(interaction, "select")
        case CreateAccount():
            interactions.change(interaction, step={CREATE: True})
            return path(interaction, "create")
        case AskConsent(scope):
            interactions.change(interaction, step={"scope": sorted(scope)})
            return path(interaction, "consent")
        case Authenticate(method, acr, alternatives):
            shown = {
                "method": method,
                "acr": acr,
                "alternatives": list(alternatives),
                "client_name": ask.client_name,
                "essential": ask.acr_essential,
            }
            interactions.change(interaction, step=shown)
            return begin(interaction, load_methods()[method])[0]


def begin(interaction: Interaction, method: AuthenticationMethod) -> tuple[str, str]:
    """Start an authentication for the interaction; return its page and handle.

    Raises:
        InteractionError: the method needs a known person, and nobody has signed in yet.
    """
    owner = interaction.session
    if owner is None and not method.opens_session:
        raise interactions.elsewhere()
    client_name = interaction.step.get("client_name", "")
    started = method.start(
        AuthenticationRequest(
            subject=replace(owner.user.as_subject(), client=interaction.client_id)
            if owner
            else None,
            client_name=client_name,
            acr=interaction.step.get("acr", ""),
            text=f"Confirm to {client_name} that it is you." if client_name else "Sign in.",
            browser=interaction.browser_sha256,
            resume_url=get_policy().url(path(interaction, "resume")),
            cancel_url=get_policy().url(path(interaction, "choose")),
            expires_at=interaction.expires_at,
        )
    )
    interactions.change(interaction, method=method.name, handle=started.handle)
    return started.url, started.handle


def resume(request: HttpRequest, interaction: Interaction, receipt: str) -> HttpResponse:
    """Collect the result that waits, keep its event, and go on; else offer the other ways.

    Raises:
        InteractionError: the result is not for this person, this browser or this time.
    """
    method = load_methods().get(interaction.method)
    handle = interaction.handle
    if method is None or not handle:
        raise interactions.over()
    result = method.collect(handle, receipt)
    if result is None:
        return SeeOther(path(interaction, "choose?failed=1"))
    user = _check(interaction, method, result)
    interactions.take_handle(interaction, handle)
    result = replace(result, evidence=cooling_off.cooled(result.evidence, user))
    opened, secret = session.add_event(request, user=user, method=method.name, result=result)
    interactions.change(interaction, session=opened)
    interactions.answer(interaction, SELECT_ACCOUNT)  # whoever signs in has chosen
    rotate_token(request)
    response = SeeOther(continue_path(interaction))
    session.remember(response, opened, secret)
    return response


def path(interaction: Interaction, page: str) -> str:
    """Return the path of one of the interaction's pages."""
    return f"/interaction/{interaction.pk}/{page}"


def continue_path(interaction: Interaction) -> str:
    """Return where the interaction is decided again."""
    if interaction.kind == Interaction.Kind.ACCOUNT:
        return f"/account/sign-in/{interaction.pk}"
    return path(interaction, "continue")


def _check(
    interaction: Interaction, method: AuthenticationMethod, result: AuthenticationResult
) -> User:
    """Return the person of a result that may count here. ARCHITECTURE 4."""
    earliest = max(interaction.created_at, interaction.not_before or interaction.created_at)
    timely = earliest <= result.at <= timezone.now() + CLOCK_SKEW
    owner = interaction.session
    user = User.objects.filter(subject=result.subject, is_active=True).first()
    fits = owner.user_id == user.pk if owner and user else method.opens_session
    if user is None or not timely or not fits:
        SecurityEvent.record(
            "sign_in.result_refused",
            subject=result.subject,
            client=interaction.client_id,
            method=method.name,
            timely=timely,
        )
        raise InteractionError(
            400,
            _("This did not work"),
            _(
                "The answer does not belong to the person who is signed in here. "
                "Go back to the application and start again."
            ),
        )
    return user


def _without_cookies(
    kind: str, client: Client | None, parameters: dict[str, Any], ask: Ask, now: datetime
) -> HttpResponse:
    """Suspend a request POSTed across sites: Lax cookies come with the next GET only."""
    interaction = interactions.open_interaction(
        browser_sha256="",
        kind=kind,
        session=None,
        client_id=client.client_id if client else "",
        parameters=parameters,
        now=now,
        not_before=_not_before(ask, now),
    )
    return SeeOther(continue_path(interaction))


def _not_before(ask: Ask, now: datetime) -> datetime | None:
    """OpenID Connect Core 3.1.2.1: ``max_age=0`` and ``prompt=login`` mean the same."""
    return now if "login" in ask.prompt or ask.max_age == timedelta() else None


def _since(ask: Ask, interaction: Interaction, now: datetime) -> Ask:
    """Judge by the time of the request: its own sign-in is never too old for it."""
    max_age = ask.max_age
    if max_age is not None:
        max_age += now - interaction.created_at
    return replace(ask, not_before=interaction.not_before, max_age=max_age)


def _state(request: HttpRequest, interaction: Interaction | None) -> Current | None:
    """Return who the request works with; nobody once the person asked for another account."""
    if interaction is None or not interaction.step or interaction.session:
        return session.current(request)
    return None


def _options(
    state: Current | None, interaction: Interaction | None, now: datetime, client_id: str
) -> Iterator[Option]:
    """Yield the methods in policy order; read only when an authentication is missing.

    One that has just served in this interaction is left out: its evidence is fresh for every
    rung, so that a second time would add nothing and the browser would go round in circles.
    """
    served = {
        event.method
        for event in (state.events if state and interaction else ())
        if interaction
        and event.at >= interaction.created_at
        and now - event.at < REMOTE_BIOMETRIC_AGE
    }
    subject = replace(state.user.as_subject(), client=client_id) if state else None
    for method in load_methods().values():
        spent = method.name in served
        potential = method.potential(subject) if subject and not spent else None
        if potential and state:
            potential = cooling_off.cooled(potential, state.user)
        yield Option(method.name, potential, method.opens_session, method.is_biometric)


def _consented(
    ask: Ask, client: Client | None, state: Current | None, interaction: Interaction | None
) -> frozenset[str] | None:
    if client is None or not ask.needs_consent:
        return ask.scope
    if state is None:
        return None
    found = Consent.objects.filter(user=state.user, client=client).first()
    if found is None:
        return None
    anew = "consent" in ask.prompt
    if anew and (interaction is None or found.granted_at < interaction.created_at):
        return None
    return frozenset(found.scope.split())
