"""The modules of the plans, ported. Importing this registers them all."""

from tests.conformance.oidf.modules import (
    authentication,
    claims,
    codes,
    discovery,
    dynamic,
    logout,
    request,
    request_objects,
    response,
    sessions,
)

__all__ = [
    "authentication",
    "claims",
    "codes",
    "discovery",
    "dynamic",
    "logout",
    "request",
    "request_objects",
    "response",
    "sessions",
]
