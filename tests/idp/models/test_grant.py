"""RFC 9700 4.14: a grant is the family of its tokens; what the rows promise to Authlib."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.models import AccessToken, AuthorizationCode, Grant, RefreshToken
from tests.factories import a_client, a_session

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def grant():
    return a_grant(a_session())


def a_grant(session, **fields):
    now = timezone.now()
    return Grant.objects.create(
        **{
            "client": a_client(),
            "user": session.user,
            "session": session,
            "scope": "openid",
            "acr": "urn:countersign:acr:loa1",
            "amr": ["pwd"],
            "auth_time": now,
            "created_at": now,
        }
        | fields
    )


def a_token(model, grant, **fields):
    now = timezone.now()
    return model.objects.create(
        **{
            "token_sha256": f"{model.__name__}{model.objects.count()}",
            "grant": grant,
            "client": grant.client,
            "scope": grant.scope,
            "issued_at": now,
            "expires_at": now + timedelta(minutes=10),
        }
        | fields
    )


def test_revoking_a_grant_stops_every_token_and_happens_once(grant):
    access, refresh = a_token(AccessToken, grant), a_token(RefreshToken, grant)
    assert not access.is_revoked()
    assert Grant.objects.filter(pk=grant.pk).revoke() == 1
    assert Grant.objects.filter(pk=grant.pk).revoke() == 0
    for token in (access, refresh):
        token.grant.refresh_from_db()
        assert token.is_revoked()


def test_a_grant_dies_with_its_person_and_its_client(grant):
    grant.user.is_active = False
    assert not grant.is_live()
    grant.user.is_active, grant.client.is_active = True, False
    assert not grant.is_live()


def test_only_grants_without_offline_access_end_with_the_session(grant):
    offline = a_grant(grant.session, scope="openid offline_access")
    another = a_grant(a_session(secret="another"))
    Grant.objects.ending_with(grant.session).revoke()
    found = Grant.objects.filter(revoked_at=None)
    assert set(found) == {offline, another}


def test_renewal_needs_the_session_or_offline_access(grant):
    now = timezone.now()
    assert grant.is_renewable(now)
    assert not grant.is_renewable(now + timedelta(days=1))
    grant.session.ended_at = now
    assert not grant.is_renewable(now)
    grant.scope = "openid offline_access"
    assert grant.is_renewable(now)
    grant.session = None
    assert grant.is_renewable(now)
    grant.scope = "openid"
    assert not grant.is_renewable(now)


def test_tokens_answer_authlib_s_questions(grant):
    access = a_token(AccessToken, grant)
    assert access.get_client() == grant.client
    assert access.get_user() == grant.user
    assert access.check_client(grant.client)
    assert not access.check_client(a_client())
    assert access.get_scope() == "openid"
    assert access.get_expires_in() == 600
    assert not access.is_expired()
    assert a_token(AccessToken, grant, expires_at=timezone.now()).is_expired()


def test_a_used_refresh_token_counts_as_revoked(grant):
    token = a_token(RefreshToken, grant, used_at=timezone.now())
    assert token.is_revoked()
    assert token.get_client() == grant.client
    assert token.get_user() == grant.user


def a_code(grant, **fields):
    return AuthorizationCode.objects.create(
        **{
            "code_sha256": f"code{AuthorizationCode.objects.count()}",
            "grant": grant,
            "client": grant.client,
            "redirect_uri": "https://rp.example/callback",
            "nonce": "the nonce",
            "expires_at": timezone.now() + timedelta(minutes=1),
        }
        | fields
    )


def test_a_code_is_redeemed_once_and_in_time(grant):
    code, now = a_code(grant), timezone.now()
    assert code.redeem(now)
    assert not code.redeem(now)
    assert not a_code(grant, expires_at=now).redeem(now)


def test_a_code_tells_how_the_person_authenticated(grant):
    code = a_code(grant)
    assert code.get_acr() == grant.acr
    assert code.get_amr() == ["pwd"]
    assert code.get_auth_time() == int(grant.auth_time.timestamp())
    assert code.get_nonce() == "the nonce"
    assert code.get_scope() == "openid"
    assert code.get_redirect_uri() == "https://rp.example/callback"


def test_rows_print_no_secret(grant):
    token, code = a_token(AccessToken, grant), a_code(grant)
    assert str(token) == token.token_sha256[:8] + "\u2026"
    assert str(code) == code.code_sha256[:8] + "\u2026"
