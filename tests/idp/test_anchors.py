"""R-9.1-7: the ends of the logs, written down elsewhere, show what was cut off or put back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from biometric_auth.models import EventLink as BiometricLink
from biometric_auth.services import event_log as biometric_log
from biometric_auth.services import security_events
from idp import anchors, event_log, tasks
from idp.models import EventLink, SecurityEvent
from idp.policy import get_policy
from tests.append_only import lifted
from tests.idp.internet import Site, answer

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def configured(settings, tmp_path):
    """Set where anchors go."""

    def configure(**changes):
        settings.IDP = settings.IDP | {"anchor_file": tmp_path / "anchors.jsonl"} | changes
        get_policy.cache_clear()
        return Path(get_policy().anchor_file)

    yield configure
    get_policy.cache_clear()


@pytest.fixture
def file(configured):
    return configured()


def record():
    SecurityEvent.record("sign_in.failed", subject="s-1")
    security_events.record(kind="denied", subject="s-1")
    assert tasks.chain_security_events() == 2


def verify(*arguments):
    call_command("verify_log", *arguments)


def test_each_log_that_has_grown_is_anchored_once(file):
    assert tasks.anchor_security_events() == 0
    record()
    assert tasks.anchor_security_events() == 2
    assert tasks.anchor_security_events() == 0
    SecurityEvent.record("sign_in.failed")
    event_log.extend()
    assert tasks.anchor_security_events() == 1
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(one["log"], one["number"]) for one in written] == [
        ("provider", 1),
        ("authentication-server", 1),
        ("provider", 2),
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    assert anchors.read([file]).by_log == {
        "provider": {1: EventLink.objects.get(number=1).mac, 2: event_log.head()[1]},
        "authentication-server": {1: biometric_log.head()[1]},
    }


def test_the_command_reads_what_beat_wrote(file, capsys):
    record()
    verify()
    assert "1 events chained, 0 waiting, nothing anchored" in capsys.readouterr().out
    tasks.anchor_security_events()
    verify()
    assert "1 events chained, 0 waiting, link 1 anchored" in capsys.readouterr().out


@pytest.mark.parametrize("table", [EventLink, BiometricLink], ids=["idp", "biometric_auth"])
def test_a_log_that_was_cut_is_found(file, table, capsys):
    record()
    record()
    tasks.anchor_security_events()
    newest = table.objects.get(number=2)
    with lifted("default", "biometric"):
        newest.delete()
        newest.event.delete()
    with pytest.raises(CommandError, match="Not what was recorded"):
        verify()
    assert "The chain ends at link 1, and link 2 was anchored." in capsys.readouterr().out


def test_an_older_database_that_was_put_back_is_found(file, capsys):
    record()
    tasks.anchor_security_events()
    with lifted("default"):
        EventLink.objects.all().delete()
        SecurityEvent.objects.all().delete()
    SecurityEvent.record("account.created")
    event_log.extend()
    with pytest.raises(CommandError):
        verify()
    assert "Link 1 is not the one that was anchored." in capsys.readouterr().out
    tasks.anchor_security_events()
    with pytest.raises(CommandError):
        verify()
    assert "another link 1 was anchored before" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda line: line.replace('"number": 1', '"number": 7'), id="number"),
        pytest.param(lambda line: line.replace('"signature": "', '"signature": "A'), id="forged"),
        pytest.param(lambda line: json.dumps(json.loads(line) | {"signature": 1}), id="no text"),
        pytest.param(lambda _: "nothing", id="no JSON"),
        pytest.param(lambda _: "[]", id="no object"),
        pytest.param(lambda _: "{}", id="no signature"),
    ],
)
def test_an_anchor_that_we_did_not_write_is_named(file, change, capsys):
    record()
    (line,) = [one for one in anchors.lines() if '"provider"' in one]
    file.write_text(change(line) + "\n")
    with pytest.raises(CommandError, match="anchors"):
        verify()
    assert "anchors.jsonl, line 1: no anchor of this deployment." in capsys.readouterr().out


def test_anchors_of_an_earlier_secret_key_count(file, settings, capsys):
    record()
    tasks.anchor_security_events()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    verify()
    said = capsys.readouterr().out
    assert "provider: 1 events chained, 0 waiting, link 1 anchored" in said
    assert "no anchor of this deployment" not in said


def test_anchors_that_are_kept_elsewhere_are_named(file, tmp_path, capsys):
    record()
    call_command("anchor_log")
    kept = tmp_path / "kept.jsonl"
    kept.write_text(capsys.readouterr().out)
    verify("--anchors", str(kept))
    assert "link 1 anchored" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"nowhere\.jsonl"):
        verify("--anchors", str(tmp_path / "nowhere.jsonl"))


def test_a_url_gets_the_anchor_and_a_refusal_is_tried_again(configured):
    site = Site()
    configured(anchor_file="", anchor_url=f"http://127.0.0.1:{site.port}/", fetch_loopback=True)
    record()
    site.says = answer(b"", status="503 Service Unavailable")
    assert tasks.anchor_security_events() == 0
    site.says = answer(b"", status="204 No Content")
    assert tasks.anchor_security_events() == 2
    assert tasks.anchor_security_events() == 0
    assert len(site.requests) == 4
    site.close()


def test_a_file_that_cannot_be_written_is_logged_and_tried_again(configured, tmp_path, caplog):
    configured(anchor_file=tmp_path / "no folder" / "anchors.jsonl")
    record()
    assert tasks.anchor_security_events() == 0
    assert "the log provider was not anchored" in caplog.text
    (tmp_path / "no folder").mkdir()
    assert tasks.anchor_security_events() == 2
