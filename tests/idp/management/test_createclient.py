"""OIDC.md C7, A4: a secret is shown once, by the command that makes it; the rules are the same.

RFC 7591 2; OpenID Connect Dynamic Client Registration 1.0 2.
"""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from idp.models import Client, SecurityEvent
from tests.idp.relying_party import RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
URI = "--redirect-uri=https://rp.example/callback"


KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}


def test_c7_a_confidential_client_gets_its_secret_once(capsys):
    call_command("createclient", "bank", "--name=Bank", URI)
    output = capsys.readouterr().out
    secret = output.partition("client_secret: ")[2].strip()
    client = Client.objects.get(client_id="bank")
    assert client.check_client_secret(secret)
    assert client.require_pkce
    assert client.token_endpoint_auth_method == "client_secret_basic"
    assert client.grant_types == ["authorization_code", "refresh_token"]
    assert client.id_token_signed_response_alg == "ES256"
    assert secret not in str(Client.objects.values()) + str(SecurityEvent.objects.values())
    assert SecurityEvent.objects.get().client_id == "bank"


def test_a_public_client_gets_none(capsys):
    uri = "--redirect-uri=http://127.0.0.1/callback"
    call_command("createclient", "app", "--name=App", uri, "--public", "--native")
    assert "client_secret" not in capsys.readouterr().out
    client = Client.objects.get()
    assert client.is_public
    assert client.is_native


def test_everything_that_is_registered_can_be_said(tmp_path, capsys):
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": [KEY]}))
    call_command(
        "createclient",
        "bank",
        "--name=Bank",
        URI,
        "--redirect-uri=https://rp.example/other",
        "--post-logout-redirect-uri=https://rp.example/bye",
        "--auth-method=private_key_jwt",
        "--auth-signing-alg=ES256",
        f"--jwks={jwks}",
        "--response-type=code",
        "--response-type=code id_token",
        "--pairwise",
        "--no-pkce",
        "--request-object-signing-alg=ES256",
        "--require-signed-request-object",
        "--request-uri=https://rp.example/request",
        "--id-token-signing-alg=EdDSA",
        "--id-token-encryption-alg=ECDH-ES",
        "--userinfo-signing-alg=RS256",
        "--introspection-encryption-alg=ECDH-ES",
        "--introspection-encryption-enc=A256GCM",
        "--access-token-format=jwt",
        "--default-acr=phr",
        "--minimum-acr=urn:countersign:acr:loa2",
        "--default-max-age=0",
        "--require-auth-time",
        "--skip-consent",
        "--backchannel-logout-uri=https://rp.example/back",
        "--backchannel-logout-session-required",
        "--frontchannel-logout-uri=https://rp.example/front",
        "--initiate-login-uri=https://rp.example/start",
        "--logo-uri=https://rp.example/logo.png",
        "--contact=ops@rp.example",
    )
    assert "client_secret" not in capsys.readouterr().out
    client = Client.objects.get()
    assert client.redirect_uris == ["https://rp.example/callback", "https://rp.example/other"]
    assert client.jwks == {"keys": [KEY]}
    assert client.response_types == ["code", "code id_token"]
    assert client.grant_types == ["authorization_code", "implicit", "refresh_token"]
    assert (client.subject_type, client.sector_identifier) == ("pairwise", "rp.example")
    assert not client.require_pkce
    assert client.id_token_encrypted_response_enc == "A128CBC-HS256"
    assert client.introspection_encrypted_response_enc == "A256GCM"
    assert client.access_token_format == "jwt"
    assert (client.default_acr_values, client.default_max_age) == (["phr"], 0)
    assert client.minimum_acr == "urn:countersign:acr:loa2"
    assert client.require_auth_time
    assert client.skip_consent
    assert client.backchannel_logout_session_required
    assert not client.frontchannel_logout_session_required
    assert client.contacts == ["ops@rp.example"]


def test_a_secret_that_signs_can_be_read_again_by_the_provider_alone(capsys):
    call_command("createclient", "bank", "--name=Bank", URI, "--auth-method=client_secret_jwt")
    secret = capsys.readouterr().out.partition("client_secret: ")[2].strip()
    assert Client.objects.get().open_secret() == secret


def test_a_service_without_people_needs_no_redirect_uri(capsys):
    call_command("createclient", "batch", "--name=Batch", "--grant-type=client_credentials")
    secret = capsys.readouterr().out.partition("client_secret: ")[2].strip()
    client = Client.objects.get()
    assert (client.response_types, client.redirect_uris) == ([], [])
    introspected = RelyingParty(client, secret=secret).post("/introspect", {"token": "x"})
    assert introspected.status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [
        ("bank", "--name=Bank"),
        ("bank", "--name=Bank", URI, "--auth-method=private_key_jwt"),
        ("bank", "--name=Bank", URI, "--jwks=missing.json"),
        ("bank", "--name=Bank", URI, "--logo-uri=javascript:alert(1)"),
        ("bank", "--name=Bank", URI, "--initiate-login-uri=http://rp.example/"),
        ("bank", "--name=Bank", URI, "--public", "--grant-type=client_credentials"),
        ("bank", "--name=Bank", URI, "--default-max-age=-1"),
        ("bank", "--name=Bank", "--redirect-uri=http://rp.example/callback"),
        ("bank with spaces", "--name=Bank", URI),
    ],
)
def test_an_unsafe_client_is_refused(arguments):
    with pytest.raises(CommandError):
        call_command("createclient", *arguments)
    assert not Client.objects.exists()


def test_an_identifier_is_taken_once():
    call_command("createclient", "bank", "--name=Bank", URI)
    with pytest.raises(CommandError):
        call_command("createclient", "bank", "--name=Bank", URI)
