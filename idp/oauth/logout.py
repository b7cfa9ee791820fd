"""Logout requests of clients. OpenID Connect RP-Initiated Logout 1.0 2, 3; OIDC.md G6, G8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from idp.models import Client, Session
from idp.models.session import sid_of
from idp.oauth import clients, subjects
from idp.oauth.id_token import read_hint
from idp.protocol import web_uri
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.parameters import check_lengths

INVALID = ErrorCode.INVALID_REQUEST
KNOWN = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales")


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """Who asks to log whom out, and where the browser goes then (empty: to our own page).

    `subject` (the person's own, whatever the client calls them) and `sid` come from a valid
    `id_token_hint` and are empty without one.
    """

    client: Client | None
    subject: str
    sid: str
    redirect_uri: str
    parameters: dict[str, str]

    def is_about(self, session: Session) -> bool:
        """Return whether the hint names this session, so that the person need not be asked."""
        if self.sid:
            # Without its client nobody can say which session a sid names.
            return self.client is not None and self.sid == sid_of(session.pk, self.client.pk)
        return bool(self.subject) and self.subject == session.user.subject


def validate(values: Mapping[str, str]) -> LogoutRequest:
    """Return the request.

    Raises:
        ProtocolError: a hint that is not ours, two clients, an unregistered or overlong value.
    """
    check_lengths(values)
    hint = read_hint(values["id_token_hint"]) if "id_token_hint" in values else {}
    if hint is None:
        raise ProtocolError(INVALID, "The id_token_hint is not an ID token of this provider.")
    audience = hint.get("aud", "")
    client_id = values.get("client_id", audience)
    if audience not in {"", client_id}:
        raise ProtocolError(INVALID, "The id_token_hint was not issued to this client.")
    client = clients.find(client_id)
    uri = values.get("post_logout_redirect_uri", "")
    if uri and (client is None or uri not in client.post_logout_redirect_uris):
        raise ProtocolError(
            INVALID, "The address to return to is not registered (post_logout_redirect_uri)."
        )
    subject = hint.get("sub", "")
    state = {"state": values["state"]} if "state" in values else {}
    return LogoutRequest(
        client=client,
        subject=subjects.internal(subject, client) if client else subject,
        sid=hint.get("sid", ""),
        # Only the hint shows that the client itself sent the browser here (section 3).
        redirect_uri=web_uri.with_query(uri, state) if hint and uri else "",
        parameters={name: values[name] for name in KNOWN if name in values},
    )
