"""URLs of the provider: OpenID Connect Discovery 4, and `idp.oauth.metadata.ENDPOINTS`."""

from __future__ import annotations

from django.urls import path

from idp.endpoints import (
    authorization,
    check_session,
    discovery,
    end_session,
    interaction_urls,
    jwks,
    registration,
    token,
)
from idp.endpoints.userinfo import userinfo

urlpatterns = [
    path(".well-known/openid-configuration", discovery.configuration, name="configuration"),
    path(".well-known/oauth-authorization-server", discovery.configuration),
    path(".well-known/openid-configuration/<path:issuer_path>", discovery.configuration_of),
    path(".well-known/oauth-authorization-server/<path:issuer_path>", discovery.configuration_of),
    path(".well-known/webfinger", discovery.webfinger, name="webfinger"),
    path("jwks", jwks.jwks, name="jwks"),
    path("authorize", authorization.authorize, name="authorize"),
    path("interaction/<uuid:interaction_id>/continue", authorization.proceed, name="continue"),
    path("token", token.token, name="token"),
    path("introspect", token.introspect, name="introspect"),
    path("revoke", token.revoke, name="revoke"),
    path("userinfo", userinfo, name="userinfo"),
    path("register", registration.register, name="register"),
    path("register/<str:client_id>", registration.manage, name="registration"),
    path("check-session", check_session.check_session, name="check_session"),
    path("logout", end_session.end_session, name="end_session"),
    path("logout/confirm", end_session.confirm, name="confirm_logout"),
    *interaction_urls.urlpatterns,
]
