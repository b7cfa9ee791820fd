"""RFC 7591 2, 3.2.2: whatever a client sends is read whole or refused in the words of the RFC."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import client_metadata, client_rules
from idp.protocol.errors import ProtocolError
from idp.protocol.response_type import RESPONSE_TYPES
from tests.idp.protocol.test_client_metadata import JWKS, URI

TEXT = st.text(max_size=30) | st.sampled_from(
    [URI, "https://[", "http://127.0.0.1:1/", "none", "private_key_jwt", "pairwise", "RS256",
     "code", "id_token token", "openid", "RSA-OAEP", "A128GCM", "native", "implicit"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from([*client_metadata.READERS, "software_statement", "client_name#de"])
DOCUMENTS = st.dictionaries(NAMES | TEXT, ANYTHING, max_size=10) | ANYTHING
LIKELY = st.fixed_dictionaries(
    {"redirect_uris": st.just([URI])},
    optional={
        "response_types": st.lists(st.sampled_from(RESPONSE_TYPES), max_size=3),
        "grant_types": st.lists(st.sampled_from(client_metadata.GRANT_TYPES), max_size=4),
        "token_endpoint_auth_method": st.sampled_from(client_metadata.AUTH_METHODS),
        "jwks": st.just(JWKS),
        "subject_type": st.sampled_from(["public", "pairwise"]),
        "userinfo_encrypted_response_alg": st.just("ECDH-ES"),
        "client_name": TEXT,
        "default_max_age": st.integers(-1, 9),
    },
)


def outcome(document):
    """Return the metadata, or the error."""
    try:
        return client_metadata.parse(document, loopback=False)
    except ProtocolError as error:
        return error


@given(document=DOCUMENTS | LIKELY)
def test_whatever_the_document_it_is_read_or_refused_in_the_protocol_s_words(document):
    found = outcome(document)
    if isinstance(found, ProtocolError):
        assert found.code.value.startswith(("invalid_", "unapproved_"))
    else:
        assert not list(client_rules.problems(found, loopback=False))


@given(document=LIKELY)
def test_what_was_registered_can_be_registered_again_and_is_the_same(document):
    metadata = outcome(document)
    if isinstance(metadata, ProtocolError):
        return
    again = {
        name: list(value) if isinstance(value, tuple) else value
        for name in client_metadata.READERS
        if (value := getattr(metadata, name)) not in (None, "")
    }
    json.dumps(again)
    assert outcome(again) == metadata
