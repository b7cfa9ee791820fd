"""What the authorization endpoint itself hands out: code, tokens, or several of them.

OpenID Connect Core 3.1.3.3, 3.2.2.5, 3.2.2.10, 3.3.2.5, 3.3.2.11; Multiple Response Types 5.
One grant stands behind all of them: a code that is used twice takes the others with it.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.models import Client, Consent, Grant, Session
from idp.oauth import acr_aliases, code_flow, issuing, subjects
from idp.oauth.authorization_request import AuthorizationRequest
from idp.oauth.id_token import id_token
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.interaction import Issue


def issue(asked: AuthorizationRequest, decided: Issue, session: Session) -> dict[str, str]:
    """Return the parameters of the answer, by the request's response type.

    Raises:
        ProtocolError: session, consent or client have ended since it was decided, or the client
            has no key that its ID token can be encrypted to.
    """
    try:
        grant, answer = _store(asked, decided, session)
    except IntegrityError as error:
        if asked.acr_called:  # perhaps the alias was taken back: then in our own words
            return issue(replace(asked, acr_called={}), decided, session)
        raise _ended() from error  # deleted by now: the client that was remembered, or the user
    wanted = asked.response_type.split()
    if "id_token" in wanted:  # no transaction waits while the client's keys are fetched
        answer["id_token"] = id_token(
            grant,
            asked.client,
            nonce=asked.nonce,
            code=answer.get("code", ""),
            access_token=answer.get("access_token", ""),
            # Without an access token there is no other place for them (Core 5.4).
            scopes=asked.scope if wanted == ["id_token"] else (),
        )
    return answer


@transaction.atomic
def _store(
    asked: AuthorizationRequest, decided: Issue, session: Session
) -> tuple[Grant, dict[str, str]]:
    """Store the grant, its code and its access token; return it, and their values."""
    wanted, answer = asked.response_type.split(), dict[str, str]()
    _hold(asked, session)
    grant = _grant(asked, decided, session)
    if "code" in wanted:
        answer["code"] = code_flow.issue_code(asked, grant)
    if "token" in wanted:
        answer |= issuing.front_channel_token(grant, asked.client, now=grant.created_at)
    return grant, answer


def _hold(asked: AuthorizationRequest, session: Session) -> None:
    """Keep what was decided by from ending before the grant is there."""
    if not session.hold():
        raise ProtocolError(ErrorCode.LOGIN_REQUIRED, "The session has just ended.")
    client, ask = asked.client, asked.ask
    if not ask.needs_consent:
        if not Client.objects.filter(pk=client.pk, is_active=True).exists():
            raise _ended()
    elif not Consent.objects.hold(session.user, client, ask.scope):
        raise ProtocolError(ErrorCode.ACCESS_DENIED, "The consent has just been withdrawn.")


def _ended() -> ProtocolError:
    return ProtocolError(ErrorCode.UNAUTHORIZED_CLIENT, "The client is no longer registered.")


def _grant(asked: AuthorizationRequest, decided: Issue, session: Session) -> Grant:
    """Record what the person gave to the client. Its own name for the `acr` goes back to it."""
    alias = acr_aliases.find(asked.acr_called.get(decided.acr, ""), decided.acr, asked.client)
    grant = Grant(
        client=asked.client,
        user=session.user,
        subject=subjects.identifier(session.user, asked.client),
        session=session,
        scope=" ".join(asked.scope),
        resource=asked.resource,
        claims={"id_token": asked.claims.id_token, "userinfo": asked.claims.userinfo},
        acr=alias.name if alias else decided.acr,
        acr_alias=alias,
        amr=list(decided.amr),
        auth_time=decided.auth_time,
        created_at=timezone.now(),
    )
    grant.keep_evidence(decided.record)
    grant.save()
    return grant
