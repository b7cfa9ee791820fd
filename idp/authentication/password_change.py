"""What a new password ends: every session and every grant of the person. OIDC.md B9.

Whoever knew the old one may be signed in with it, or hold a refresh token. Django tells its
password validators of each change, from wherever it comes, and not when a hash is merely
renewed; so this stands in ``settings.AUTH_PASSWORD_VALIDATORS``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from idp.authentication import letters, session
from idp.models import Letter, User

JUST_OPENED = timedelta(minutes=1)


class EndWhatTheOldOneOpened:
    """A validator that accepts every password, and acts when one was changed."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept it."""

    def get_help_text(self) -> str:
        """Tell whoever changes one."""
        return "A new password signs the person out everywhere and takes back what was allowed."

    def password_changed(self, _password: str, user: Any = None) -> None:
        """End what the old password may have opened, and tell. The sweeps deliver both.

        The first password of a new account is no change.
        """
        if isinstance(user, User):
            session.end_all(user)
            if user.date_joined < timezone.now() - JUST_OPENED:
                letters.tell(user, Letter.Kind.PASSWORD_CHANGED)
