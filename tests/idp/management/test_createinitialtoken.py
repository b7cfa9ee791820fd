"""RFC 7591 3; OIDC.md C7, L4: an initial access token is shown once, where it is made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from idp.models import InitialAccessToken, SecurityEvent

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def test_c7_l4_a_token_is_printed_once_and_opens_as_often_as_it_may(capsys):
    call_command("createinitialtoken", "Northwind", "--days=3", "--uses=2")
    value = capsys.readouterr().out.partition("initial_access_token: ")[2].strip()
    row = InitialAccessToken.objects.get()
    assert (row.name, row.uses_left) == ("Northwind", 2)
    assert timedelta(days=2) < row.expires_at - timezone.now() <= timedelta(days=3)
    assert InitialAccessToken.objects.spend(value, timezone.now()) == row
    assert value not in str(InitialAccessToken.objects.values())
    assert SecurityEvent.objects.get().kind == "initial_access_token.made"


def test_a_token_may_have_no_limit(capsys):
    call_command("createinitialtoken", "Northwind", "--uses=0")
    value = capsys.readouterr().out.partition("initial_access_token: ")[2].strip()
    for _ in range(3):
        assert InitialAccessToken.objects.spend(value, timezone.now())


@pytest.mark.parametrize("options", [["--days=0"], ["--uses=-1"]])
def test_a_token_without_a_life_is_refused(options):
    with pytest.raises(CommandError):
        call_command("createinitialtoken", "Northwind", *options)
    assert not InitialAccessToken.objects.exists()
