"""OIDC.md, checklist C: client authentication. C1 to C3 and C6 have more in
test_client_assertion.py and test_token.py, C7 in the tests of the commands and the admin.

RFC 6749 2.3; RFC 9700 2.5.
"""

from __future__ import annotations

import statistics
import time

import pytest
from django.test import Client as HttpClient

from tests.factories import CLIENT_SECRET, a_client, a_public_client
from tests.idp.relying_party import FORM, basic, form_post

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
REFRESH = {"grant_type": "refresh_token", "refresh_token": "unknown"}


def test_c4_an_unknown_client_and_a_wrong_secret_get_the_same_answer():
    row = a_client()
    answers = [
        form_post("/token", REFRESH, **basic("unknown", "wrong")),
        form_post("/token", REFRESH, **basic(row.client_id, "wrong")),
        form_post("/token", REFRESH, **basic(a_public_client().client_id, "wrong")),
    ]
    for response in answers:
        del response["Content-Security-Policy"]  # has a fresh nonce
        del response["X-Request-ID"]  # is drawn, and says nothing of the request
    assert len({(a.status_code, a.content, str(sorted(a.headers.items()))) for a in answers}) == 1


def test_c4_the_time_of_a_refusal_does_not_tell_whether_the_client_exists():
    """Medians of interleaved requests differ by less than their own spread."""
    row = a_client()
    known, unknown = [], []
    for _ in range(150):
        for name, times in ((row.client_id, known), ("unknown", unknown)):
            began = time.perf_counter()
            form_post("/token", REFRESH, **basic(name, "wrong"))
            times.append(time.perf_counter() - began)
    spread = min(
        statistics.quantiles(t, n=4)[2] - statistics.quantiles(t, n=4)[0] for t in (known, unknown)
    )
    assert abs(statistics.median(known) - statistics.median(unknown)) < max(spread, 0.0005)


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic %%%",
        "Basic /////w==",
        "Basic bm9jb2xvbg==",
        "Basic Og==",
        "Basic JWZmOiVmZg==",
        "Basic YTpiOmM=",
        "Basic " + "QQ" * 40_000,
        "Bearer x",
        "Digest username=x",
        "basic",
        "\xfc",
    ],
)
def test_c5_an_unreadable_authorization_header_is_a_401(header):
    response = HttpClient().post(
        "/token", "grant_type=refresh_token", content_type=FORM, HTTP_AUTHORIZATION=header
    )
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/token", {"grant_type": "client_credentials"}),
        ("/introspect", {"token": "x"}),
    ],
)
def test_c6_a_client_without_a_secret_acts_for_nobody_but_a_person(path, form):
    row = a_public_client(grant_types=["client_credentials", "authorization_code"])
    response = form_post(path, form | {"client_id": row.client_id})
    assert response.status_code in {400, 401}
    assert response.json()["error"] in {"invalid_client", "unauthorized_client"}


@pytest.mark.parametrize(
    "header", ["HTTP_X_CLIENT_CERT", "HTTP_X_SSL_CLIENT_VERIFY", "HTTP_SSL_CLIENT_CERT"]
)
def test_c8_no_header_stands_for_a_client_certificate(header):
    row = a_client()
    form = REFRESH | {"client_id": row.client_id}
    assert form_post("/token", form, **{header: "SUCCESS"}).status_code == 401
    form |= {"client_secret": CLIENT_SECRET}  # nor for another method than the registered one
    assert form_post("/token", form, **{header: "SUCCESS"}).status_code == 401
