"""STYLE 11: purging is idempotent, and keeps what still recognises a second use (OIDC.md B2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp import keys, tasks
from idp.models import (
    AccessToken,
    AuthorizationCode,
    Grant,
    Interaction,
    RefreshToken,
    Session,
    SigningKey,
)
from idp.policy import get_policy
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
TABLES = (AccessToken, AuthorizationCode, Grant, Interaction, RefreshToken, Session, SigningKey)


@pytest.fixture
def browser():
    return signed_in_browser()


def counts():
    return {table.__name__: table.objects.count() for table in TABLES}


def use_everything(browser):
    rp = RelyingParty()
    tokens = rp.tokens(browser)
    rp.refresh(tokens["refresh_token"])
    rp.authorize(browser, prompt="login")


def age(by):
    for table in TABLES:
        fields = {f.name for f in table._meta.get_fields()}
        for row in table.objects.all():
            for name in fields & {"expires_at", "created_at", "retires_at"}:
                value = getattr(row, name)
                setattr(row, name, value and value - by)
            row.save()


def test_nothing_fresh_is_purged(browser):
    use_everything(browser)
    before = counts()
    assert tasks.purge_expired() == 0
    assert counts() == before


def test_a_used_code_stays_for_a_day(browser):
    use_everything(browser)
    age(timedelta(hours=23))
    tasks.purge_expired()
    assert AuthorizationCode.objects.count() == 1


def test_the_spent_goes_and_the_refresh_tokens_stay(browser):
    use_everything(browser)
    age(timedelta(days=2))
    assert tasks.purge_expired() > 0
    assert counts() == dict.fromkeys(counts(), 0) | {
        "Grant": 1,
        "RefreshToken": 2,
        "SigningKey": 1,
    }


def test_everything_spent_goes_and_the_second_run_finds_nothing(browser):
    use_everything(browser)
    keys.rotate()
    age(get_policy().refresh_token_lifetime + timedelta(days=3))
    assert tasks.purge_expired() > 0
    left = counts()
    assert (
        sum(left.values())
        == left["SigningKey"]
        == SigningKey.objects.published(timezone.now()).count()
    )
    assert tasks.purge_expired() == 0


def test_batches_cover_everything(browser, monkeypatch):
    monkeypatch.setattr(tasks, "_BATCH", 1)
    use_everything(browser)
    age(timedelta(days=2))
    tasks.purge_expired()
    assert AccessToken.objects.count() == 0
