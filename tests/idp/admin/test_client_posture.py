"""RFC 9700; RFC 8252; FAPI 2.0: an administrator sees how each client stands, and why."""

from __future__ import annotations

import re

import pytest

from idp.models import Client
from tests.factories import a_client, sha256
from tests.idp.admin.pages import url

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
SOUND = {
    "token_endpoint_auth_method": "private_key_jwt",
    "backchannel_logout_uri": "https://rp.example/logout",
}


def listed(administrator, **query):
    """Return the names in the list."""
    page = administrator.get(url(Client, "changelist"), query).content.decode()
    return set(re.findall(r"Bank [A-Z]", page))


@pytest.fixture
def clients():
    implicit = {"grant_types": ["authorization_code", "implicit"]}
    a_client(name="Bank A", redirect_uris=["https://shop.example/callback"], **SOUND)
    a_client(name="Bank B")
    a_client(name="Bank C", require_pkce=False, is_active=False, **SOUND)
    a_client(name="Bank D", response_types=["code", "id_token token"], **implicit)
    a_client(name="Bank E", registration_token_sha256=sha256("its token"), **SOUND)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"Bank A", "Bank B", "Bank C", "Bank D", "Bank E"}),
        ({"posture": "ok"}, {"Bank A"}),
        ({"posture": "notes"}, {"Bank B", "Bank E"}),
        ({"posture": "warnings"}, {"Bank C", "Bank D"}),
        ({"finding": "no_pkce"}, {"Bank C"}),
        ({"finding": "implicit"}, {"Bank D"}),
        ({"finding": "secret"}, {"Bank B", "Bank D"}),
        ({"finding": "deaf"}, {"Bank B", "Bank D"}),
        ({"origin": "itself"}, {"Bank E"}),
        ({"state": "inactive"}, {"Bank C"}),
        ({"posture": "warnings", "state": "active"}, {"Bank D"}),
        ({"state": "neither"}, {"Bank A", "Bank B", "Bank C", "Bank D", "Bank E"}),
        ({"q": "shop.example"}, {"Bank A"}),
        ({"q": '"Bank B"'}, {"Bank B"}),
        (
            {"finding": "nothing known"},
            {"Bank A", "Bank B", "Bank C", "Bank D", "Bank E"},
        ),
    ],
)
def test_clients_are_found_by_how_they_stand(administrator, clients, query, names):
    assert listed(administrator, **query) == names


def test_a_client_s_page_says_what_to_mend(administrator):
    client = a_client(require_pkce=False)
    page = administrator.get(url(Client, "change", client.pk)).content.decode()
    assert 'data-posture="warnings"' in page
    assert "RFC 9700, section 2.1.1" in page
    assert "Turn on “require PKCE”" in page
    assert "this provider offers neither DPoP" in page


def test_a_sound_client_s_page_says_so(administrator):
    page = administrator.get(url(Client, "change", a_client(**SOUND).pk)).content.decode()
    assert 'data-posture="ok"' in page
    assert "Nothing to mend" in page


def test_a_client_that_does_not_exist_yet_has_no_posture(administrator):
    assert (
        "data-posture"
        not in administrator.get(url(Client, "add"), {"kind": "other"}).content.decode()
    )
