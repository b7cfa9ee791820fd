"""Password: a secret that the server checks under a rate limit. ASSURANCE.md, `knowledge`.

No enumeration (OIDC.md G9): an unknown name costs one run of the hasher, like a known one,
and is answered and limited alike.
"""

from __future__ import annotations

import secrets
from urllib.parse import urljoin

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from idp.authentication import results
from idp.authentication.throttle import Attempt
from idp.contract import (
    AuthenticationRequest,
    AuthenticationResult,
    Evidence,
    StartedAuthentication,
    Subject,
)
from idp.models import SecurityEvent, User

LONGEST = 1024
"""A longer password is not hashed: the work per request stays bounded."""

EVIDENCE = Evidence(knowledge=1)


class Password:
    """Implements `idp.contract.AuthenticationMethod`; its page is ``login``."""

    name = "password"
    label = "Password"
    opens_session = True
    is_biometric = False

    def potential(self, subject: Subject) -> Evidence | None:
        """Return the evidence of a password, for a person who has one."""
        person = User.objects.filter(subject=subject.identifier).first()
        return EVIDENCE if person is not None and person.has_usable_password() else None

    def start(self, request: AuthenticationRequest) -> StartedAuthentication:
        """Send the browser to the login page, which lies beside the resume URL."""
        return StartedAuthentication(
            url=urljoin(request.resume_url, "login"), handle=secrets.token_urlsafe(32)
        )

    def collect(self, handle: str, receipt: str) -> AuthenticationResult | None:
        """Return the result of a right password once."""
        return results.take(handle, receipt)


@sensitive_variables("password")
def submit(*, handle: str, attempt: Attempt, password: str) -> str:
    """Check a password; return the receipt for the result, or an empty string.

    The answer does not tell an unknown name, a wrong password, a closed account and a spent
    budget apart.
    """
    if not attempt.allowed() or len(password) > LONGEST:
        return ""
    person = _check(attempt.account, password)
    if person is None:
        return ""
    attempt.succeeded()
    return vouch(handle=handle, person=person)


def vouch(*, handle: str, person: User) -> str:
    """Return the receipt for the result of a person who has just given their password."""
    result = AuthenticationResult(
        subject=person.subject, amr=frozenset({"pwd"}), at=timezone.now(), evidence=EVIDENCE
    )
    return results.keep(handle, result)


@sensitive_variables("password")
def _check(username: str, password: str) -> User | None:
    # PostgreSQL refuses a text with NUL: such a name is nobody's.
    person = User.objects.filter(username=username).first() if "\0" not in username else None
    if person is None:
        make_password(password)
    elif person.check_password(password) and person.is_active:
        return person
    SecurityEvent.record(
        "sign_in.failed", subject=person.subject if person else "", method=Password.name
    )
    return None
