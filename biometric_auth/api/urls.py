"""Paths of the agent's API, below /biometric/v1/. AGENT-PROTOCOL."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from biometric_auth.api import views

ONE = "transactions/<uuid:handle>"

urlpatterns = [
    path(
        "openapi.json",
        SpectacularAPIView.as_view(
            urlconf="biometric_auth.api.schema_urls", renderer_classes=[OpenApiJsonRenderer]
        ),
        name="biometric-openapi",
    ),
    path(ONE, views.TransactionView.as_view(), name="biometric-transaction"),
    path(
        f"{ONE}/devices/options",
        views.DeviceOptionsView.as_view(),
        name="biometric-device-options",
    ),
    path(f"{ONE}/devices", views.DevicesView.as_view(), name="biometric-devices"),
    path(f"{ONE}/consent", views.ConsentView.as_view(), name="biometric-consent"),
    path(f"{ONE}/claim", views.ClaimView.as_view(), name="biometric-claim"),
    path(f"{ONE}/challenge", views.ChallengeView.as_view(), name="biometric-challenge"),
    path(f"{ONE}/capture", views.CaptureView.as_view(), name="biometric-submit"),
    path(f"{ONE}/deny", views.DenyView.as_view(), name="biometric-deny"),
]
