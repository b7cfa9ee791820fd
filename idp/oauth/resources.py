"""Resource servers that a token may be for. RFC 8707 2."""

from __future__ import annotations

from idp.models import ProtectedResource


def find(identifier: str) -> ProtectedResource | None:
    """Return the active resource of this identifier, compared character by character."""
    return ProtectedResource.objects.filter(identifier=identifier, is_active=True).first()
