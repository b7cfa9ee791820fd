"""Authorization codes: issue and redeem. RFC 6749 4.1; RFC 7636; RFC 9700 2.1.1, 4.5, 4.8.

Authlib reads, stores and deletes in three steps (OIDC.md 2.4, defect 11). Here one guarded
UPDATE redeems, in the transaction that stores the tokens, and the row stays: a second use
revokes what the first one gave.
"""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import compare_s256_code_challenge
from django.db import transaction
from django.utils import timezone

from idp.models import AuthorizationCode, Client, Grant, User
from idp.oauth import issuing
from idp.oauth.authorization_request import AuthorizationRequest
from idp.policy import get_policy
from idp.protocol import opaque


class CodeGrant(AuthorizationCodeGrant):
    """The token endpoint's half of the code flow."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(Client.AuthMethod.values)

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        """Return the code's row if it is this client's, unexpired and unused."""
        rows = AuthorizationCode.objects.select_related("grant__user", "grant__client")
        found = rows.filter(code_sha256=opaque.digest(code)).first()
        if found is None:
            return None
        if found.client_id != client.pk:
            issuing.revoke(found.grant, kind="code.presented_by_other_client", client=client)
            return None
        if found.redeemed_at is not None:
            issuing.revoke(found.grant, kind="code.reused", client=client)
            return None
        usable = found.expires_at > timezone.now() and found.grant.is_live()
        return found if usable else None

    def authenticate_user(self, authorization_code: AuthorizationCode) -> User | None:
        """Return the person who authorized."""
        return authorization_code.grant.user

    def save_token(self, token: dict[str, Any]) -> None:
        """Redeem the code and keep the tokens, in one transaction."""
        code, now = self.request.authorization_code, timezone.now()
        with transaction.atomic():
            redeemed = code.redeem(now)
            if redeemed:
                issuing.store(
                    token,
                    grant=code.grant,
                    client=self.request.client,
                    now=now,
                    refresh_scope=code.grant.scope,
                    refresh_expires_at=now + get_policy().refresh_token_lifetime,
                )
        if not redeemed:
            issuing.revoke(code.grant, kind="code.reused", client=self.request.client)
            raise issuing.refused()
        issuing.add_id_token(token, grant=code.grant, client=self.request.client, nonce=code.nonce)

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Keep it: `save_token` has used it up, and a second use must be recognised."""


class S256Only(CodeChallenge):
    """PKCE with S256, for whoever sent a challenge. RFC 7636; Authlib allows ``plain`` too."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    CODE_CHALLENGE_METHODS = {"S256": compare_s256_code_challenge}  # noqa: RUF012 - Authlib's


def issue_code(asked: AuthorizationRequest, grant: Grant) -> str:
    """Return a new code for what the person gave to the client."""
    code = opaque.new()
    AuthorizationCode.objects.create(
        code_sha256=opaque.digest(code),
        grant=grant,
        client=asked.client,
        redirect_uri=asked.reply.redirect_uri,
        code_challenge=asked.code_challenge,
        code_challenge_method="S256" if asked.code_challenge else "",
        nonce=asked.nonce,
        expires_at=grant.created_at + get_policy().code_lifetime,
    )
    return code
