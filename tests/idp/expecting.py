"""What an authorization error looks like, to the person and to the client. RFC 6749 4.1.2.1."""

from __future__ import annotations

from html import unescape

from idp.models import AuthorizationCode
from tests.idp.relying_party import ISSUER, answer


def assert_page(response, *, says=""):
    """Tell the person, and nobody else."""
    assert response.status_code == 400
    assert "Location" not in response
    assert 'data-page="error"' in response.content.decode()
    assert says in unescape(response.content.decode())


def assert_error(response, error, *, state="the state"):
    given = answer(response)
    assert given["error"] == error
    assert given["iss"] == ISSUER
    assert given.get("state") == state
    assert "code" not in given
    assert not AuthorizationCode.objects.exists()
