"""A site with mozilla-django-oidc: its pages."""

from __future__ import annotations

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import include, path


def me(request):
    if not request.user.is_authenticated:
        return JsonResponse({})
    user = request.user
    who = {"sub": user.username, "email": user.email, "acr": request.session.get("acr", "")}
    if before := request.session.pop("before", ""):
        who["renewed"] = request.session["oidc_id_token"] != before
    return JsonResponse(who)


def refresh(request):
    """Let the library believe that its time is up: it asks the provider with ``prompt=none``."""
    request.session["before"] = request.session["oidc_id_token"]
    request.session["oidc_id_token_expiration"] = 0
    return HttpResponseRedirect("/me")


urlpatterns = [
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("", lambda request: render(request, "home.html")),
    path("me", me),
    path("refresh", refresh),
    path("signed-out", lambda _request: JsonResponse({"signed_out": True})),
    path("failed", lambda _request: JsonResponse({"failed": True}, status=502)),
]
