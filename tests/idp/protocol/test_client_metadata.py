"""RFC 7591 2; OpenID Connect Dynamic Client Registration 1.0 2, 5; OIDC.md A4, C6, G7."""

from __future__ import annotations

import pytest

from idp.protocol import client_metadata, client_rules
from idp.protocol.client_members import MetadataError
from idp.protocol.client_record import ClientMetadata
from idp.protocol.errors import ErrorCode, ProtocolError

URI = "https://rp.example/callback"
KEY = {"kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ", "kid": "one"}
JWKS = {"keys": [KEY]}


def parse(loopback=False, **members):
    return client_metadata.parse({"redirect_uris": [URI]} | members, loopback=loopback)


def refused(**members):
    with pytest.raises(MetadataError) as caught:
        parse(**members)
    return caught.value


def test_what_is_not_said_has_the_default_of_the_specification():
    metadata = parse()
    assert metadata == ClientMetadata(redirect_uris=(URI,))
    assert metadata.grant_types == ("authorization_code",)
    assert metadata.response_types == ("code",)
    assert metadata.token_endpoint_auth_method == "client_secret_basic"
    assert metadata.id_token_signed_response_alg == "RS256"
    assert metadata.application_type == "web"


def test_unknown_localized_and_empty_members_say_nothing():
    ignored = {
        "client_name#de": "\u202eBank",
        "logo_uri#fr": "javascript:alert(1)",
        "a member of tomorrow": {"x": []},
        "client_uri": None,
        "jwks": None,
        "scope": "",
    }
    assert parse(**ignored) == parse()


def test_everything_that_is_known_is_kept():
    members = {
        "client_name": " Bank ",
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "PS256",
        "jwks_uri": "https://rp.example/jwks",
        "scope": "openid  email openid",
        "grant_types": ["authorization_code", "implicit", "refresh_token", "implicit"],
        "response_types": ["id_token code", "code"],
        "request_uris": ["https://rp.example/request#hash"],
        "post_logout_redirect_uris": ["https://rp.example/bye?x=1"],
        "subject_type": "pairwise",
        "sector_identifier_uri": "https://sector.example/uris",
        "id_token_encrypted_response_alg": "ECDH-ES",
        "userinfo_encrypted_response_alg": "RSA-OAEP",
        "userinfo_encrypted_response_enc": "A256GCM",
        "default_acr_values": ["phr", "phr"],
        "default_max_age": 0,
        "require_auth_time": True,
        "frontchannel_logout_uri": "https://rp.example:443/logout?x=1",
        "contacts": ["someone@rp.example"],
    }
    metadata = parse(**members)
    assert metadata.client_name == "Bank"
    assert metadata.scope == "openid email"
    assert metadata.response_types == ("code id_token", "code")
    assert metadata.grant_types == ("authorization_code", "implicit", "refresh_token")
    assert metadata.id_token_encrypted_response_enc == "A128CBC-HS256"
    assert metadata.userinfo_encrypted_response_enc == "A256GCM"
    assert metadata.default_acr_values == ("phr",)
    assert metadata.default_max_age == 0
    assert metadata.sector_identifier == "sector.example"


@pytest.mark.parametrize("document", [None, [], "x", 3, True])
def test_metadata_are_one_object(document):
    with pytest.raises(ProtocolError) as caught:
        client_metadata.parse(document, loopback=False)
    assert caught.value.code == ErrorCode.INVALID_CLIENT_METADATA


@pytest.mark.parametrize(
    "uris",
    [
        ["https://rp.example/#fragment"],
        ["https://rp.example/*"],
        ["http://rp.example/"],
        ["javascript:alert(1)"],
        ["data:text/html,x"],
        ["file:///etc/passwd"],
        ["com.example.app:/callback"],
        ["https://user@rp.example/"],
        [""],
        [3],
        ["https://rp.example/" + "x" * 2048],
        URI,
        [f"{URI}/{number}" for number in range(51)],
        [],
    ],
)
def test_a4_an_unsafe_redirect_uri_is_refused(uris):
    error = refused(redirect_uris=uris)
    assert (error.code, error.member) == (ErrorCode.INVALID_REDIRECT_URI, "redirect_uris")


def test_a_redirect_uri_may_have_a_query_and_a_native_client_a_scheme_of_its_own():
    assert parse(redirect_uris=[f"{URI}?x=1"]).redirect_uris == (f"{URI}?x=1",)
    native = ["com.example.app:/callback", "http://127.0.0.1/callback"]
    assert parse(application_type="native", redirect_uris=native).redirect_uris == tuple(native)


@pytest.mark.parametrize("uri", ["https://localhost/cb", "https://a.localhost/", "http://[::1]/"])
def test_a4_an_implicit_web_client_has_https_and_no_localhost(uri):
    implicit = {"response_types": ["id_token"], "redirect_uris": [uri]}
    assert refused(**implicit).code == ErrorCode.INVALID_REDIRECT_URI
    assert parse(redirect_uris=[uri])


