"""The session in a cookie that nobody else can read: it holds tokens. RFC 9700 4.9.

Django's cookie sessions are signed but readable; this one encrypts them as well. A cookie
cannot be taken back before it expires: a bank would keep sessions on its server.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.sessions.backends import signed_cookies


class SessionStore(signed_cookies.SessionStore):
    """Django finds the class by this name."""

    def load(self) -> dict[str, Any]:
        """Return what the cookie holds; a new session if it is not one of ours."""
        try:
            sealed = (self.session_key or "").encode()
            packed = _box().decrypt(sealed, ttl=self.get_session_cookie_age())
            opened: dict[str, Any] = json.loads(zlib.decompress(packed))
        except (InvalidToken, ValueError, zlib.error):
            self.create()
            return {}
        return opened

    def _get_session_key(self) -> str:
        content = json.dumps(dict(self.items()), separators=(",", ":")).encode()
        return _box().encrypt(zlib.compress(content)).decode()


def _box() -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"northwind session cookie").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
