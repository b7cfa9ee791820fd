"""`make demo`: the whole product on this machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from idp.management.deployment import ROOT, Deployment, prepare, serve
from idp.management.ports import free_port, is_free
from idp.management.processes import Children, LaunchError

STATE = ROOT / "var" / "demo"
WATCH_SECONDS = 0.5
INVITATION = """
Countersign runs. The assurance profile is self-assessed: a demo, not an evaluation.

  relying party   {rp}          start here
  your account    {issuer}/account/
  your face data  {issuer}/biometric/portal/
  administration  {issuer}/admin/      a password opens it here; elsewhere, level 2
  discovery       {issuer}/.well-known/openid-configuration
{people}
What to try
  1. Open {rp} and sign in as alice with the password: a low level.
  2. Enrol a face on {issuer}/biometric/portal/
  3. Back at the relying party, transfer money: it needs a high level, so the provider asks for
     the face, and the page shows what changed in the tokens (acr, amr, auth_time).
  No camera? Choose "Use the simulated phone" on the capture page: enrol and confirm with the
  same portrait, then see another one, or a still photograph, refused. Or run `make phone` in
  another terminal: it walks the same journey as bob, without a browser.
  On a server without a screen, forward the ports first:
     ssh -L {port}:localhost:{port} -L {rp_port}:localhost:{rp_port} \\
         -L {camera_port}:localhost:{camera_port} SERVER

Letters to people (recovery, new keys) are files in {outbox}.
Logs are in {logs}. Ctrl-C stops everything.
"""


def main() -> int:
    """Start the demo and watch over it; the exit code is 1 after a failure."""
    _on_signals(_interrupt)
    STATE.mkdir(parents=True, exist_ok=True)
    try:
        with _only_one(STATE / "lock"):
            _run(_deployment())
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Everything that was started has ended.")
    return 0


def _run(deployment: Deployment) -> None:
    with Children(STATE / "logs", deployment.environment()) as children:
        try:
            prepare(deployment, children, _say)
            serve(deployment, children, _say)
            addresses = {"rp_url": deployment.rp_url, "issuer": deployment.issuer}
            (STATE / "running.json").write_text(json.dumps(addresses))
            print(_invitation(deployment), flush=True)
            while True:
                time.sleep(WATCH_SECONDS)
                children.check()
        finally:
            # An impatient second Ctrl-C must not leave processes behind.
            _on_signals(signal.SIG_IGN)
            _say("stopping")


def _deployment() -> Deployment:
    return Deployment(
        state=STATE,
        port=_port("PORT", 8000, "the provider"),
        rp_port=_port("RP_PORT", 8001, "the relying party"),
        camera_port=_port("CAMERA_PORT", 8002, "the simulated phone"),
    )


def _port(variable: str, preferred: int, what: str) -> int:
    """Return the configured port, or the usual one, or a free one in its place."""
    if configured := os.environ.get(variable):
        if not configured.isdecimal() or not 0 < int(configured) < 2**16:
            message = f"{variable} must be a port number, not {configured!r}."
            raise LaunchError(message)
        if not is_free(int(configured)):
            message = (
                f"Port {configured}, configured for {what} by {variable}, is taken by another "
                f"program. Stop that program, or choose another port: {variable}=18000 make demo"
            )
            raise LaunchError(message)
        return int(configured)
    port = free_port(preferred)
    if port != preferred:
        _say(f"port {preferred} is taken by another program: {what} uses {port}")
    return port


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the demo's lock; the system lets go of it however this process ends."""
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            message = (
                f"The demo is already running from this folder (process {lock.read().strip()}). "
                "Use it, or stop it with Ctrl-C in its terminal."
            )
            raise LaunchError(message) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _invitation(deployment: Deployment) -> str:
    people = "".join(
        f"\n  {name:<15} password {account['password']}   {account['about']}"
        for name, account in deployment.accounts().items()
        if "password" in account
    )
    return INVITATION.format(
        rp=deployment.rp_url,
        issuer=deployment.issuer,
        port=deployment.port,
        rp_port=deployment.rp_port,
        camera_port=deployment.camera_port,
        people=people + "\n",
        outbox=_relative(STATE / "outbox"),
        logs=_relative(STATE / "logs"),
    )


def _relative(path: Path) -> Path:
    return path.relative_to(ROOT)


def _say(text: str) -> None:
    width = shutil.get_terminal_size().columns
    print(f"  {text}"[:width], flush=True)


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt


def _on_signals(reaction: Callable[..., None] | signal.Handlers) -> None:
    """React to Ctrl-C, `kill` and a closed terminal alike."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, reaction)


if __name__ == "__main__":
    sys.exit(main())
