"""OpenID Connect Core 5.4, 5.5; OIDC.md 6.6."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.claims import SCOPE_OF, ClaimsRequest, parse, released
from idp.protocol.errors import ProtocolError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
PERSON = {
    "name": "Alice Archer",
    "nickname": "",
    "birthdate": None,
    "email": "alice@example.org",
    "email_verified": False,
    "secret": "not a claim",
}


def test_the_example_of_the_specification():
    asked = parse(
        json.dumps(
            {
                "userinfo": {
                    "given_name": {"essential": True},
                    "nickname": None,
                    "email": {"essential": True},
                    "http://example.info/claims/groups": None,
                },
                "id_token": {
                    "auth_time": {"essential": True},
                    "acr": {"values": ["urn:mace:incommon:iap:silver"]},
                },
            }
        )
    )
    assert asked == ClaimsRequest(
        userinfo={"given_name": [], "nickname": [], "email": []},
        acr_values=("urn:mace:incommon:iap:silver",),
    )
    assert asked.scopes == {"profile", "email"}


@pytest.mark.parametrize(
    ("acr", "values", "essential"),
    [
        (None, (), False),
        ({"essential": True}, (), False),
        ({"value": "a"}, ("a",), False),
        ({"essential": True, "value": "a"}, ("a",), True),
        ({"essential": True, "values": ["b", "a"]}, ("b", "a"), True),
        ({"essential": False, "values": ["b"]}, ("b",), False),
        ({"essential": "true", "values": ["b"]}, ("b",), False),
    ],
)
def test_acr(acr, values, essential):
    asked = parse(json.dumps({"id_token": {"acr": acr}}))
    assert (asked.acr_values, asked.acr_essential) == (values, essential)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '{"id_token": []}',
        '{"id_token": {"acr": 1}}',
        '{"id_token": {"acr": {"values": "a"}}}',
        '{"id_token": {"acr": {"values": [1]}}}',
        '{"id_token": {"acr": {"value": null}}}',
        '{"id_token": {"sub": {"value": 1}}}',
        '{"userinfo": {"name": true}}',
        r'{"userinfo": {"name": {"value": "a\u0000"}}}',
        r'{"id_token": {"sub": {"value": "\ud800"}}}',
        '{"userinfo": {"name": {"value": NaN}}}',
        '{"userinfo": {"name": {"value": ' + "[" * 500 + "]" * 500 + "}}}",
        "[" * 100_000,
        "1" * 10_000,
    ],
)
def test_another_shape_is_refused(text):
    with pytest.raises(ProtocolError):
        parse(text)


@given(st.dictionaries(st.sampled_from(["id_token", "userinfo", "x"]), JSON))
def test_any_json_is_read_or_refused(document):
    try:
        asked = parse(json.dumps(document))
    except ProtocolError:
        return
    assert asked.id_token.keys() | asked.userinfo.keys() <= SCOPE_OF.keys()


def test_a_request_is_cut_to_the_client_s_scopes():
    asked = ClaimsRequest({"name": [], "email": []}, {"email": ["x"]}, subject="s")
    assert asked.within({"profile"}) == ClaimsRequest({"name": []}, subject="s")
    assert asked.within({"email"}) == ClaimsRequest({"email": []}, {"email": ["x"]}, subject="s")


@pytest.mark.parametrize(
    ("how", "returned"),
    [
        (None, True),
        ({"essential": True}, True),
        ({"value": "alice@example.org"}, True),
        ({"values": ["bob@example.org", "alice@example.org"]}, True),
        ({"values": []}, True),
        ({"value": "bob@example.org"}, False),
        ({"essential": True, "values": ["bob@example.org", None]}, False),
    ],
)
def test_a_claim_asked_for_with_a_value_is_returned_with_that_value_or_not_at_all(how, returned):
    asked = parse(json.dumps({"userinfo": {"email": how}})).userinfo
    assert ("email" in released(PERSON, [], asked)) is returned
    assert "email" in released(PERSON, ["email"], asked)


def test_only_what_is_open_and_known_is_released():
    assert released(PERSON, ["openid", "email"]) == {
        "email": "alice@example.org",
        "email_verified": False,
    }
    assert released(PERSON, ["profile"]) == {"name": "Alice Archer"}
    assert released(PERSON, [], {"name": [], "nickname": []}) == {"name": "Alice Archer"}
    assert released(PERSON, ["secret"]) == {}
