"""The site of the administration: the provider signs people in and out, and asks them again.

R-9.4-3, R-9.4-8; RFC 9470.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, resolve, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from unfold.sites import UnfoldAdminSite

from idp.authentication import administration, kept_forms, session
from idp.authentication.browser import SeeOther
from idp.endpoints import intention, signed_out, step_up
from idp.endpoints.account import HOME
from idp.endpoints.pages import error_page

View = Callable[..., HttpResponse]


class Administration(UnfoldAdminSite):
    """Pages of both applications, behind the provider's own sign-in."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002
        """Let `view` run once its person has confirmed what it needs."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return step_up.missing(self, request) or view(request, *args, **kwargs)

        guard: View = super().admin_view(guarded, cacheable)
        return guard

    def extra_urls(self) -> list[URLPattern]:
        """Add the page to which a step-up comes back."""
        return [path("confirm/<str:handle>/", self.admin_view(self.confirm), name="confirm")]

    @method_decorator(require_safe)
    def confirm(self, request: HttpRequest, handle: str) -> HttpResponse:
        """Say what was going to be done, and let the person do it once they have confirmed."""
        state = session.current(request)
        form = kept_forms.find(state.session, handle) if state else None
        if form is None:
            messages.warning(request, "That has taken too long. Nothing has been done.")
            return SeeOther(reverse("admin:index"))
        said, details = intention.headline(
            self, request, form, resolve(form.path.partition("?")[0])
        )
        context = self.each_context(request) | {
            "title": "Confirm",
            "said": said,
            "details": details,
            "fresh": administration.is_fresh(request),
            "path": form.path,
            "fields": form.fields,
            "step_up": administration.step_up_path(request.path),
            "back": form.path,
        }
        response = TemplateResponse(request, "admin/idp/confirm.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send the browser to the provider's sign-in; turn away whoever does not administer."""
        state = session.current(request)
        if state is not None and not state.user.is_staff:
            return error_page(
                request,
                status=403,
                title=_("This account does not administer"),
                message=_("Sign out, and sign in with an account that does."),
                ways_on=[(HOME, _("Your account"))],
            )
        page = request.GET.get("next") or reverse("admin:index")
        return SeeOther(administration.sign_in_path(page))

    @method_decorator(require_POST)
    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign out at the provider, which tells the clients, too."""
        return signed_out.sign_out(request, session.current(request))
