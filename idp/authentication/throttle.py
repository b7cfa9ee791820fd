"""Limits on guessing which are no lever to lock somebody out. OIDC.md G10; R-9.2-10.

Attempts are counted per address, per account and address, and per account over all strange
browsers. A browser that has signed in to the account before has a budget of its own and is
not touched by what strangers do; passkeys are not limited by password attempts at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache

from idp.policy import get_policy
from idp.protocol import opaque

KNOWN_BROWSER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts` within `window`."""

    attempts: int
    window: timedelta


PER_ADDRESS = Limit(60, timedelta(minutes=10))
PER_ACCOUNT_AND_ADDRESS = Limit(8, timedelta(minutes=10))
PER_ACCOUNT = Limit(100, timedelta(hours=1))
PER_ADDRESS_OF_NEW_ACCOUNTS = Limit(30, timedelta(hours=1))
PER_ADDRESS_OF_RECOVERIES = Limit(20, timedelta(hours=1))
PER_NAME_OF_RECOVERIES = Limit(5, timedelta(hours=1))
PER_KNOWN_BROWSER = Limit(8, timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in: the name as typed, from this address, in this browser."""

    account: str
    address: str
    browser: str

    @property
    def browser_is_known(self) -> bool:
        """Whether this browser has signed in to this account before."""
        return bool(self.browser) and cache.get(self._key("known", self.browser)) is not None

    def allowed(self) -> bool:
        """Count the attempt *before* it is judged; False when one budget is spent."""
        if self.browser_is_known:
            return _count(self._key("own", self.browser), PER_KNOWN_BROWSER)
        counted = [
            _count(_address_key(self.address), PER_ADDRESS),
            _count(self._key("pair", self.address), PER_ACCOUNT_AND_ADDRESS),
            _count(self._key("account"), PER_ACCOUNT),
        ]
        return all(counted)

    def succeeded(self) -> None:
        """Give the browser its own budget, and this address its attempts back."""
        cache.delete_many([self._key("own", self.browser), self._key("pair", self.address)])
        if self.browser:
            cache.set(self._key("known", self.browser), 1, KNOWN_BROWSER.total_seconds())

    def _key(self, kind: str, *parts: str) -> str:
        # Hashed: neither names nor what was typed as one lie in the cache.
        account = self.account.strip().casefold()
        return f"idp:throttle:{opaque.digest(chr(0).join((kind, account, *parts)))}"


def address_allowed(address: str) -> bool:
    """Count one attempt of an address where no account is named (passkeys)."""
    return _count(_address_key(address), PER_ADDRESS)


def registration_allowed(address: str) -> bool:
    """Count one registration of a client that came without an initial access token."""
    limit = Limit(get_policy().registrations_per_address, timedelta(hours=1))
    return _count(f"idp:throttle:registration:{opaque.digest(address)}", limit)


def account_creation_allowed(address: str) -> bool:
    """Count one attempt to open an account: its answer tells whether a user name is taken."""
    return _count(f"idp:throttle:new:{opaque.digest(address)}", PER_ADDRESS_OF_NEW_ACCOUNTS)


def recovery_allowed(address: str) -> bool:
    """Count one request for a recovery link from an address."""
    return _count(f"idp:throttle:recovery:{opaque.digest(address)}", PER_ADDRESS_OF_RECOVERIES)


def recovery_of_allowed(name: str) -> bool:
    """Count one request for a recovery link for a name, whether there is such an account or not."""
    key = f"idp:throttle:recovery-of:{opaque.digest(name.strip().casefold())}"
    return _count(key, PER_NAME_OF_RECOVERIES)


def _address_key(address: str) -> str:
    return f"idp:throttle:address:{opaque.digest(address)}"


def _count(key: str, limit: Limit) -> bool:
    seconds = limit.window.total_seconds()
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= limit.attempts
    except ValueError:  # the window ended between the two calls
        cache.set(key, 1, seconds)
        return True
