"""Issue 2, "The house": starting the demo twice, or with a port taken, gives a clear sentence."""

from __future__ import annotations

import os
import socket

import pytest

from idp.management import demo
from idp.management.processes import LaunchError


@pytest.fixture
def served():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_second_start_names_the_first(tmp_path):
    first, second = demo._only_one(tmp_path / "lock"), demo._only_one(tmp_path / "lock")
    with first, pytest.raises(LaunchError, match=rf"already running .*process {os.getpid()}"):
        second.__enter__()


def test_the_lock_of_a_demo_that_ended_is_free(tmp_path):
    for _ in range(2):
        with demo._only_one(tmp_path / "lock"):
            pass


def test_a_configured_port_that_is_taken_is_refused(monkeypatch, served):
    monkeypatch.setenv("PORT", str(served))
    with pytest.raises(LaunchError, match=f"Port {served}, configured for the provider by PORT"):
        demo._port("PORT", 8000, "the provider")


@pytest.mark.parametrize("value", ["no", "0", "70000", "-1"])
def test_a_configured_port_must_be_one(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(LaunchError, match="must be a port number"):
        demo._port("PORT", 8000, "the provider")


def test_the_usual_port_gives_way_when_it_is_taken(monkeypatch, served, capsys):
    monkeypatch.delenv("PORT", raising=False)
    assert demo._port("PORT", served, "the provider") != served
    assert f"port {served} is taken" in capsys.readouterr().out
