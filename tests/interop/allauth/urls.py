"""A site with django-allauth: its pages. OpenID Connect Core 12 (refresh)."""

from __future__ import annotations

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from django.http import JsonResponse
from django.urls import include, path


def me(request):
    if not request.user.is_authenticated:
        return JsonResponse({})
    account = request.user.socialaccount_set.get(provider="countersign")
    return JsonResponse(_who(request, account.extra_data["userinfo"]))


def refresh(request):
    """Renew the access token: the library stores the refresh token and never uses it."""
    kept = SocialToken.objects.get(account__user=request.user)
    provider = get_adapter().get_provider(request, "countersign")
    openid = provider.get_oauth2_adapter(request).openid_config
    answer = requests.post(
        openid["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": kept.token_secret},
        auth=(provider.app.client_id, provider.app.secret),
        timeout=10,
    ).json()
    renewed = answer["access_token"] != kept.token
    kept.token, kept.token_secret = answer["access_token"], answer["refresh_token"]
    kept.save()
    headers = {"Authorization": f"Bearer {kept.token}"}
    userinfo = requests.get(openid["userinfo_endpoint"], headers=headers, timeout=10).json()
    return JsonResponse(_who(request, userinfo) | {"renewed": renewed})


def _who(request, userinfo):
    acr = request.session.get("acr", "")
    return {"sub": userinfo["sub"], "email": userinfo["email"], "acr": acr}


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("me", me),
    path("refresh", refresh),
    path("signed-out", lambda _request: JsonResponse({"signed_out": True})),
]
