"""Issue 2, "The house": a taken port gives a clear sentence; no stranger answers for us."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from idp.management.ports import free_port, is_free, listens


@pytest.fixture
def served():
    """A port that this process serves."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_served_port_is_not_free(served):
    assert not is_free(served)


def test_a_port_that_only_ipv6_serves_is_not_free():
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server:
        assert not is_free(server.getsockname()[1])


def test_a_free_port_is_kept(served):
    port = free_port()
    assert is_free(port)
    assert free_port(port) == port


def test_a_taken_port_is_replaced(served):
    replacement = free_port(served)
    assert replacement != served
    assert is_free(replacement)


def test_our_own_listener_is_recognised(served):
    assert listens(session=os.getsid(0), port=served)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc")
def test_the_listener_of_another_session_is_not_ours(served):
    assert not listens(session=2**22 + 1, port=served)
