"""A browser signed in at the provider, as strongly and as lately as anything asks for."""

from __future__ import annotations

import secrets

from django.conf import settings

from idp.contract import Evidence
from tests.idp.evidence import PASSKEY

CODE = Evidence(possession=1, enrolment=1)


def sign_in(browser, person, backend=None, *, evidence=PASSKEY, method="passkey", **event):
    """Open a session of `person` in `browser` by one authentication; return the session."""
    # The models are there once Django is set up, and tests/conftest.py is read before.
    from tests.factories import a_session, an_event  # noqa: PLC0415

    secret = secrets.token_urlsafe()
    session = a_session(person, secret=secret)
    an_event(session, method=method, evidence=evidence, **event)
    prefix = "__Host-" if settings.SECURE else ""
    browser.cookies[f"{prefix}countersign_session"] = secret
    return session
