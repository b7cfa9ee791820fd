"""A module of the suite: its id, the function that ports it, and the result it must have."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Body = Callable[[Any], Generator[float, None, None] | None]


class Result(StrEnum):
    """The suite's own words. REVIEW: a person looks at a page; here the port looks at it."""

    PASSED = "PASSED"
    WARNING = "WARNING"
    REVIEW = "REVIEW"
    SKIPPED = "SKIPPED"


class SkippedModuleError(Exception):
    """The provider does not offer what the module tests, as the suite permits."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module. `signed_in`: it may begin with a browser that has signed in before.

    A body that must wait is a generator: it yields the seconds, and others run meanwhile.
    """

    id: str
    body: Body
    expected: Result
    signed_in: bool


MODULES: dict[str, Module] = {}


def module(
    identifier: str, *, expected: Result = Result.PASSED, signed_in: bool = True
) -> Callable[[Body], Body]:
    """Register the function below as the port of `identifier`."""

    def register(body: Body) -> Body:
        assert identifier not in MODULES, f"{identifier} is ported twice"
        MODULES[identifier] = Module(identifier, body, expected, signed_in)
        return body

    return register
