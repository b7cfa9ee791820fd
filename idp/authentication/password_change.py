"""What a new password ends: every session and every grant of the person. OIDC.md B9.

Whoever knew the old one may be signed in with it, or hold a refresh token. Django tells its
password validators of each change, from wherever it comes, and not when a hash is merely
renewed; so this stands in ``settings.AUTH_PASSWORD_VALIDATORS``.
"""

from __future__ import annotations

from typing import Any

from idp.authentication import session
from idp.models import User


class EndWhatTheOldOneOpened:
    """A validator that accepts every password, and acts when one was changed."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept it."""

    def get_help_text(self) -> str:
        """Tell whoever changes one."""
        return "A new password signs the person out everywhere and takes back what was allowed."

    def password_changed(self, _password: str, user: Any = None) -> None:
        """End what the old password may have opened. The sweep delivers the logout notices."""
        if isinstance(user, User):
            session.end_all(user)
