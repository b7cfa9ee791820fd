"""A site with django-allauth: the logout, which the library leaves to it.
RP-Initiated Logout 1.0 2.
"""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import get_adapter


class AccountAdapter(DefaultAccountAdapter):
    """Whoever signs out here signs out at the provider."""

    def get_logout_redirect_url(self, request):
        """Return the provider's page: the library keeps no ID token, so that one asks first."""
        provider = get_adapter().get_provider(request, "countersign")
        openid = provider.get_oauth2_adapter(request).openid_config
        asked = {
            "client_id": provider.app.client_id,
            "post_logout_redirect_uri": request.build_absolute_uri("/signed-out"),
        }
        return f"{openid['end_session_endpoint']}?{urlencode(asked)}"
