"""All URLs of the provider process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("biometric_auth.urls")),
    path("", include("idp.urls")),
]
