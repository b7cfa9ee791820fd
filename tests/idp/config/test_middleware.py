"""OIDC.md G2-G4 (a page's powers are small); PERFORMANCE (no session work where none is needed)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from idp.config.middleware import AdminAuthentication, AdminSession, BrowserSecurity


@pytest.fixture
def answer(rf):
    def through(path, **headers):
        return BrowserSecurity(lambda _request: HttpResponse(headers=headers))(rf.get(path))

    return through


def test_g2_a_page_may_neither_film_nor_be_framed(answer):
    headers = answer("/interaction/x/login").headers
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_g3_inline_scripts_need_the_nonce_of_their_own_answer(answer):
    policies = {answer("/account/").headers["Content-Security-Policy"] for _ in range(2)}
    assert len(policies) == 2
    assert not any("unsafe" in policy for policy in policies)


def test_a_view_that_needs_more_says_so_itself(answer):
    headers = answer("/biometric/capture/x", **{"Permissions-Policy": "camera=(self)"}).headers
    assert headers["Permissions-Policy"] == "camera=(self)"


def test_only_the_administration_may_evaluate_expressions(answer):
    assert "unsafe-eval" in answer("/admin/").headers["Content-Security-Policy"]
    assert "unsafe-eval" not in answer("/administrator").headers["Content-Security-Policy"]


@pytest.mark.parametrize("middleware", [AdminSession, AdminAuthentication])
def test_protocol_endpoints_have_no_session_and_no_user(rf, middleware):
    request = rf.get("/token")
    middleware(lambda _request: HttpResponse())(request)
    assert not hasattr(request, "session")
    assert not hasattr(request, "user")