def test_a_client_that_redirects_nobody_needs_no_redirect_uri():
    for grants in ([], ["client_credentials"]):
        metadata = client_metadata.parse({"grant_types": grants}, loopback=False)
        assert metadata.response_types == ()
    assert metadata.sector_identifier == ""


@pytest.mark.parametrize(
    ("response_type", "grants"),
    [
        ("code", ("authorization_code",)),
        ("id_token", ("implicit",)),
        ("id_token token", ("implicit",)),
        ("code id_token", ("authorization_code", "implicit")),
        ("code token", ("authorization_code", "implicit")),
        ("code id_token token", ("authorization_code", "implicit")),
    ],
)
def test_response_types_imply_grant_types(response_type, grants):
    assert parse(response_types=[response_type]).grant_types == grants
    for missing in grants:
        others = [grant for grant in (*grants, "refresh_token") if grant != missing]
        assert refused(response_types=[response_type], grant_types=others)


@pytest.mark.parametrize(
    ("members", "blamed"),
    [
        ({"response_types": ["token"]}, "response_types"),
        ({"response_types": [3]}, "response_types"),
        ({"response_types": "code"}, "response_types"),
        ({"grant_types": ["password"]}, "grant_types"),
        (
            {"grant_types": ["authorization_code", "implicit"], "response_types": ["id_token"]},
            "grant_types",
        ),
        (
            {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"},
            "grant_types",
        ),
        ({"token_endpoint_auth_method": "tls"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": ["none"]}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "token_endpoint_auth_method"),
        (
            {
                "token_endpoint_auth_method": "client_secret_jwt",
                "token_endpoint_auth_signing_alg": "RS256",
            },
            "token_endpoint_auth_signing_alg",
        ),
        (
            {
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "HS256",
                "jwks": JWKS,
            },
            "token_endpoint_auth_signing_alg",
        ),
        ({"jwks": JWKS, "jwks_uri": "https://rp.example/jwks"}, "jwks"),
        ({"jwks": {"keys": []}}, "jwks"),
        ({"jwks": {"keys": [{"kty": "AKP"}]}}, "jwks"),
        ({"jwks": {"keys": ["key"]}}, "jwks"),
        ({"jwks": {"keys": [KEY | {"kty": 3}]}}, "jwks"),
        ({"jwks": {"keys": [KEY | {"d": "secret"}]}}, "jwks"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "secret"}]}}, "jwks"),
        ({"jwks": {"keys": [KEY | {"kid": "\ud800"}]}}, "jwks"),
        ({"jwks": {"keys": [KEY] * 51}}, "jwks"),
        ({"jwks": [KEY]}, "jwks"),
        ({"jwks_uri": "http://rp.example/jwks"}, "jwks_uri"),
        ({"jwks_uri": "http://127.0.0.1/jwks"}, "jwks_uri"),
        ({"jwks_uri": "https://rp.example/jwks#one"}, "jwks_uri"),
        ({"scope": 'openid "'}, "scope"),
        ({"scope": ["openid"]}, "scope"),
        ({"require_signed_request_object": True}, "require_signed_request_object"),
        ({"require_signed_request_object": "true"}, "require_signed_request_object"),
        (
            {
                "require_signed_request_object": True,
                "request_object_signing_alg": "none",
                "jwks": JWKS,
            },
            "request_object_signing_alg",
        ),
        ({"request_object_signing_alg": "RS256"}, "request_object_signing_alg"),
        ({"request_object_signing_alg": "HS256"}, "request_object_signing_alg"),
        ({"request_uris": ["http://rp.example/request"]}, "request_uris"),
        ({"request_uris": ["http://localhost/request"]}, "request_uris"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"userinfo_signed_response_alg": "HS256"}, "userinfo_signed_response_alg"),
        ({"userinfo_encrypted_response_alg": "RSA-OAEP"}, "userinfo_encrypted_response_alg"),
        ({"id_token_encrypted_response_alg": "dir"}, "id_token_encrypted_response_alg"),
        ({"id_token_encrypted_response_enc": "A128GCM"}, "id_token_encrypted_response_enc"),
        (
            {"introspection_encrypted_response_enc": "A128GCM", "jwks": JWKS},
            "introspection_encrypted_response_enc",
        ),
        ({"subject_type": "ephemeral"}, "subject_type"),
        (
            {"subject_type": "pairwise", "redirect_uris": [URI, "https://other.example/"]},
            "sector_identifier_uri",
        ),
        (
            {
                "subject_type": "pairwise",
                "application_type": "native",
                "redirect_uris": ["com.example.app:/callback"],
            },
            "sector_identifier_uri",
        ),
        (
            {"subject_type": "pairwise", "sector_identifier_uri": f"https://{'a' * 254}/"},
            "sector_identifier_uri",
        ),
        ({"sector_identifier_uri": "http://rp.example/"}, "sector_identifier_uri"),
        ({"default_max_age": -1}, "default_max_age"),
        ({"default_max_age": True}, "default_max_age"),
        ({"default_max_age": "60"}, "default_max_age"),
        ({"default_max_age": 2**31}, "default_max_age"),
        ({"default_acr_values": ["x" * 121]}, "default_acr_values"),
        ({"require_auth_time": 1}, "require_auth_time"),
        ({"post_logout_redirect_uris": ["javascript:alert(1)"]}, "post_logout_redirect_uris"),
        ({"backchannel_logout_uri": "http://rp.example/logout"}, "backchannel_logout_uri"),
        ({"backchannel_logout_uri": "http://127.0.0.1/logout"}, "backchannel_logout_uri"),
        ({"backchannel_logout_uri": "https://rp.example/#x"}, "backchannel_logout_uri"),
        ({"frontchannel_logout_uri": "https://other.example/"}, "frontchannel_logout_uri"),
        ({"frontchannel_logout_uri": "https://rp.example:8443/"}, "frontchannel_logout_uri"),
        ({"frontchannel_logout_uri": "http://rp.example/"}, "frontchannel_logout_uri"),
        ({"frontchannel_logout_uri": "https://rp.example/#x"}, "frontchannel_logout_uri"),
        ({"initiate_login_uri": "http://rp.example/login"}, "initiate_login_uri"),
        ({"initiate_login_uri": "http://localhost/login"}, "initiate_login_uri"),
        ({"client_name": "x" * 121}, "client_name"),
        ({"client_name": 3}, "client_name"),
        ({"contacts": ["a\nb"]}, "contacts"),
        ({"software_id": "x" * 256}, "software_id"),
    ],
)
def test_what_contradicts_itself_or_is_not_supported_is_refused(members, blamed):
    error = refused(**members)
    assert (error.code, error.member) == (ErrorCode.INVALID_CLIENT_METADATA, blamed)


