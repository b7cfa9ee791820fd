"""A site with Authlib's client for Django. OpenID Connect Core 3.1, 5.5.1.1, 12;
RP-Initiated Logout 1.0.
"""

from __future__ import annotations

import json

from authlib.integrations.django_client import OAuth
from django.http import HttpResponseForbidden, HttpResponseRedirect, JsonResponse
from django.urls import path

LOA2 = "urn:countersign:acr:loa2"

oauth = OAuth()
oauth.register("countersign")


def sign_in(request):
    return oauth.countersign.authorize_redirect(request, request.build_absolute_uri("/callback"))


def step_up(request):
    request.session["needed"] = LOA2
    claims = {"id_token": {"acr": {"essential": True, "values": [LOA2]}}}
    return oauth.countersign.authorize_redirect(
        request, request.build_absolute_uri("/callback"), claims=json.dumps(claims)
    )


def callback(request):
    token = oauth.countersign.authorize_access_token(request)
    if request.session.pop("needed", None) not in {None, token["userinfo"]["acr"]}:
        return HttpResponseForbidden("This sign-in is not enough.")
    request.session["token"] = token
    return HttpResponseRedirect("/me")


def me(request):
    token = request.session.get("token")
    return JsonResponse(_who(token) if token else {})


def refresh(request):
    before = request.session["token"]
    after = oauth.countersign.fetch_access_token(
        grant_type="refresh_token", refresh_token=before["refresh_token"]
    )
    token = request.session["token"] = before | after
    renewed = token["access_token"] != before["access_token"]
    return JsonResponse(_who(token) | {"renewed": renewed})


def sign_out(request):
    token = request.session.pop("token")
    return oauth.countersign.logout_redirect(
        request,
        post_logout_redirect_uri=request.build_absolute_uri("/signed-out"),
        id_token_hint=token["id_token"],
    )


def signed_out(request):
    oauth.countersign.validate_logout_response(request)
    return JsonResponse({"signed_out": True})


def _who(token):
    """Return what the ID token says, whose claims the library calls `userinfo`, and userinfo."""
    userinfo = oauth.countersign.userinfo(token=token)
    claims = token["userinfo"]
    return {"sub": claims["sub"], "acr": claims["acr"], "email": userinfo["email"]}


urlpatterns = [
    path("sign-in", sign_in),
    path("step-up", step_up),
    path("callback", callback),
    path("me", me),
    path("refresh", refresh),
    path("sign-out", sign_out),
    path("signed-out", signed_out),
]
