"""RFC 9700; RFC 8252; FAPI 2.0 Security Profile 5: each rule finds what it is for, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.client_metadata import AUTH_METHODS, GRANT_TYPES
from idp.protocol.client_record import ClientMetadata
from idp.protocol.posture import Registration, Server, Severity, Verdict, judge
from idp.protocol.posture_fapi import FAPI
from idp.protocol.posture_rules import GOOD_PRACTICE, RULES
from idp.protocol.response_type import RESPONSE_TYPES

STRICT = Registration(
    metadata=ClientMetadata(
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="ES256",
        redirect_uris=("https://rp.example/callback",),
        id_token_signed_response_alg="ES256",
        backchannel_logout_uri="https://rp.example/logout",
    )
)
EVERYTHING = Server(
    pushed_requests=True,
    sender_constrained=True,
    code_lifetime=timedelta(seconds=60),
    access_token_lifetime=timedelta(minutes=10),
)
NATIVE = {"application_type": "native", "redirect_uris": ("http://127.0.0.1/callback",)}
PUBLIC = {"token_endpoint_auth_method": "none"}
NO_KEY = {"fapi_authentication"}
NO_AUTHENTICATION = {"fapi_confidential", "fapi_authentication"}
HTTP = {"unencrypted_redirect", "fapi_https"}


def changed(registration, **changes):
    """Return the registration with other members, of the metadata or beside them."""
    beside = {name: changes.pop(name) for name in list(changes) if hasattr(registration, name)}
    metadata = replace(registration.metadata, **changes)
    return replace(registration, metadata=metadata, **beside)


def codes(registration, server=EVERYTHING):
    report = judge(registration, server, RULES)
    return {finding.code for finding in (*report.findings, *report.lacks)}


TABLE = [
    ({}, set()),
    ({"pkce": False}, {"no_pkce", "fapi_pkce"}),
    ({"response_types": ("id_token",)}, {"fapi_code_only"}),
    ({"response_types": ("code token",)}, {"access_token_in_browser", "fapi_code_only"}),
    ({"redirect_uris": ("http://localhost/callback",)}, HTTP),
    ({"token_endpoint_auth_method": "client_secret_basic"}, {"shared_secret"} | NO_KEY),
    ({"token_endpoint_auth_method": "client_secret_jwt"}, {"shared_secret"} | NO_KEY),
    (
        {"token_endpoint_auth_method": "client_secret_post"},
        {"shared_secret", "secret_in_body"} | NO_KEY,
    ),
    (PUBLIC, {"public_web_client"} | NO_AUTHENTICATION),
    (
        PUBLIC | {"grant_types": ("authorization_code", "refresh_token")},
        {"public_web_client", "refresh_token_in_browser"} | NO_AUTHENTICATION,
    ),
    ({"grant_types": ("authorization_code", "client_credentials")}, {"person_and_service"}),
    ({"grant_types": ("client_credentials",), "response_types": ()}, set()),
    ({"grant_types": ("client_credentials",), "response_types": (), "pkce": False}, set()),
    (NATIVE, set()),
    (NATIVE | PUBLIC | {"grant_types": ("authorization_code",)}, NO_AUTHENTICATION),
    (
        NATIVE | {"token_endpoint_auth_method": "client_secret_basic"},
        {"secret_in_app", "shared_secret"} | NO_KEY,
    ),
    (NATIVE | {"response_types": ("id_token",)}, {"implicit_in_app", "fapi_code_only"}),
    (NATIVE | {"skip_consent": True}, {"app_without_consent", "no_consent"}),
    (NATIVE | {"redirect_uris": ("http://localhost:80/callback",)}, {"localhost"}),
    (NATIVE | {"redirect_uris": ("com.example.app:/callback",)}, {"private_scheme"}),
    ({"self_registered": True}, {"nobody_vouches", "correlation"}),
    ({"self_registered": True, "subject_type": "pairwise"}, {"nobody_vouches"}),
    ({"skip_consent": True}, {"no_consent"}),
    (
        {"self_registered": True, "skip_consent": True},
        {"nobody_vouches", "correlation", "no_consent", "unchecked_without_consent"},
    ),
    (
        {"request_object_signing_alg": "none"},
        {"unsigned_request_objects", "fapi_request_objects"},
    ),
    ({"request_object_signing_alg": "RS256"}, {"fapi_request_objects"}),
    ({"backchannel_logout_uri": ""}, {"deaf_to_logout"}),
    (
        {"backchannel_logout_uri": "", "frontchannel_logout_uri": "https://rp.example/front"},
        set(),
    ),
    ({"token_endpoint_auth_signing_alg": ""}, {"fapi_assertion_algorithm"}),
    ({"token_endpoint_auth_signing_alg": "RS256"}, {"fapi_assertion_algorithm"}),
    ({"userinfo_signed_response_alg": "RS256"}, {"fapi_signature"}),
    ({"id_token_signed_response_alg": "PS256"}, set()),
]
OF_THE_SERVER = [
    ({"pushed_requests": False}, {"fapi_pushed_requests"}),
    ({"sender_constrained": False}, {"fapi_sender_constrained"}),
    ({"code_lifetime": timedelta(seconds=61)}, {"fapi_code_lifetime"}),
    ({"access_token_lifetime": timedelta(hours=2)}, {"fapi_access_token_lifetime"}),
]


@pytest.mark.parametrize(("changes", "expected"), TABLE)
def test_a_registration_has_the_findings_of_what_it_is(changes, expected):
    assert codes(changed(STRICT, **changes)) == expected


@pytest.mark.parametrize(("changes", "expected"), OF_THE_SERVER)
def test_what_the_provider_does_not_offer_is_said_of_every_client(changes, expected):
    assert codes(STRICT, replace(EVERYTHING, **changes)) == expected


def test_a_service_without_people_pushes_no_requests():
    service = changed(STRICT, grant_types=("client_credentials",), response_types=())
    less = replace(EVERYTHING, pushed_requests=False, code_lifetime=timedelta(hours=1))
    assert codes(service, less) == set()


def test_the_tables_show_every_rule():
    shown = {code for _changes, expected in (*TABLE, *OF_THE_SERVER) for code in expected}
    written = [finding.code for _applies, finding in RULES]
    assert sorted(shown) == sorted(written)


def test_every_finding_says_what_where_and_how_to_mend_it():
    for _applies, finding in RULES:
        assert finding.section[0].isdigit()
        for sentence in (finding.what, finding.mend):
            assert sentence[0].isupper()
            assert sentence.endswith(".")


def test_the_profile_of_banks_is_a_list_apart():
    assert {finding.severity for _applies, finding in FAPI} == {Severity.LACK}
    assert Severity.LACK not in {finding.severity for _applies, finding in GOOD_PRACTICE}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.OK),
        ({"token_endpoint_auth_signing_alg": ""}, Verdict.OK),
        ({"skip_consent": True}, Verdict.NOTES),
        ({"skip_consent": True, "pkce": False}, Verdict.WARNINGS),
    ],
)
def test_the_gravest_finding_is_the_verdict(changes, verdict):
    assert judge(changed(STRICT, **changes), EVERYTHING, RULES).verdict is verdict


def test_the_gravest_finding_comes_first():
    loose = changed(STRICT, skip_consent=True, pkce=False, backchannel_logout_uri="")
    found = judge(loose, EVERYTHING, RULES).findings
    assert [finding.code for finding in found] == ["no_pkce", "no_consent", "deaf_to_logout"]


@pytest.mark.parametrize(
    ("discovery", "pushed", "bound"),
    [
        ({}, False, False),
        ({"pushed_authorization_request_endpoint": "https://op.example/par"}, True, False),
        ({"dpop_signing_alg_values_supported": ["ES256"]}, False, True),
        ({"tls_client_certificate_bound_access_tokens": True}, False, True),
        ({"tls_client_certificate_bound_access_tokens": False}, False, False),
    ],
)
def test_what_the_provider_offers_is_what_its_discovery_says(discovery, pushed, bound):
    short = timedelta(seconds=1)
    found = Server.of(discovery, code_lifetime=short, access_token_lifetime=short)
    assert (found.pushed_requests, found.sender_constrained) == (pushed, bound)


def some(values):
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


SIGNING = ("", "ES256", "RS256", "PS256", "EdDSA")
URIS = (
    "https://rp.example/callback",
    "http://localhost/callback",
    "http://127.0.0.1/callback",
    "com.example.app:/callback",
)
REGISTRATIONS = st.builds(
    Registration,
    metadata=st.builds(
        ClientMetadata,
        application_type=st.sampled_from(("web", "native")),
        token_endpoint_auth_method=st.sampled_from(AUTH_METHODS),
        token_endpoint_auth_signing_alg=st.sampled_from(SIGNING),
        redirect_uris=some(URIS),
        grant_types=some(GRANT_TYPES),
        response_types=some(RESPONSE_TYPES),
        request_object_signing_alg=st.sampled_from((*SIGNING, "none")),
        subject_type=st.sampled_from(("public", "pairwise")),
        id_token_signed_response_alg=st.sampled_from(SIGNING),
        userinfo_signed_response_alg=st.sampled_from(SIGNING),
        backchannel_logout_uri=st.sampled_from(("", "https://rp.example/back")),
        frontchannel_logout_uri=st.sampled_from(("", "https://rp.example/front")),
    ),
    pkce=st.booleans(),
    skip_consent=st.booleans(),
    self_registered=st.booleans(),
)
SERVERS = st.builds(
    Server,
    pushed_requests=st.booleans(),
    sender_constrained=st.booleans(),
    code_lifetime=st.timedeltas(timedelta(seconds=1), timedelta(minutes=10)),
    access_token_lifetime=st.timedeltas(timedelta(seconds=1), timedelta(days=1)),
)
STRICTER = (
    {"pkce": True},
    {"skip_consent": False},
    {"self_registered": False},
    {"subject_type": "pairwise"},
    {"token_endpoint_auth_method": "private_key_jwt"},
    {"token_endpoint_auth_signing_alg": "ES256"},
    {"request_object_signing_alg": "ES256"},
    {"id_token_signed_response_alg": "ES256"},
    {"userinfo_signed_response_alg": ""},
    {"backchannel_logout_uri": "https://rp.example/back"},
    {"redirect_uris": ("https://rp.example/callback",)},
)


@given(REGISTRATIONS, SERVERS, st.lists(st.sampled_from(STRICTER), min_size=1))
def test_a_stricter_registration_never_has_more_findings(registration, server, steps):
    stricter = registration
    for step in steps:
        stricter = changed(stricter, **step)
    assert codes(stricter, server) <= codes(registration, server)


@given(REGISTRATIONS, SERVERS)
def test_less_in_the_browser_never_has_more_findings(registration, server):
    asked = registration.metadata
    code = tuple(name for name in asked.response_types if name == "code")
    grants = tuple(name for name in asked.grant_types if name not in {"implicit", "refresh_token"})
    stricter = changed(registration, response_types=code, grant_types=grants)
    assert codes(stricter, server) <= codes(registration, server)


@given(REGISTRATIONS, SERVERS)
def test_a_provider_that_offers_more_never_has_more_findings(registration, server):
    assert codes(registration, EVERYTHING) <= codes(registration, server)
