"""RFC 9700; FAPI 2.0: the command prints the posture, and its exit code says how grave it is."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories import a_client, a_public_client

pytestmark = pytest.mark.django_db
SOUND = {
    "token_endpoint_auth_method": "private_key_jwt",
    "backchannel_logout_uri": "https://rp.example/logout",
}


def posture(*arguments):
    """Run the command; return its exit code."""
    try:
        call_command("posture", *arguments)
    except SystemExit as stopped:
        return stopped.code
    return 0


@pytest.mark.parametrize(
    ("fields", "code", "verdict"),
    [
        (SOUND, 0, "ok"),
        ({}, 10, "notes"),
        ({"require_pkce": False}, 20, "warnings"),
    ],
)
def test_the_exit_code_is_the_gravest_finding(capsys, fields, code, verdict):
    client = a_client(**fields)
    assert posture(client.client_id) == code
    assert f"{client.client_id} (Demo Bank): {verdict}" in capsys.readouterr().out


def test_every_finding_is_printed_with_its_section_and_its_mend(capsys):
    posture(a_client(require_pkce=False).client_id)
    out = capsys.readouterr().out
    assert "warning: Requests without PKCE are accepted" in out
    assert "[RFC 9700 2.1.1]\n    Turn on “require PKCE”" in out
    assert "lack: Authorization requests are pushed (RFC 9126); this provider does not" in out


def test_a_program_reads_json_about_every_active_client(capsys):
    good, bad = a_client(**SOUND), a_client(require_pkce=False)
    a_client(is_active=False)
    assert posture("--json") == 20
    reports = {report["client_id"]: report for report in json.loads(capsys.readouterr().out)}
    assert {name: report["verdict"] for name, report in reports.items()} == {
        good.client_id: "ok",
        bad.client_id: "warnings",
    }
    assert reports[good.client_id]["findings"] == []
    assert reports[bad.client_id]["findings"][0]["code"] == "no_pkce"
    assert reports[bad.client_id]["lacks"]


def test_pkce_is_required_of_public_clients_whatever_is_registered(capsys):
    posture(a_public_client(require_pkce=False).client_id)
    assert "PKCE" not in capsys.readouterr().out


def test_without_clients_there_is_nothing_to_find(capsys):
    assert posture("--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_client_that_is_unknown_is_an_error():
    with pytest.raises(CommandError):
        call_command("posture", "nobody")
