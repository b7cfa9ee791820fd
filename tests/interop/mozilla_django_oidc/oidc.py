"""A site with mozilla-django-oidc: what it adds. OpenID Connect Core 3.1.3.7, 5.7; RFC 9470 4;
RP-Initiated Logout 1.0.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

LOA2 = "urn:countersign:acr:loa2"


class Backend(OIDCAuthenticationBackend):
    """People are known by `sub`, and the level of their sign-in is kept."""

    def verify_token(self, token, **kwargs):
        """Check also who made the token and for whom: the library leaves that out."""
        claims = super().verify_token(token, **kwargs)
        if (claims["iss"], claims["aud"]) != (settings.ISSUER, settings.OIDC_RP_CLIENT_ID):
            message = "The ID token is not from this provider for this client."
            raise SuspiciousOperation(message)
        self.request.session["acr"] = claims["acr"]
        return claims

    def filter_users_by_claims(self, claims):
        """Find the person by `sub`; an e-mail address may change hands."""
        return self.UserModel.objects.filter(username=claims["sub"])

    def get_username(self, claims):
        """Name a new account by `sub`."""
        return claims["sub"]


class SignIn(OIDCAuthenticationRequestView):
    """The sign-in, with a level where the link asks for one."""

    def get_extra_params(self, request):
        """Return further parameters of the authorization request."""
        return {"acr_values": LOA2} if "step-up" in request.GET else {}


def provider_logout(request):
    """Return where the browser goes to sign out at the provider as well."""
    asked = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri("/signed-out"),
    }
    return f"{settings.PROVIDER['end_session_endpoint']}?{urlencode(asked)}"
