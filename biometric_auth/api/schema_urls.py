"""What the OpenAPI document describes: the agent's API and nothing else."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("biometric/v1/", include("biometric_auth.api.urls"))]
