"""Open, find and finish interactions: of one browser, used once, expiring. OIDC.md A19."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from idp.authentication import browser, session
from idp.models import Interaction, SecurityEvent
from idp.models.session import Session
from idp.policy import get_policy


class InteractionError(Exception):
    """The interaction cannot go on here; the person sees a page, the client nothing."""

    def __init__(self, status: int, title: str, message: str) -> None:
        """Keep the status and the words of the page."""
        super().__init__(title)
        self.status = status
        self.title = title
        self.message = message


def elsewhere() -> InteractionError:
    """Return the answer to an unknown interaction and to another browser: the same."""
    return InteractionError(
        400,
        _("This link does not work here"),
        _(
            "It belongs to a sign-in in another browser, or to none at all. "
            "Go back to the application and start again."
        ),
    )


def over() -> InteractionError:
    """Return the answer to an interaction that is used up."""
    return InteractionError(
        410,
        _("This sign-in is over"),
        _("It was completed or has taken too long. Go back to the application and start again."),
    )


def changed() -> InteractionError:
    """Return the answer when the browser's session is no longer the interaction's."""
    return InteractionError(
        400,
        _("Your sign-in has changed"),
        _(
            "You have signed out, or somebody else has signed in, in this browser meanwhile. "
            "Go back to the application and start again."
        ),
    )


def open_interaction(
    *,
    browser_sha256: str,
    kind: str,
    session: Session | None,
    client_id: str,
    parameters: dict[str, Any],
    now: datetime,
    not_before: datetime | None,
) -> Interaction:
    """Suspend a request until the person has done what it needs."""
    return Interaction.objects.create(
        browser_sha256=browser_sha256,
        kind=kind,
        session=session,
        client_id=client_id,
        parameters=parameters,
        created_at=now,
        not_before=not_before,
        expires_at=now + get_policy().interaction_lifetime,
    )


def find(request: HttpRequest, interaction_id: UUID) -> Interaction:
    """Return the live interaction of this browser and its session.

    Raises:
        InteractionError: it is unknown, another browser's, over, or the session changed.
    """
    found = Interaction.objects.select_related("session").filter(pk=interaction_id).first()
    if found is None:
        raise elsewhere()
    if not found.browser_sha256:
        _claim(request, found)
    if found.browser_sha256 != browser.identify(request):
        SecurityEvent.record(
            "interaction.other_browser",
            subject=found.session.user.subject if found.session else "",
            client=found.client_id,
            interaction=str(found.pk),
        )
        raise elsewhere()
    if found.finished_at is not None or found.expires_at <= timezone.now():
        raise over()
    state = session.current(request)
    if found.session is not None and (state is None or state.session.pk != found.session.pk):
        raise changed()
    return found


def _claim(request: HttpRequest, interaction: Interaction) -> None:
    """Bind an interaction that came without cookies to the first browser that follows it."""
    owner = browser.identify(request)
    waiting = Interaction.objects.filter(pk=interaction.pk, browser_sha256="")
    if waiting.update(browser_sha256=owner):
        interaction.browser_sha256 = owner
    else:
        interaction.refresh_from_db(fields=["browser_sha256"])


def finish(interaction: Interaction) -> None:
    """Use the interaction up: one guarded UPDATE, so that exactly one request ends it.

    Raises:
        InteractionError: it was used before.
    """
    live = Interaction.objects.filter(pk=interaction.pk, finished_at=None)
    if not live.update(finished_at=timezone.now(), handle=""):
        raise over()


def change(interaction: Interaction, **values: Any) -> None:
    """Store `values` on a live interaction.

    Raises:
        InteractionError: it was used meanwhile.
    """
    live = Interaction.objects.filter(pk=interaction.pk, finished_at=None)
    if not live.update(**values):
        raise over()
    for name, value in values.items():
        setattr(interaction, name, value)


def answer(interaction: Interaction, question: str) -> None:
    """Remember that a question about the account has been answered: it is put once.

    Raises:
        InteractionError: it was used meanwhile.
    """
    change(interaction, answered=sorted({*interaction.answered, question}))


def take_handle(interaction: Interaction, handle: str) -> None:
    """Let one result per started authentication count.

    Raises:
        InteractionError: another request took it, or another way was started since.
    """
    waiting = Interaction.objects.filter(pk=interaction.pk, handle=handle, finished_at=None)
    if not waiting.update(handle=""):
        raise over()
    interaction.handle = ""
