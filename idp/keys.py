"""Create, rotate and publish the signing keys. RFC 7517; OpenID Connect Core 10.1.1.

A new key is published `PUBLISH_AHEAD` before it signs, longer than any cached key set lives,
and the one before stays published for `kept_for()` after it stopped signing, longer than
anything that it signed is of use. Private keys are sealed (`idp.sealing`). Opened keys stay
in the process: opening an RSA key costs more than a hundred signatures.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey, import_key

from idp import sealing
from idp.models import SigningKey
from idp.policy import get_policy

PUBLISH_AHEAD = timedelta(hours=1)
JWKS_LIFETIME = timedelta(minutes=5)
"""How long anybody may cache the key set: shorter than `PUBLISH_AHEAD`, so that nobody meets
a signature by a key that the cache has not. OIDC.md H2."""
CLOCK_SKEW = timedelta(minutes=5)
_REREAD_SECONDS = 30.0
_RSA_BITS = 2048

Key = ECKey | OKPKey | RSAKey


@dataclass(slots=True)
class _Ring:
    """What this process knows of the table."""

    rows: tuple[SigningKey, ...] = ()
    read_at: float = float("-inf")
    opened: dict[str, Key] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_ring = _Ring()


def signing_key(algorithm: str) -> Key:
    """Return the key that signs now with `algorithm`; the first one is made on demand."""
    row = _active(algorithm, timezone.now()) or _first(algorithm)
    return _open(row)


def public_jwks() -> dict[str, list[dict[str, Any]]]:
    """Return the key set to publish, with a key for each algorithm on offer."""
    for algorithm in get_policy().id_token_signing_algorithms:
        if not any(row.algorithm == algorithm for row in _published()):
            _first(algorithm)
    return {"keys": [row.public_jwk for row in _published()]}


def verification_keys() -> KeySet:
    """Return the published keys, to check what this provider has signed."""
    return KeySet([_import(row.public_jwk) for row in _published()])


def rotate(*, at_once: bool = False) -> list[SigningKey]:
    """Create the next key of each algorithm, and let the ones before it retire.

    `at_once`: after a compromise. The new keys sign now, the old ones are not published any
    more: clients must fetch the key set again.
    """
    algorithms = get_policy().id_token_signing_algorithms
    return [_next(name, _newest(name), at_once=at_once) for name in algorithms]


def rotate_due() -> list[SigningKey]:
    """Make the next key of each algorithm whose present one is old enough; most often none.

    The next one signs from the moment when the present one is `signing_key_lifetime` old. A
    key that waits is never due itself, so that a second run, or a second beat, adds nothing.
    """
    policy, now = get_policy(), timezone.now()
    begins_before = now + PUBLISH_AHEAD - policy.signing_key_lifetime
    newest = [(name, _newest(name)) for name in policy.id_token_signing_algorithms]
    return [
        _next(name, key, at_once=False)
        for name, key in newest
        if key is None or key.activates_at <= begins_before
    ]


def kept_for() -> timedelta:
    """Return how long a key is published after it stopped signing.

    Tokens end with their lifetime. An ID token is of use after it expired: as a hint, for as
    long as the session that it names (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2).
    """
    policy = get_policy()
    lives = policy.access_token_lifetime, policy.id_token_lifetime, policy.session_lifetime
    return max(lives) + CLOCK_SKEW


def forget() -> None:
    """Read the table again at the next use."""
    _ring.read_at = float("-inf")
    _ring.opened.clear()


def _published() -> tuple[SigningKey, ...]:
    if time.monotonic() - _ring.read_at > _REREAD_SECONDS:
        _ring.rows = tuple(SigningKey.objects.published(timezone.now()))
        _ring.read_at = time.monotonic()
    return _ring.rows


def _active(algorithm: str, now: datetime) -> SigningKey | None:
    active = [r for r in _published() if r.algorithm == algorithm and r.activates_at <= now]
    return max(active, key=lambda row: row.number, default=None)


def _first(algorithm: str) -> SigningKey:
    """Return the active key that another process has made meanwhile, or make it."""
    forget()
    now, newest = timezone.now(), _newest(algorithm)
    if newest and newest.activates_at <= now and (newest.retires_at or now) >= now:
        return newest
    return _next(algorithm, newest, at_once=True)


def _newest(algorithm: str) -> SigningKey | None:
    return SigningKey.objects.filter(algorithm=algorithm).last()


def _next(algorithm: str, newest: SigningKey | None, *, at_once: bool) -> SigningKey:
    """Insert the key after `newest`; where another process was faster, return its key."""
    now = timezone.now()
    earlier = SigningKey.objects.filter(algorithm=algorithm)
    activates_at = now if at_once or newest is None else now + PUBLISH_AHEAD
    jwk = _generate(algorithm)
    row = SigningKey(
        kid=jwk["kid"],
        algorithm=algorithm,
        number=newest.number + 1 if newest else 1,
        public_jwk=_import(jwk).as_dict(private=False),
        sealed_private=_seal(jwk),
        created_at=now,
        activates_at=activates_at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            before = earlier.filter(number__lt=row.number)
            if at_once:
                before.published(now).update(retires_at=now)
            else:
                before.filter(retires_at=None).update(retires_at=activates_at + kept_for())
    except IntegrityError:
        row = earlier.get(number=row.number)
    forget()
    return row


def _generate(algorithm: str) -> dict[str, Any]:
    match algorithm:
        case "ES256":
            key: Key = ECKey.generate_key("P-256")
        case "EdDSA":
            key = OKPKey.generate_key("Ed25519")
        case "RS256" | "PS256":
            key = RSAKey.generate_key(_RSA_BITS)
        case _:
            message = f"No keys are made for {algorithm}."
            raise ImproperlyConfigured(message)
    facts = {"kid": key.thumbprint(), "use": "sig", "alg": algorithm}
    return key.as_dict(private=True) | facts


def _import(jwk: dict[str, Any]) -> Key:
    key = import_key(jwk)
    if not isinstance(key, Key):  # nothing else was ever stored
        raise TypeError(jwk["kty"])
    return key


def _open(row: SigningKey) -> Key:
    key = _ring.opened.get(row.kid)
    if key is None:
        with _ring.lock:
            key = _ring.opened[row.kid] = _import(_unseal(row))
    return key


def _seal(jwk: dict[str, Any]) -> bytes:
    clear = json.dumps(jwk).encode()
    return sealing.seal(clear, purpose=sealing.SIGNING_KEYS, identifier=jwk["kid"])


def _unseal(row: SigningKey) -> dict[str, Any]:
    sealed = bytes(row.sealed_private)
    clear = sealing.unseal(sealed, purpose=sealing.SIGNING_KEYS, identifier=row.kid)
    jwk: dict[str, Any] = json.loads(clear)
    return jwk
