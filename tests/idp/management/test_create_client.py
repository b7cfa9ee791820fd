"""OIDC.md C7: a secret is shown once, by the command that makes it."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from idp.models import Client

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
URI = "--redirect-uri=https://rp.example/callback"


def test_a_confidential_client_gets_its_secret_once(capsys):
    call_command("create_client", "bank", "--name=Bank", URI)
    output = capsys.readouterr().out
    secret = output.partition("client_secret: ")[2].strip()
    client = Client.objects.get(client_id="bank")
    assert client.check_client_secret(secret)
    assert client.require_pkce
    assert client.token_endpoint_auth_method == "client_secret_basic"


def test_a_public_client_gets_none(capsys):
    uri = "--redirect-uri=http://127.0.0.1/callback"
    call_command("create_client", "app", "--name=App", uri, "--public", "--native")
    assert "client_secret" not in capsys.readouterr().out
    client = Client.objects.get()
    assert client.is_public
    assert client.is_native


@pytest.mark.parametrize(
    "arguments",
    [
        ("bank", "--name=Bank", "--redirect-uri=http://rp.example/callback"),
        ("bank with spaces", "--name=Bank", URI),
    ],
)
def test_an_unsafe_client_is_refused(arguments):
    with pytest.raises(CommandError):
        call_command("create_client", *arguments)
    assert not Client.objects.exists()


def test_an_identifier_is_taken_once():
    call_command("create_client", "bank", "--name=Bank", URI)
    with pytest.raises(CommandError):
        call_command("create_client", "bank", "--name=Bank", URI)
