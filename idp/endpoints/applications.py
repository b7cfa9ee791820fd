"""What the person has allowed applications to have, and how to take it back.

OpenID Connect Core 3.1.2.4, 11; OIDC.md B9, G1. Taking back is possible in any session: it
opens nothing to anybody.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from idp.authentication import session
from idp.authentication.browser import SeeOther
from idp.endpoints import words
from idp.models import Consent
from idp.oauth import consents
from idp.protocol import web_uri

PAGE = "/account/applications/"
SIGN_IN = f"/account/sign-in?next={PAGE}"


@never_cache
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """List the applications that the person has allowed something."""
    state = session.current(request)
    if state is None:
        return SeeOther(SIGN_IN)
    rows = Consent.objects.filter(user=state.user).select_related("client")
    context = {
        "owner": state.user.as_subject(),
        "applications": [
            {
                "pk": row.pk,
                "name": row.client.name,
                "site": web_uri.origin(row.client.client_uri).partition("://")[2],
                "scopes": words.scopes(row.scope.split()),
                "granted_at": row.granted_at,
            }
            for row in rows.order_by("client__name", "pk")
        ],
    }
    return render(request, "idp/applications.html", context)


@never_cache
@require_POST
def take_back(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Withdraw one of the person's own consents."""
    state = session.current(request)
    if state is None:
        return SeeOther(SIGN_IN)
    given = Consent.objects.select_related("client").filter(pk=consent_id, user=state.user).first()
    if given is not None:
        consents.withdraw(given)
    return SeeOther(PAGE)
