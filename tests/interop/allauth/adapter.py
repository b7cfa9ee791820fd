"""A site with django-allauth: the level of a session, and the logout, which the library leaves
to it. OpenID Connect Core 2 (acr); RP-Initiated Logout 1.0 2.
"""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import get_adapter


class AccountAdapter(DefaultAccountAdapter):
    """The level belongs to a session; whoever signs out here signs out at the provider."""

    def post_login(self, request, user, *, signal_kwargs, **kwargs):
        """Keep the `acr` of the ID token in this session: extra_data is all sessions'."""
        claims = signal_kwargs["sociallogin"].account.extra_data["id_token"]
        request.session["acr"] = claims["acr"]
        return super().post_login(request, user, signal_kwargs=signal_kwargs, **kwargs)

    def get_logout_redirect_url(self, request):
        """Return the provider's page: the library keeps no ID token, so that one asks first."""
        provider = get_adapter().get_provider(request, "countersign")
        openid = provider.get_oauth2_adapter(request).openid_config
        asked = {
            "client_id": provider.app.client_id,
            "post_logout_redirect_uri": request.build_absolute_uri("/signed-out"),
        }
        return f"{openid['end_session_endpoint']}?{urlencode(asked)}"