@pytest.mark.parametrize("member", ["client_uri", "logo_uri", "policy_uri", "tos_uri"])
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//rp.example/",
        "rp.example",
        "https://",
        "https:///path",
        "https://user@rp.example/",
        "https://rp.example:99999/",
        "https://[::1/",
        "https://rp.example/\n",
        'https://rp.example/"onload="x',
        "https://rp.exam ple/",
        "https://rp.example:/",
        3,
    ],
)
def test_a4_g7_an_address_that_people_see_is_a_web_address(member, address):
    assert refused(**{member: address}).member == member


@pytest.mark.parametrize("address", ["https://rp.example/x?y#z", "http://[::1]:80/", "HTTPS://RP/"])
def test_web_addresses_are_kept(address):
    assert parse(logo_uri=address).logo_uri == address


@pytest.mark.parametrize("name", ["a\x00b", "a\u202eb", "a\u2066b", "\ud800", "a\u2028b", "a\x7f"])
def test_g7_a_name_hides_and_reorders_nothing(name):
    assert refused(client_name=name).member == "client_name"


def test_names_of_every_script_are_kept():
    for name in ("Bänk", "银行", "\u0628\u0627\u200c\u0646\u06a9", "Bank 🏦"):
        assert parse(client_name=name).client_name == name


def test_a_demonstration_calls_loopback_addresses():
    members = {
        "jwks_uri": "http://127.0.0.1:8001/jwks",
        "request_uris": ["http://localhost:8001/request"],
        "backchannel_logout_uri": "http://[::1]:8001/logout",
    }
    assert parse(loopback=True, **members).jwks_uri == members["jwks_uri"]
    with pytest.raises(MetadataError):
        parse(loopback=True, backchannel_logout_uri="http://rp.example/logout")


def test_of_a_key_only_what_is_used_is_kept():
    keys = [KEY | {"x5u": "https://evil.example/", "jku": "x"}, {"kty": "AKP", "pub": "x"}]
    assert parse(jwks={"keys": keys}).jwks == JWKS


def test_an_algorithm_of_a_method_that_signs_nothing_is_left_out():
    metadata = parse(token_endpoint_auth_signing_alg="ES256")
    assert metadata.token_endpoint_auth_signing_alg == ""


def test_a_native_client_may_have_no_web_origin_for_front_channel_logout():
    native = {"application_type": "native", "redirect_uris": ["com.example.app:/callback"]}
    error = refused(**native, frontchannel_logout_uri="https://rp.example/")
    assert error.member == "frontchannel_logout_uri"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("a.b.c", ErrorCode.UNAPPROVED_SOFTWARE_STATEMENT),
        ("a.b", ErrorCode.INVALID_SOFTWARE_STATEMENT),
        ({"iss": "me"}, ErrorCode.INVALID_SOFTWARE_STATEMENT),
    ],
)
def test_nobody_vouches_for_software_here(statement, code):
    with pytest.raises(ProtocolError) as caught:
        parse(software_statement=statement)
    assert caught.value.code == code


def test_every_problem_is_found_also_beside_an_address_that_is_none():
    metadata = client_metadata.read(
        {
            "redirect_uris": ["https://[::1/", "https://rp.example:x/"],
            "subject_type": "pairwise",
            "frontchannel_logout_uri": "https://rp.example/",
        }
    )
    found = [member for member, _ in client_rules.problems(metadata, loopback=False)]
    assert found == [
        "redirect_uris",
        "redirect_uris",
        "sector_identifier_uri",
        "frontchannel_logout_uri",
    ]
    assert metadata.sector_identifier == ""
