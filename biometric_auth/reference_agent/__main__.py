"""The reference agent's command line: ``python -m biometric_auth.reference_agent --help``."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from biometric_auth.reference_agent import device as devices
from biometric_auth.reference_agent.browser import Browser, Unreachable
from biometric_auth.reference_agent.camera import open_camera
from biometric_auth.reference_agent.camera_server import CameraServer, People
from biometric_auth.reference_agent.challenge import ChallengeRejected
from biometric_auth.reference_agent.client import Agent, Refused
from biometric_auth.reference_agent.device import Device
from biometric_auth.reference_agent.journey import Journey, JourneyEnded, Traveller

SERVER = "http://localhost:8000"
COOKIE = "countersign_browser"
CAMERA = "portrait, folder of images, or video file that plays the camera"
FAULTS = (ChallengeRejected, JourneyEnded, Refused, Unreachable, OSError, ValueError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 1 when it came to nothing."""
    given = _parser().parse_args(arguments)
    try:
        outcome: int = given.run(given)
    except FAULTS as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return outcome


def journey(given: argparse.Namespace) -> int:
    """Walk the whole journey."""
    password = given.password or getpass.getpass(f"Password of {given.username}: ")
    traveller = Traveller(
        relying_party=given.rp.rstrip("/"),
        provider=given.provider.rstrip("/"),
        username=given.username,
        password=password,
        camera=open_camera(given.camera),
        still=given.still,
        deny=given.deny,
        payee=given.payee,
        amount=given.amount,
        device_file=given.device,
    )
    said = Journey(traveller, _say).run()
    _say(f"acr  {said.before.get('acr')}  ->  {said.after.get('acr')}")
    return 0


def camera(given: argparse.Namespace) -> int:
    """Serve the simulated telephone until it is stopped."""
    people = People(given.portraits, open_camera)
    with CameraServer(given.port, origin=given.origin, people=people) as server:
        names = ", ".join(one["id"] for one in people.listed()) or "nobody"
        _say(f"simulated camera at http://localhost:{server.server_port} for {given.origin}")
        _say(f"people: {names}")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


def capture(given: argparse.Namespace) -> int:
    """Answer one open transaction."""
    browser = Browser()
    prefix = "__Host-" if urlsplit(given.provider).scheme == "https" else ""
    browser.put_cookie(given.provider, prefix + COOKIE, given.browser)
    known = devices.load(given.device)
    agent = Agent(browser, given.provider, given.transaction, known or Device.create())
    asked = agent.look()
    _say(f"{asked.client_name} asks: {asked.text}")
    if given.deny:
        _say(f"denied; the browser goes to {agent.deny()}")
        return 0
    if asked.purpose == "enrolment":
        if asked.consent_version:
            _say(f"consent:\n{asked.consent_text}")
            agent.consent(asked)
        if agent.device.identifier not in asked.devices:
            agent.register("Reference agent")
            devices.save(agent.device, given.device)
    answer = agent.approve(asked, open_camera(given.camera), still=given.still, say=_say)
    _say(f"the browser goes to {answer.continue_to}" if answer.continue_to else answer.state)
    return 0 if answer.state in {"matched", "enrolled"} else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m biometric_auth.reference_agent",
        description="A headless authentication agent. It speaks the agent's protocol with images "
        "as its camera, for tests, measurements and integrators.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _journey_options(
        commands.add_parser(
            "journey", help="sign in, enrol by face, step up at the relying party, spend the token"
        )
    )
    _camera_options(
        commands.add_parser("camera", help="serve the simulated camera to the capture page")
    )
    _capture_options(commands.add_parser("capture", help="answer one open transaction"))
    return parser


def _journey_options(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=journey)
    command.add_argument(
        "--rp", default="http://localhost:8001", help="relying party (%(default)s)"
    )
    command.add_argument("--provider", default=SERVER, help="its provider (%(default)s)")
    command.add_argument("--username", default="alice", help="who signs in (%(default)s)")
    command.add_argument("--password", help="asked for when it is not given")
    command.add_argument("--payee", default="Harbour Bakery", help="who gets it (%(default)s)")
    command.add_argument("--amount", default="12.50", help="how much (%(default)s)")
    command.add_argument("--device", type=Path, metavar="FILE", help="keep the device key here")
    _camera_arguments(command)


def _camera_options(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=camera)
    command.add_argument("--port", type=int, default=8002, help="port on 127.0.0.1 (%(default)s)")
    command.add_argument("--origin", required=True, help="the only origin that may ask")
    command.add_argument(
        "--portraits", type=Path, required=True, metavar="DIR", help="one image for each person"
    )


def _capture_options(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=capture)
    command.add_argument("--provider", default=SERVER, help="the server (%(default)s)")
    command.add_argument(
        "--transaction", required=True, metavar="ID", help="from the page's address"
    )
    command.add_argument(
        "--browser", required=True, metavar="VALUE", help=f"the browser's cookie {COOKIE}"
    )
    command.add_argument(
        "--device", type=Path, required=True, metavar="FILE", help="the device key"
    )
    _camera_arguments(command)


def _camera_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--camera", "--portrait", type=Path, required=True, metavar="PATH", help=CAMERA
    )
    command.add_argument("--still", action="store_true", help="hold it still: answer no head turn")
    command.add_argument("--deny", action="store_true", help='say "not me" to the first question')


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
