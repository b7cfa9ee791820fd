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

from idp.models import AuthorizationCode, Client, Grant
from idp.oauth import access_token, issuing
from idp.oauth.authorization_request import AuthorizationRequest
from idp.oauth.id_token import id_token
from idp.policy import get_policy
from idp.protocol import opaque


class CodeGrant(AuthorizationCodeGrant):
    """The token endpoint's half of the code flow."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(Client.AuthMethod.values)

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        """Return the code's row if it is this client's, unexpired and unused."""
        rows = AuthorizationCode.objects.select_related(
            "grant__user", "grant__client", "grant__session"
        )
        found, now = rows.filter(code_sha256=opaque.digest(code)).first(), timezone.now()
        if found is None:
            return None
        if found.client_id != client.pk:
            issuing.revoke(found.grant, kind="code.presented_by_other_client", client=client)
            return None
        if found.redeemed_at is not None:
            issuing.revoke(found.grant, kind="code.reused", client=client)
            return None
        usable = found.expires_at > now and found.grant.is_renewable(now)
        return found if usable else None

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Redeem the code and keep the tokens, in one transaction."""
        code, client, now = self.request.authorization_code, self.request.client, timezone.now()
        grant: Grant = code.grant
        scope = client.get_allowed_scope(grant.scope).split()
        resource = self.request.form.get("resource", "")
        target = access_token.target(grant, client, scope=scope, resource=resource)
        answer = issuing.prepare(grant, client, target, now=now)
        if client.check_grant_type("refresh_token"):
            expires_at = now + get_policy().refresh_token_lifetime
            answer = issuing.renewable(answer, scope=grant.scope, expires_at=expires_at)
        if "openid" in scope:
            value = answer.body["access_token"]
            answer.body["id_token"] = id_token(grant, client, nonce=code.nonce, access_token=value)
        with transaction.atomic():
            redeemed = code.redeem(now)
            if redeemed:
                answer.store()
        if not redeemed:
            issuing.revoke(grant, kind="code.reused", client=client)
            raise issuing.refused()
        return 200, answer.body, self.TOKEN_RESPONSE_HEADER


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
