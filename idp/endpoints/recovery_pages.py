"""Behind the link of a recovery: show a second thing, then replace what was lost. R-9.4-9.

Each page belongs to the browser that opened the link, until the recovery is finished or over.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.forms import SetPasswordForm
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from idp.authentication import (
    browser,
    one_time_code,
    passkey,
    password,
    recovery,
    recovery_code,
    throttle,
)
from idp.authentication.browser import SeeOther
from idp.authentication.throttle import Attempt
from idp.endpoints.account_form import demands
from idp.endpoints.recover import PAGE, unusable
from idp.endpoints.typed_code import Codes
from idp.models import Recovery, User
from idp.protocol.recovery import Way, asked_beside_the_message
from idp.tasks import deliver_soon

DONE = "/recover/done"
LOST = {
    Way.PASSKEY: _lazy("My passkeys"),
    Way.ONE_TIME_CODE: _lazy("My app for one-time codes"),
    Way.RECOVERY_CODE: _lazy("My recovery codes"),
}
"""What a person may say is lost, beside the password."""
_TYPED: dict[str, Codes] = {Way.RECOVERY_CODE: recovery_code, Way.ONE_TIME_CODE: one_time_code}

Page = Callable[[HttpRequest, Recovery, User], HttpResponse]


def recovery_page(page: Page) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Give `page` the recovery that this browser has opened, and its person."""

    @wraps(page)
    @never_cache
    def view(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
        mine = Recovery.objects.under_way(timezone.now()).filter(
            browser_sha256=browser.known(request) or "nobody's", user__is_active=True
        )
        row = mine.filter(pk=recovery_id).select_related("user").first()
        if row is None or row.user is None:
            return unusable(request)
        return page(request, row, row.user)

    return view


@require_safe
@recovery_page
def go_on(request: HttpRequest, row: Recovery, person: User) -> HttpResponse:
    """Ask for a second thing where one is missing, else for what replaces the lost."""
    if ways := recovery.replaceable(row, person):
        return _replacing(request, row, ways, _form(person))
    return _asking(request, row, person, failed="failed" in request.GET)


@sensitive_post_parameters("value")
@require_POST
@recovery_page
def show(request: HttpRequest, row: Recovery, person: User) -> HttpResponse:
    """Take a recovery code, a one-time code or the password."""
    way, value = request.POST.get("way", ""), request.POST.get("value", "")
    at = {"address": browser.address(request), "browser": row.browser_sha256}
    key, receipt = recovery.handle(row), ""
    if codes := _TYPED.get(way):
        receipt = codes.submit(
            handle=key, person=person, attempt=codes.attempt(person, **at), code=value
        )
    elif way == Way.PASSWORD:
        receipt = password.submit(
            handle=key, attempt=Attempt(person.get_username(), **at), password=value
        )
    shown = bool(receipt) and recovery.prove(row, person, Way(way), receipt)
    return SeeOther(f"{PAGE}{row.pk}/" if shown else f"{PAGE}{row.pk}/?failed={bool(way):d}")


@require_POST
@recovery_page
def passkey_options(request: HttpRequest, row: Recovery, person: User) -> HttpResponse:
    """Begin a passkey authentication with a new challenge."""
    del request
    options = passkey.request_options(handle=recovery.handle(row), subject=person.as_subject())
    return HttpResponse(options, content_type="application/json")


@require_POST
@recovery_page
def show_passkey(request: HttpRequest, row: Recovery, person: User) -> HttpResponse:
    """Take the answer of a passkey."""
    receipt = ""
    if throttle.address_allowed(browser.address(request)):
        receipt = passkey.submit(
            handle=recovery.handle(row), credential=request.POST.get("credential", "")
        )
    shown = recovery.prove(row, person, Way.PASSKEY, receipt)
    return SeeOther(f"{PAGE}{row.pk}/" if shown else f"{PAGE}{row.pk}/?failed=1")


@sensitive_post_parameters("new_password1", "new_password2")
@require_POST
@recovery_page
def replace(request: HttpRequest, row: Recovery, person: User) -> HttpResponse:
    """Set the new password, and remove what the person has lost."""
    ways = recovery.replaceable(row, person)
    replaced = {way for way in LOST if way in ways and way in request.POST.getlist("lost")}
    form = _form(person, request)
    if Way.PASSWORD in ways:
        if not form.is_valid():
            return _replacing(request, row, ways, form, status=400)
        replaced.add(Way.PASSWORD)
    notices = recovery.finish(
        row, person, password=form.data.get("new_password1", ""), replaced=replaced
    )
    if notices is None:
        return SeeOther(f"{PAGE}{row.pk}/?failed=1")
    deliver_soon(notices)
    return SeeOther(DONE)


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Say what has changed, and where to sign in."""
    return render(request, "idp/recover_done.html")


def _form(person: User, request: HttpRequest | None = None) -> SetPasswordForm[User]:
    form: SetPasswordForm[User] = SetPasswordForm(person, request.POST if request else None)
    for name in ("new_password1", "new_password2"):
        form.fields[name].validators.append(MaxLengthValidator(password.LONGEST))
        form.fields[name].help_text = ""
    form.fields["new_password1"].help_text = " ".join(demands())
    return form


def _asking(request: HttpRequest, row: Recovery, person: User, *, failed: bool) -> HttpResponse:
    asked = asked_beside_the_message(recovery.account(person))
    context = {"recovery": row, "asked": [way.value for way in asked], "failed": failed}
    return render(request, "idp/recover_show.html", context, status=400 if failed else 200)


def _replacing(
    request: HttpRequest,
    row: Recovery,
    ways: frozenset[Way],
    form: SetPasswordForm[User],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "recovery": row,
        "form": form if Way.PASSWORD in ways else None,
        "lost": [(way.value, words) for way, words in LOST.items() if way in ways],
        "failed": "failed" in request.GET,
    }
    return render(request, "idp/recover_replace.html", context, status=status)
