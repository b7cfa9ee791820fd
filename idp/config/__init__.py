"""The provider's process. Whoever loads the settings can queue tasks at the configured broker."""

from idp.config.celery import app

__all__ = ["app"]
