"""What must be found nowhere, and everywhere to look for it. R-5.4.2-2, R-9.4-2."""

from __future__ import annotations

import base64
import contextlib
import re
import sqlite3
from collections import Counter

import numpy as np
import psycopg
import redis

from biometric_auth.domain import quality, verification
from biometric_auth.domain.enrolment import accept_capture, make_reference
from biometric_auth.domain.vocabulary import BiometricSample, Features, Frame
from biometric_auth.engines.face import FaceEngine
from biometric_auth.reference_agent.browser import Browser

WINDOW = 24
DIGITS = 7


class RecordingBrowser(Browser):
    """A browser that remembers every body that it receives."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def send(self, *arguments, **options):
        page = super().send(*arguments, **options)
        self.heard.append(page.body)
        return page


def of(filmed, models):
    """Return byte strings by name: pieces of frames, of features, digits of scores."""
    engine = FaceEngine(models)
    captures = []
    for steps, taken in filmed:
        sample = BiometricSample(tuple(Frame(*frame) for frame in taken))
        captures.append((sample, engine.observe(sample), steps))
    *enrolment, (sample, observations, steps) = captures
    accepted = [
        accept_capture(sample=one, observations=seen, steps=asked, engine=engine)
        for one, seen, asked in enrolment
    ]
    taken = [features for features in accepted if isinstance(features, Features)]
    reference = make_reference(taken, engine=engine)
    probe = verification.examine(
        sample=sample,
        observations=observations,
        steps=steps,
        engine=engine,
        limits=quality.VERIFICATION,
    ).probe
    score = engine.compare(probe, reference.features)
    frames = [frame for _, shown in filmed for frame, _, _ in shown]
    vectors = [one.features.vector for _, seen, _ in captures for one in seen]
    return {
        "frames": _forms(frame[at : at + WINDOW] for frame in frames for at in (700, 3000, 7000)),
        "features": _forms(_pieces([*vectors, probe.vector])),
        "template": _forms(_pieces([reference.features.vector])),
        "score": [str(score)[:DIGITS].encode()],
    }


def _pieces(vectors):
    for vector in vectors:
        for kind in (np.float32, np.float64, np.float16):
            yield vector.astype(kind).tobytes()[:WINDOW]
        yield np.round(vector * 127).astype(np.int8).tobytes()[:WINDOW]
        yield str(float(vector[0]))[:DIGITS].encode()


def _forms(pieces):
    """Return each piece as it is, in hexadecimal and in base64 at each alignment."""
    forms = []
    for piece in pieces:
        forms += [piece, piece.hex().encode()]
        if len(piece) == WINDOW:
            forms += [base64.b64encode(piece[at : at + 18]) for at in range(3)]
            forms += [base64.urlsafe_b64encode(piece[at : at + 18]) for at in range(3)]
    return forms


def places(deployment):
    """Return what can be read of a deployment, by place."""
    return {
        "databases": [*_database_bytes(deployment)],
        "queue": [*_redis_values(deployment)],
        "logs": [path.read_bytes() for path in (deployment.state / "logs").iterdir()],
        "admin": [*_admin_pages(deployment)],
    }


def _database_bytes(deployment):
    if "DATABASE_URL" not in deployment.variables:
        for path in deployment.state.glob("*.sqlite3*"):
            yield path.read_bytes()
        return
    for variable in ("DATABASE_URL", "BIOMETRIC_DATABASE_URL"):
        with psycopg.connect(deployment.variables[variable]) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            for (table,) in tables:
                with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                    yield b"".join(bytes(row) for row in rows)


def _redis_values(deployment):
    client = redis.Redis.from_url(deployment.variables["REDIS_URL"])
    for key in client.scan_iter(count=1000):
        with contextlib.suppress(redis.ResponseError):
            yield client.dump(key) or b""


def _admin_pages(deployment):
    """Read every list and every row that the administrator can open."""
    browser = Browser()
    start = browser.get(deployment.issuer + "/admin/")
    form = start.form("id_username")
    form.fill({"id_username": "admin", "id_password": deployment.accounts()["admin"]["password"]})
    index = browser.submit(form, page=start)
    lists = set(re.findall(rb'href="(/admin/(?:idp|biometric_auth)/\w+/)"', index.body))
    assert len(lists) > 5, "the administrator sees the tables"
    for address in sorted(lists):
        page = browser.get(deployment.issuer + address.decode())
        yield page.body
        for row in sorted(set(re.findall(re.escape(address) + rb"[\w-]+/change/", page.body))):
            yield browser.get(deployment.issuer + row.decode()).body


def subjects(deployment):
    """Return the subjects that have a reference."""
    return [row[0] for row in _select(deployment, "subject")]


def references(deployment):
    """Return how many references are in each state."""
    return Counter(row[0] for row in _select(deployment, "state"))


def templates_of(deployment, state):
    """Return what is kept of the references in `state`."""
    rows = _select(deployment, "state, sealed_template")
    return [bytes(sealed) for at, sealed in rows if at == state]


def _select(deployment, columns):
    query = f"SELECT {columns} FROM biometric_auth_biometricreference"
    if url := deployment.variables.get("BIOMETRIC_DATABASE_URL"):
        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()
    with contextlib.closing(sqlite3.connect(deployment.state / "biometric.sqlite3")) as connection:
        return connection.execute(query).fetchall()
