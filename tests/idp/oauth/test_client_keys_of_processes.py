"""OIDC.md F6: one fetch serves every process. With Redis, as a deployment has it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time

import pytest
from joserfc.jwk import ECKey

from idp.config.embedded import redis_command, redis_socket
from idp.management.deployment import ROOT
from tests.idp.internet import answer

PROCESSES = 3
ASK = """
import sys
import django
django.setup()
from idp.models import Client
from idp.oauth.client_keys import NoKeyError, verification_keys
client = Client(client_id="bank", jwks_uri=sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    try:
        found = [key.kid for key in verification_keys(client, kid=line.strip())]
    except NoKeyError:
        found = []
    print(found, flush=True)
"""


@pytest.fixture
def environment(tmp_path):
    """The environment of the product's own settings, with a Redis of this test alone."""
    socket = redis_socket(tmp_path)
    with subprocess.Popen(redis_command(socket), stdout=subprocess.DEVNULL) as redis:
        until = time.monotonic() + 20
        while not socket.is_socket() and time.monotonic() < until:
            time.sleep(0.05)
        yield {
            **{name: value for name, value in os.environ.items() if "DATABASE_URL" not in name},
            "DJANGO_SETTINGS_MODULE": "idp.config.settings",
            "COUNTERSIGN_STATE": str(tmp_path),
            "COUNTERSIGN_ISSUER": "http://localhost:8000",
            "COUNTERSIGN_FETCH_LOOPBACK": "1",
            "REDIS_URL": f"unix://{socket}",
            "PYTHONPATH": str(ROOT),
        }
        redis.terminate()


@pytest.fixture
def site(internet):
    """A server of this machine that takes its time."""
    site = internet.local_site()

    def slowly(_):
        time.sleep(0.5)
        return answer({"keys": [ECKey.generate_key("P-256").as_dict(private=False, kid="one")]})

    site.says = slowly
    return site


@pytest.fixture
def processes(environment, site):
    """Processes that know the client, each ready to be asked."""
    command = [sys.executable, "-c", ASK, f"http://127.0.0.1:{site.port}/jwks"]
    with contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(PROCESSES)
        ]
        assert [process.stdout.readline() for process in started] == ["ready\n"] * PROCESSES
        yield started
        for process in started:
            process.stdin.close()


def ask(processes, kid):
    """Ask all of them at once; return what each has found."""
    for process in processes:
        process.stdin.write(f"{kid}\n")
        process.stdin.flush()
    return [process.stdout.readline().strip() for process in processes]


def test_f6_of_all_processes_one_fetches(processes, site):
    assert ask(processes, "one") == ["['one']"] * PROCESSES
    assert len(site.requests) == 1
    assert ask(processes, "unknown") == ["[]"] * PROCESSES
    assert len(site.requests) == 2
