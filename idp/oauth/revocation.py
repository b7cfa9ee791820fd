"""Token revocation: a client gives back what it no longer needs. RFC 7009; OIDC.md B17."""

from __future__ import annotations

from django.utils import timezone

from idp.models import AccessToken, Client, Grant, RefreshToken
from idp.oauth import issuing
from idp.protocol import opaque
from idp.protocol.errors import ErrorCode, ProtocolError


def revoke(client: Client, value: str) -> None:
    """Stop an access token, or the whole grant behind a refresh token, used up or not.

    A token that is unknown, or another client's: nothing, and nothing is told (2.2). The
    ``token_type_hint`` is not needed: either lookup is one read.

    Raises:
        ProtocolError: there is no token to revoke.
    """
    if not value:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "The token is missing.")
    own = {"token_sha256": opaque.digest(value), "client": client}
    access = AccessToken.objects.filter(**own).select_related("grant__user").first()
    if access is not None:
        live = AccessToken.objects.filter(pk=access.pk, revoked_at=None)
        if live.update(revoked_at=timezone.now()):
            issuing.report(access.grant, kind="access_token.revoked", client=client)
        return
    refresh = RefreshToken.objects.filter(**own).select_related("grant__user").first()
    if refresh is not None and Grant.objects.filter(pk=refresh.grant_id).revoke():
        issuing.report(refresh.grant, kind="refresh_token.revoked", client=client)
