"""The authentication server as a Django application (ISO/IEC 27553-2 entity; own profile)."""

from __future__ import annotations

from django.apps import AppConfig


class BiometricAuthConfig(AppConfig):
    """Registers the application, its checks and its admin."""

    name = "biometric_auth"
    verbose_name = "Biometric authentication"

    def ready(self) -> None:
        """Register the system checks."""
        from biometric_auth import checks  # noqa: F401, PLC0415 - registered by import
