"""What somebody who cannot sign in has to show, and what may be replaced then. R-9.4-9, R-5.2-1.

The source is NIST SP 800-63B-4, 4.2: two recovery codes that came by different ways, or one and
an authenticator that the account knows, or identity established anew. The message to the
confirmed address is one; a face is none: with or without it the answer is the same.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum


class Way(StrEnum):
    """What an account knows of its person. Named as the methods are, where there is one."""

    EMAIL = "email"
    """The link of a message to the confirmed address: an issued recovery code."""
    PASSWORD = "password"  # noqa: S105 - the name of a method
    PASSKEY = "passkey"
    ONE_TIME_CODE = "one_time_code"
    RECOVERY_CODE = "recovery_code"
    FACE = "face"
    VOUCHED = "vouched"
    """Two people of the help desk have established who it is, for this one recovery."""


Ways = AbstractSet[Way]

SECOND = (Way.RECOVERY_CODE, Way.PASSKEY, Way.ONE_TIME_CODE, Way.PASSWORD, Way.VOUCHED)
"""What counts beside the message, in the order in which it is asked for."""
REPLACEABLE = frozenset({Way.PASSWORD, Way.PASSKEY, Way.ONE_TIME_CODE, Way.RECOVERY_CODE})
_NOT_MORE_THAN_A_PASSWORD = {Way.EMAIL, Way.PASSWORD}
_PASSWORD = frozenset({Way.PASSWORD})
STRONG_SESSION = 3
"""The level of a session whose owner vouches for what is added in it."""


def may_replace(account: Ways, shown: Ways, *, email_alone: bool = False) -> frozenset[Way]:
    """Return what may be replaced after `shown`; nothing when it is not enough.

    `account`: all that the account knew before something was lost. `email_alone`: the
    deployment lets the message alone replace the password of accounts that have more.
    What has just been shown is not lost, and stays. Whatever comes of it ends every session
    and grant, is told to the person, and starts the cooling-off time.
    """
    if Way.EMAIL not in shown:
        return frozenset()
    if shown & set(SECOND):
        return (REPLACEABLE & account | _PASSWORD) - shown
    return _PASSWORD if email_alone or account <= _NOT_MORE_THAN_A_PASSWORD else frozenset()


def asked_beside_the_message(account: Ways) -> tuple[Way, ...]:
    """Return what the account knows that counts beside the message, best first."""
    return tuple(way for way in SECOND if way in account)


def enrolment_grade(level: int) -> int:
    """Return the `enrolment` of what somebody adds in a session of `level`. ASSURANCE.md."""
    return 2 if level >= STRONG_SESSION else 1


def settles_at(*, added: datetime, enrolment: int, period: timedelta) -> datetime:
    """Return when an authenticator counts in full that was enrolled at this grade.

    At once from a session of level 3, which is grade 2: its owner stood there already.
    Otherwise whoever stole a password would rise by a key of their own. R-9.2-15.
    """
    return added if enrolment > 1 else added + period
