"""Child processes of a launcher: started with a log, watched, and stopped as a whole."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from idp.management.ports import listens

STOP_SECONDS = 10.0
POLL_SECONDS = 0.1


class LaunchError(Exception):
    """A start that cannot go on; the text is one clear sentence for the person who started it."""


@dataclass(slots=True)
class Child:
    """One process in a session of its own, so that Ctrl-C reaches it through the launcher."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def exited(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def tail(self, lines: int = 15) -> str:
        """Return the last lines of the log."""
        with self.log.open(errors="replace") as file:
            return "".join(deque(file, maxlen=lines)).rstrip()

    def listens(self, port: int) -> bool:
        """Whether the listener on `port` belongs to this process or its children."""
        return listens(session=self.process.pid, port=port)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and to everything that it started."""
        with contextlib.suppress(ProcessLookupError):  # it may be gone already
            os.killpg(self.process.pid, number)


@dataclass(slots=True)
class Children:
    """The processes of one launcher. Leaving the ``with`` block stops them, last first."""

    logs: Path
    environment: Mapping[str, str]
    started: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Make room for the logs."""
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop everything that was started."""
        self.stop()

    def start(self, name: str, command: list[str], **environment: str) -> Child:
        """Start one process; its output goes to ``<name>.log``."""
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - commands are our own, not a person's input
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**self.environment, **environment},
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.started.append(child)
        return child

    def run(self, name: str, command: list[str]) -> None:
        """Run one process to its end.

        Raises:
            LaunchError: it failed; the text carries the tail of its log.
        """
        child = self.start(name, command)
        code = child.process.wait()
        self.started.remove(child)
        if code:
            message = f"{name} failed with exit code {code}. {child.log} ends with:\n{child.tail()}"
            raise LaunchError(message)

    def wait_for(self, child: Child, ready: Callable[[], bool], *, seconds: float = 90) -> None:
        """Wait until `ready()` holds, while every child lives.

        Raises:
            LaunchError: a child died, or the time is up.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                message = (
                    f"{child.name} did not answer within {seconds:.0f} seconds. "
                    f"{child.log} ends with:\n{child.tail()}"
                )
                raise LaunchError(message)
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise when a child has died.

        Raises:
            LaunchError: with the tail of the dead child's log.
        """
        for child in self.started:
            if child.exited:
                message = (
                    f"{child.name} stopped with exit code {child.process.returncode}. "
                    f"{child.log} ends with:\n{child.tail()}"
                )
                raise LaunchError(message)

    def stop(self) -> None:
        """Stop all: ask, wait, then kill what is left, together with its own children."""
        for child in reversed(self.started):
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.started):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
        self.started.clear()
