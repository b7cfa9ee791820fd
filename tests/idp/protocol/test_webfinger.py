"""RFC 7033 4; RFC 7565; OpenID Connect Discovery 1.0 2.2: accounts and pages of one host."""

from __future__ import annotations

import pytest

from idp.protocol.webfinger import is_ours, is_resource

ISSUER = "https://OP.example:8443/tenant"


@pytest.mark.parametrize(
    "resource",
    [
        "acct:joe@op.example",
        "acct:joe@op.example:8443",
        "ACCT:joe@OP.EXAMPLE",
        "acct:joe%40elsewhere.example@op.example",
        "https://op.example:8443",
        "https://op.example:8443/joe?x#y",
        "https://joe@op.example:8443/",
        ISSUER,
    ],
)
def test_what_is_at_the_host_is_ours(resource):
    assert is_resource(resource)
    assert is_ours(resource, ISSUER)


@pytest.mark.parametrize(
    "resource",
    [
        "acct:joe@elsewhere.example",
        "acct:joe@op.example.elsewhere.example",
        "acct:joe@op.example@elsewhere.example",
        "acct:@op.example",
        "acct:joe",
        "acct:op.example",
        "mailto:joe@op.example",
        "http://op.example:8443/",
        "https://op.example/",
        "https://op.example:8443@elsewhere.example/",
        "https://[::1/",
        "urn:x:op.example",
    ],
)
def test_what_is_elsewhere_is_not(resource):
    assert is_resource(resource)
    assert not is_ours(resource, ISSUER)


@pytest.mark.parametrize(
    "text", ["", "joe", "joe@op.example", "acct:", "acct:a b@x", "acct:ä@x", "a:" + "b" * 2048]
)
def test_what_is_no_uri_is_malformed(text):
    assert not is_resource(text)
