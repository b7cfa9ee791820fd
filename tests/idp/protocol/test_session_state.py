"""OpenID Connect Session Management 1.0 3.2: hash of client, origin, state and salt; dot; salt."""

from __future__ import annotations

import hashlib

import pytest

from idp.oauth import session_state as oauth
from idp.protocol.session_state import session_state

FACTS = {
    "client_id": "bank",
    "origin": "https://rp.example",
    "browser_state": "state",
    "salt": "5a17",
}


def test_the_value_is_the_one_of_the_specification():
    hashed = hashlib.sha256(b"bank https://rp.example state 5a17").hexdigest()
    assert session_state(**FACTS) == f"{hashed}.5a17"


@pytest.mark.parametrize("name", FACTS)
def test_everything_counts(name):
    assert session_state(**FACTS | {name: "another"}) != session_state(**FACTS)


def test_two_clients_cannot_compare_what_they_were_given():
    given = {oauth.session_state("bank", "https://rp.example/callback", "state") for _ in "12"}
    assert len(given) == 2
    for value in given:
        salt = value.partition(".")[2]
        assert value == session_state(**FACTS | {"salt": salt})


def test_a_native_application_has_no_page_to_ask_from():
    assert oauth.session_state("app", "com.example.app:/callback", "state") == ""
