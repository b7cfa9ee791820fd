"""One entry of a plan, begun and finished; in between others may run."""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator

from tests.conformance.oidf.module import MODULES, Result, SkippedModuleError
from tests.conformance.oidf.plans import Entry
from tests.conformance.oidf.run import Run, World


class Attempt:
    """A module that is run once, in one variant."""

    def __init__(self, world: World, entry: Entry) -> None:
        self.module = MODULES[entry.module]
        self.run = Run(world, self.module, entry.variant)
        self._rest: Generator[float, None, None] | None = None
        self._fault: Exception | None = None
        self._due = 0.0

    @property
    def waits(self) -> bool:
        """Whether the module waits somewhere."""
        return inspect.isgeneratorfunction(self.module.body)

    def begin(self) -> None:
        """Go as far as the wait. What goes wrong is told by the module's own test."""
        self._rest = self.module.body(self.run)
        try:
            self._due = time.monotonic() + next(self._rest)
        except Exception as fault:  # noqa: BLE001 - raised again by `finish`
            self._fault = fault

    def finish(self) -> tuple[Result, str]:
        """Go to the end, waiting for what is left of the time; return result and remark."""
        try:
            self._go_on()
        except SkippedModuleError as reason:
            return Result.SKIPPED, str(reason)
        finally:
            self.run.unregister()
        return self.run.result, "; ".join(self.run.warnings or self.run.reviews)

    def _go_on(self) -> None:
        if not self.waits:
            self.module.body(self.run)
            return
        if self._rest is None:
            self.begin()
        if self._fault:
            raise self._fault
        time.sleep(max(0.0, self._due - time.monotonic()))
        for seconds in self._rest or ():
            time.sleep(seconds)
