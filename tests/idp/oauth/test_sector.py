"""OpenID Connect Registration 5; OpenID Connect Core 8.1; OIDC.md F8."""

from __future__ import annotations

import pytest

from idp.oauth import sector
from idp.protocol.errors import ErrorCode, ProtocolError
from tests.idp.internet import answer

URI = "https://rp.example/redirect_uris.json"
A, B = "https://a.example/callback", "https://b.example/callback"


@pytest.fixture
def site(internet):
    """The server with the document."""
    return internet.site("rp.example")


def test_the_sector_is_the_host_of_the_document(site):
    site.says = answer([A, B, "https://c.example/"])
    assert sector.check("https://RP.example/redirect_uris.json", [A, B]) == "rp.example"


WRONG = {
    "one is missing": answer([A]),
    "a longer one": answer([A, B + "/"]),
    "not a list": answer({A: B}),
    "not of text": answer([A, B, 1]),
    "not JSON": answer(b"["),
    "nested": answer(b"[" * 60_000),
    "another type": answer([A, B], content_type="text/html"),
    "not found": answer([A, B], status="404 Not Found"),
    "a redirect": answer(status="302 Found", location="https://elsewhere.example/"),
    "too long": answer([A, B, "x" * 70_000]),
}


@pytest.mark.parametrize("says", WRONG.values(), ids=WRONG)
def test_f8_what_was_found_there_is_nobodys_business(site, says):
    site.says = says
    with pytest.raises(ProtocolError) as refused:
        sector.check(URI, [A, B])
    assert refused.value.code == ErrorCode.INVALID_CLIENT_METADATA
    assert refused.value.description == (
        "The sector_identifier_uri must lead to a list of every redirect URI, as JSON."
    )


def test_f8_an_inner_address_is_refused_in_the_same_words(internet, site):
    with pytest.raises(ProtocolError) as outside:
        sector.check(URI, [A])
    internet.name("rp.example", ["10.0.0.1"])
    with pytest.raises(ProtocolError) as inside:
        sector.check(URI, [A])
    assert str(inside.value) == str(outside.value)
    assert (inside.value.detail, outside.value.detail) == ("address", "not a list of URIs")
