"""Resource servers that a token may be for. RFC 8707 2."""

from __future__ import annotations

from collections.abc import Iterable

from idp.models import ProtectedResource
from idp.protocol.errors import ErrorCode, ProtocolError


def wanted(identifier: str, scope: Iterable[str]) -> tuple[ProtectedResource, tuple[str, ...]]:
    """Return the active resource and what of `scope` is for it, compared character by character.

    Raises:
        ProtocolError: it is not known, or a token for it would open nothing.
    """
    found = ProtectedResource.objects.filter(identifier=identifier, is_active=True).first()
    if found is None:
        raise ProtocolError(ErrorCode.INVALID_TARGET, "The resource is not known here.")
    its_own = frozenset(found.scope.split())
    allowed = tuple(name for name in scope if name in its_own)
    if not allowed:
        raise ProtocolError(ErrorCode.INVALID_SCOPE, "No scope that is for this resource.")
    return found, allowed
