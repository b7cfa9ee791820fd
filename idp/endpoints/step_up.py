"""What the administration asks a fresh, strong sign-in for: every change but a short list.

R-9.4-3, R-9.4-8; RFC 9470. The provider's own step-up gives it, with another way beside a face
(R-5.2-3), and leads back to a page that says what was going to be done: nothing is sent again
by itself. The pages of both applications stand behind this one guard; a new one does so by
being there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, reverse

from idp.authentication import administration, kept_forms, session
from idp.authentication.browser import SeeOther

# What stops or takes back something must not wait, and a draft changes nothing yet.
AT_ONCE: Mapping[str, str] = {
    "biometric_auth.biometricstop": "add",
    "biometric_auth.enrolmentpolicy": "add restore withdraw",
    "idp.assuranceprofile": "add restore withdraw",
    "idp.clientchange": "reject withdraw",
    "idp.consent": "withdraw",
    "idp.grant": "revoke",
    "idp.initialaccesstoken": "revoke",
    "idp.riskrecord": "add withdraw",
    "idp.session": "end",
}
# Pages that nobody should fill in twice (a password is not kept), or that give data away.
ASKED_FIRST = ("user_add", "password_change", "export")
# Pages of the site itself that change nothing but the browser's own session.
_HARMLESS = ("logout",)


def missing(site: AdminSite, request: HttpRequest) -> HttpResponse | None:
    """Return the way to what `request` still needs; None when it may go on."""
    state, at = session.current(request), request.resolver_match
    if state is None or at is None or not matters(site, request, at):
        return None
    if administration.is_fresh(request):
        return None
    if request.method == "POST" and (handle := kept_forms.keep(request, state.session)):
        return SeeOther(reverse("admin:confirm", args=[handle]))
    return SeeOther(administration.step_up_path(request.get_full_path()))


def matters(site: AdminSite, request: HttpRequest, at: ResolverMatch) -> bool:
    """Return whether `request` asks for something that is not done at once."""
    name = at.url_name or ""
    if request.method != "POST":
        return name.endswith(ASKED_FIRST)
    if name in _HARMLESS:
        return False
    page, kind = page_of(site, at)
    at_once = AT_ONCE.get(page.opts.label_lower, "") if page else ""
    return not verbs(request, kind) <= set(at_once.split())


def page_of(site: AdminSite, at: ResolverMatch) -> tuple[ModelAdmin[Any] | None, str]:
    """Return whose page a URL of the administration is, and which of them."""
    name = at.url_name or ""
    for page in site._registry.values():  # noqa: SLF001 - Django's one list of pages
        prefix = f"{page.opts.app_label}_{page.opts.model_name}_"
        if name.startswith(prefix):
            return page, name.removeprefix(prefix)
    return None, name


def verbs(request: HttpRequest, kind: str) -> set[str]:
    """Return what a POST to a page of this kind does: on a list, the actions it names."""
    if kind != "changelist":
        return {kind}
    return set(request.POST.getlist("action")) - {""} or {"change"}
