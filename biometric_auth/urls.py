"""Paths of the authentication server: metadata, API, agent pages, portal. AGENT-PROTOCOL."""

from __future__ import annotations

from django.urls import include, path

from biometric_auth.api.views import metadata

urlpatterns = [
    path(".well-known/biometric-authentication", metadata, name="biometric-metadata"),
    path("biometric/v1/", include("biometric_auth.api.urls")),
    path("biometric/capture/", include("biometric_auth.agent.urls")),
    path("biometric/portal/", include("biometric_auth.portal.urls")),
]
