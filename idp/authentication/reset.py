"""What ends when a way to authenticate is reset or withdrawn. OIDC.md B9; RFC 8176 (`amr`)."""

from __future__ import annotations

from idp.models import Grant, SecurityEvent


def method_reset(subject: str, reference: str) -> None:
    """End the grants of a person that rest on the method; implements `idp.contract.MethodReset`.

    Refresh tokens of a client that knew the person by it would otherwise say so for weeks. A
    session needs nothing: what the method gave it fades within minutes (R-9.4-7).
    """
    live = Grant.objects.filter(user__subject=subject, revoked_at=None)
    resting = [pk for pk, amr in live.values_list("pk", "amr") if reference in amr]
    if Grant.objects.filter(pk__in=resting).revoke():
        SecurityEvent.record("grants.method_reset", subject=subject, amr=reference)
