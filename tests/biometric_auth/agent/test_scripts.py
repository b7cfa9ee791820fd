"""R-9.3-6, R-9.4-11, AGENT-PROTOCOL, "Page": what the agent's scripts may and may not contain."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from biometric_auth.agent import build
from biometric_auth.agent.wording import level_words, messages
from biometric_auth.management.commands import fetch_agent_assets

MODULES = sorted(build.STATIC.glob("*.js"))
AGENT = Path(build.__file__).parent
TEMPLATES = AGENT.parent / "templates" / "biometric_auth"


def without_comments(source):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_is_short_and_names_its_section(module):
    lines = module.read_text().splitlines()
    assert len(lines) < 200
    header = " ".join(line for line in lines[:6] if line.startswith("//"))
    assert re.search(r"AGENT-PROTOCOL|WebAuthn", header)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_keeps_nothing_and_writes_no_markup(module):
    source = without_comments(module.read_text())
    forbidden = r"localStorage|sessionStorage|caches\.|document\.cookie|innerHTML|outerHTML"
    assert not re.search(forbidden + r"|insertAdjacentHTML|eval\(|console\.", source)


def test_only_the_key_store_opens_a_database():
    users = [path.name for path in MODULES if "indexedDB" in without_comments(path.read_text())]
    assert users == ["keystore.js"]


def test_the_device_key_cannot_be_extracted():
    source = (build.STATIC / "device.js").read_text()
    assert 'generateKey(ALGORITHM, false, ["sign"])' in source


def test_every_sentence_that_a_script_asks_for_exists():
    known = messages()
    for module in MODULES:
        source = without_comments(module.read_text())
        asked = re.findall(r'say\("([a-z_]+)"', source) + re.findall(r'"(feedback_[a-z]+)"', source)
        assert set(asked) <= set(known)
    assert {"turn_left", "turn_right", "turn_centre"} <= set(known)


def test_every_state_that_a_script_shows_has_a_view():
    shown = set()
    for module in MODULES:
        source = without_comments(module.read_text())
        shown.update(re.findall(r'(?:show|conclude)\("([a-z_]+)"\)', source))
    templates = "".join(path.read_text() for path in TEMPLATES.glob("capture*.html"))
    views = set(re.findall(r'data-view="([a-z_]+)"', templates))
    assert shown | {"matched", "enrolled", "refused", "interrupted", "camera_blocked"} <= views


def test_the_page_and_the_script_agree_on_the_pace():
    pace = re.search(r"lead: (\d+), step: (\d+)", (build.STATIC / "capture.js").read_text())
    page = (TEMPLATES / "capture.html").read_text()
    assert f'data-lead-ms="{pace[1]}" data-step-ms="{pace[2]}"' in page


def test_the_static_files_are_found():
    for name in ("agent.css", "page.js", "icon.svg"):
        assert finders.find(f"biometric_auth/{name}")


def test_the_build_is_one_hash_over_all_modules():
    assert re.fullmatch(r"[0-9a-f]{64}", build.build_sha256())
    assert len(build.modules()) == len(MODULES)


def test_the_lock_file_holds_hashes_and_no_addresses():
    lock = json.loads((AGENT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_what_is_up_to_date_is_not_fetched_again(tmp_path, monkeypatch, capsys):
    (tmp_path / "package-lock.json").write_bytes((AGENT / "package-lock.json").read_bytes())
    monkeypatch.setattr(fetch_agent_assets, "VENDOR", tmp_path)
    call_command("fetch_agent_assets")
    assert "up to date" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("acr", "words"),
    [
        ("urn:countersign:acr:loa3:rb", "Level 3, with a face check"),
        ("urn:countersign:acr:loa2", "Level 2"),
        ("phr", "phr"),
        ("", ""),
    ],
)
def test_a_level_is_shown_in_plain_words(acr, words):
    assert level_words(acr) == words
