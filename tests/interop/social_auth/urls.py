"""A site with social-auth-app-django: its pages, and the logout, which the library has not.
RP-Initiated Logout 1.0 2.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_POST
from social_django.utils import load_strategy


def me(request):
    return JsonResponse(_who(request) if request.user.is_authenticated else {})


def refresh(request):
    account = request.user.social_auth.get(provider="oidc")
    before = account.access_token
    account.refresh_token(load_strategy(request))
    return JsonResponse(_who(request) | {"renewed": account.access_token != before})


@require_POST
def sign_out(request):
    account = request.user.social_auth.get(provider="oidc")
    provider = account.get_backend_instance(load_strategy(request)).oidc_config()
    asked = {
        "id_token_hint": account.extra_data["id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri("/signed-out"),
    }
    logout(request)
    return HttpResponseRedirect(f"{provider['end_session_endpoint']}?{urlencode(asked)}")


def _who(request):
    account = request.user.social_auth.get(provider="oidc")
    # The library has read userinfo at the sign-in, and keeps what the user model has room for.
    acr = request.session.get("acr", "")
    return {"sub": account.uid, "acr": acr, "email": request.user.email}


urlpatterns = [
    path("", include("social_django.urls", namespace="social")),
    path("", lambda request: render(request, "home.html")),
    path("me", me),
    path("refresh", refresh),
    path("sign-out", sign_out),
    path("signed-out", lambda _request: JsonResponse({"signed_out": True})),
    path("failed", lambda _request: JsonResponse({"failed": True}, status=502)),
]
