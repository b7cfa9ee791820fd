"""Errors as problem documents: a code and one neutral sentence. RFC 9457.

The cause stays in the exception; nothing of it reaches the client (STYLE 4).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from biometric_auth.domain import errors

CONTENT_TYPE = "application/problem+json"
_TYPE = "urn:countersign:problem:"

_STATUS: dict[type[errors.BiometricError], HTTPStatus] = {
    errors.TransactionNotFound: HTTPStatus.NOT_FOUND,
    errors.TransactionExpired: HTTPStatus.GONE,
    errors.StepOutOfOrder: HTTPStatus.CONFLICT,
    errors.MalformedMessage: HTTPStatus.BAD_REQUEST,
    errors.ProofRefused: HTTPStatus.FORBIDDEN,
    errors.ConsentNeeded: HTTPStatus.CONFLICT,
    errors.ConsentChanged: HTTPStatus.CONFLICT,
    errors.BindingNotAllowed: HTTPStatus.CONFLICT,
    errors.KeyRingUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.VerificationStopped: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PolicyUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_FRAMEWORK: dict[int, tuple[str, str]] = {
    400: ("invalid_message", errors.MalformedMessage.description),
    404: ("not_found", errors.TransactionNotFound.description),
    405: ("method_not_allowed", "This method is not offered here."),
    406: ("not_acceptable", "The answer is JSON."),
    413: ("too_large", "The message is too large."),
    415: ("unsupported_media_type", "The message is of another media type."),
    429: ("too_many_requests", "Too many requests; please wait."),
}


class MessageTooLarge(exceptions.APIException):
    """The body exceeds its bound."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def problem_handler(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Return the problem document for `error`; None lets Django answer 500."""
    if isinstance(error, errors.BiometricError):
        status = _STATUS.get(type(error))
        return problem(status, error.code, error.description) if status else None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    code, sentence = _FRAMEWORK.get(error.status_code, ("refused", "The request was refused."))
    response = problem(HTTPStatus(error.status_code), code, sentence)
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def problem(status: HTTPStatus, code: str, sentence: str) -> Response:
    """Return one problem document."""
    body = problem_of(status, code, sentence)
    return Response(body, status=status.value, content_type=CONTENT_TYPE)


def problem_of(status: HTTPStatus, code: str, sentence: str) -> dict[str, object]:
    """Return the content of a problem document."""
    return {
        "type": _TYPE + code,
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": sentence,
    }
