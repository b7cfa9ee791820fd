"""Issue 2, "The house": Ctrl-C stops everything; a child that dies is reported with its log."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from idp.management.processes import Children, LaunchError

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('up', flush=True); time.sleep(60)"
    ),
]
PARENT = [
    sys.executable,
    "-c",
    (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    ),
]


@pytest.fixture
def children(tmp_path):
    with Children(tmp_path / "logs", dict(os.environ)) as children:
        yield children


def is_up(child):
    return lambda: bool(child.log.read_text().strip())


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_leaving_the_block_stops_what_was_started(tmp_path):
    with Children(tmp_path, dict(os.environ)) as children:
        child = children.start("sleeper", SLEEP)
        children.wait_for(child, is_up(child))
    assert child.exited


def test_a_process_that_ignores_the_request_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("idp.management.processes.STOP_SECONDS", 0.3)
    with Children(tmp_path, dict(os.environ)) as children:
        child = children.start("stubborn", STUBBORN)
        children.wait_for(child, is_up(child))
    assert child.exited


def test_the_children_of_a_child_end_with_it(tmp_path):
    with Children(tmp_path, dict(os.environ)) as children:
        child = children.start("parent", PARENT)
        children.wait_for(child, is_up(child))
        grandchild = int(child.log.read_text())
    deadline = time.monotonic() + 5
    while is_running(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(grandchild)


def test_a_dead_child_is_reported_with_the_end_of_its_log(children):
    child = children.start("doomed", [sys.executable, "-c", "print('no such table'); exit(3)"])
    child.process.wait()
    with pytest.raises(LaunchError, match=r"(?s)doomed stopped with exit code 3.*no such table"):
        children.check()


def test_a_child_that_never_answers_is_reported(children):
    child = children.start("mute", SLEEP)
    with pytest.raises(LaunchError, match="mute did not answer within 0 seconds"):
        children.wait_for(child, lambda: False, seconds=0.2)


def test_a_failed_step_is_reported_with_the_end_of_its_log(children):
    with pytest.raises(LaunchError, match=r"(?s)migrate failed with exit code 1.*boom"):
        children.run("migrate", [sys.executable, "-c", "raise SystemExit('boom')"])


def test_a_step_that_succeeds_is_not_watched_further(children):
    children.run("migrate", [sys.executable, "-c", "pass"])
    children.check()
    assert children.started == []
