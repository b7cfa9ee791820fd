"""Bounded bodies: read no more than a message may have. R-9.4-10."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from biometric_auth.api.problems import MessageTooLarge
from biometric_auth.vault.wire import MAX_CAPTURE_BYTES

MAX_JSON_BYTES = 64_000


class BoundedJSONParser(BaseParser):
    """A JSON object of at most 64 kB."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - likewise
    ) -> dict[str, Any]:
        """Return the object."""
        try:
            said = json.loads(_read(stream, MAX_JSON_BYTES) or b"{}")
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if not isinstance(said, dict):
            raise ParseError
        return said


class CaptureParser(BaseParser):
    """One compact JWE, as bytes. RFC 7516 (``application/jose``)."""

    media_type = "application/jose"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - likewise
    ) -> dict[str, bytes]:
        """Return the message under ``message``: a request's data is a mapping."""
        return {"message": _read(stream, MAX_CAPTURE_BYTES)}


def _read(stream: IO[Any], limit: int) -> bytes:
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise MessageTooLarge
    return body
