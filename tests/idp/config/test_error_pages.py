"""OIDC.md L6: where nothing else answers, a page of ours does, and tells nothing of the inside."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient
from django.urls import path
from django.views import defaults


def test_an_address_that_leads_nowhere_is_answered_by_a_page():
    response = HttpClient().get("/nowhere/<script>", headers={"Accept-Language": "de"})
    page = response.content.decode()
    assert response.status_code == 404
    assert 'data-page="error"' in page
    assert "Diese Seite gibt es nicht" in page
    assert "script>" not in page


@pytest.mark.parametrize(
    ("view", "status"), [(defaults.bad_request, 400), (defaults.server_error, 500)]
)
def test_a_fault_is_answered_by_a_page_without_the_cause(rf, view, status):
    cause = [ValueError("a secret of the inside")] if status == 400 else []
    response = view(rf.get("/"), *cause)
    page = response.content.decode()
    assert response.status_code == status
    assert 'data-page="error"' in page
    assert "secret of the inside" not in page


def test_a_view_that_fails_shows_neither_trace_nor_setting(settings):
    def fails(_request):
        secret = "a secret of the inside"
        raise RuntimeError(secret)

    settings.ROOT_URLCONF = (path("fails", fails),)
    response = HttpClient(raise_request_exception=False).get("/fails")
    page = response.content.decode()
    assert response.status_code == 500
    assert 'data-page="error"' in page
    for inside in ("a secret of the inside", "Traceback", "RuntimeError", "settings"):
        assert inside not in page
