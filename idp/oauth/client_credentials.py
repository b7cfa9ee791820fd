"""Tokens for a client itself, without a person. RFC 6749 4.4; RFC 9068 2.2 (`sub`)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.models import Client, Grant, ScopeRequirement
from idp.models.token import OFFLINE
from idp.oauth import access_token, client_auth, issuing
from idp.protocol import assurance_claim
from idp.protocol.claims import SCOPE_CLAIMS
from idp.protocol.errors import ErrorCode, ProtocolError

ABOUT_PEOPLE = frozenset({"openid", OFFLINE, assurance_claim.SCOPE, *SCOPE_CLAIMS})


class OwnBehalfGrant(ClientCredentialsGrant):
    """A client that can keep a secret, for what is not about people. OIDC.md C6.

    There is no refresh token: the client's own authentication is what renews (4.4.3).
    """

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(
        method for method in Client.AuthMethod.values if method != Client.AuthMethod.NONE
    )

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Return an access token whose subject is the client."""
        client, form, now = self.request.client, self.request.form, timezone.now()
        scope = _scope(client, form.get("scope", ""))
        grant = Grant(
            client=client,
            subject=client.client_id,
            scope=" ".join(scope),
            resource=form.get("resource", ""),
            created_at=now,
        )
        target = access_token.target(grant, client, scope=scope)
        answer = issuing.prepare(grant, client, target, now=now)
        try:
            with transaction.atomic():
                grant.save(force_insert=True)
                answer.store()
        except IntegrityError as error:  # deleted since it authenticated
            raise client_auth.failed() from error
        return 200, answer.body, self.TOKEN_RESPONSE_HEADER


def _scope(client: Client, asked: str) -> list[str]:
    """Return the scope that is asked, or everything that the client may have by itself.

    Raises:
        ProtocolError: more than that.
    """
    of_people = ABOUT_PEOPLE | _taking_a_level(client)
    allowed = [name for name in client.scope.split() if name not in of_people]
    wanted = list(dict.fromkeys(asked.split())) or allowed
    if not set(wanted) <= set(allowed):
        raise ProtocolError(ErrorCode.INVALID_SCOPE, "More than the client may have by itself.")
    return wanted


def _taking_a_level(client: Client) -> frozenset[str]:
    """Return the client's scopes that only a person's authentication opens."""
    rows = ScopeRequirement.objects.of(client.scope.split())
    return frozenset(rows.values_list("scope", flat=True))
