"""RFC 9700 2, OIDC.md C7: adding a client begins with questions and ends with what to do next."""

from __future__ import annotations

import pytest
from django.utils.html import escape

from idp.admin.client_connection import snippets
from idp.admin.client_questions import BY_HAND
from idp.models import Client
from idp.protocol.client_defaults import Kind
from tests.architecture.tree import ROOT
from tests.factories import a_client, a_person, a_public_client
from tests.idp.admin.pages import shown_once, url
from tests.idp.admin.test_clients import KEY, add

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
GUIDE = (ROOT / "docs" / "guides" / "relying-party.md").read_text()
SERVICE = {"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": []}


def asked(administrator, **answers):
    """Return the page after these answers."""
    return administrator.get(url(Client, "add"), answers)


def initial(response):
    """Return what the form starts with."""
    return response.context["adminform"].form.initial


def test_adding_a_client_begins_with_the_question_what_it_is(administrator):
    page = administrator.get(url(Client, "add")).content.decode()
    for kind in (*Kind, BY_HAND):
        assert f'type="radio" name="kind" value="{kind}"' in page
    assert 'role="alert"' not in page
    assert 'name="client_id"' not in page
    assert "does not offer the device grant" in page


def test_the_filters_of_the_list_are_no_answers(administrator):
    page = asked(administrator, _changelist_filters="posture=ok").content.decode()
    assert 'name="kind"' in page
    assert 'role="alert"' not in page


@pytest.mark.parametrize("answers", [{"kind": "unheard-of"}, {"face": "on"}])
def test_without_a_kind_it_is_asked_again_and_keeps_the_rest(administrator, answers):
    page = asked(administrator, **answers).content.decode()
    assert "Choose what kind of application it is." in page
    assert ('name="face" class="mt-1" checked' in page) is ("face" in answers)


def test_the_form_is_filled_in_with_what_was_answered(administrator):
    response = asked(administrator, kind="website", high_security="on", offline="on", face="on")
    filled = initial(response)
    assert filled["token_endpoint_auth_method"] == "private_key_jwt"
    assert filled["grant_types"] == ["authorization_code", "refresh_token"]
    assert filled["minimum_acr"] == "urn:countersign:acr:loa3"
    page = response.content.decode()
    assert '<option value="private_key_jwt" selected>' in page
    assert "openid profile email offline_access" in page
    assert escape("the client's public keys are missing") in page


def test_something_else_is_an_empty_form(administrator):
    response = asked(administrator, kind="other", face="on")
    assert not initial(response).get("minimum_acr")
    assert 'name="client_id"' in response.content.decode()


def test_what_the_form_starts_with_can_be_saved(administrator):
    filled = initial(asked(administrator, kind="native", face="on"))
    fields = {
        name: "\n".join(value) if name == "default_acr_values" else value
        for name, value in filled.items()
        if value not in (False, "")
    }
    page = add(administrator, **fields, redirect_uris="http://127.0.0.1/callback")
    assert "Bank is registered" in page.content.decode()
    client = Client.objects.get()
    assert client.is_native
    assert client.is_public
    assert client.default_acr_values[0] == "urn:countersign:acr:loa3:rb"


def test_c7_the_last_page_has_the_secret_once_the_addresses_and_the_posture(administrator):
    response = add(administrator)
    secret, page = shown_once(response), response.content.decode()
    assert Client.objects.get().check_client_secret(secret)
    assert page.count(secret) == 1
    assert "/.well-known/openid-configuration" in page
    assert "CLIENT_ID=bank" in page
    assert 'data-posture="notes"' in page
    assert "client.ClientSecretBasic(CLIENT_SECRET)" in page


def test_a_client_s_page_says_how_to_connect_without_the_secret(administrator):
    client = a_client()
    page = administrator.get(url(Client, "change", client.pk)).content.decode()
    assert f"CLIENT_ID={client.client_id}\nCLIENT_SECRET=" in page
    assert "mod_auth_openidc" in page


def test_the_code_is_that_of_the_guide():
    shown = snippets(a_client(scope="openid profile email offline_access"))
    assert len(shown) == 4
    for snippet in shown:
        for part in snippet.code.strip().split("\n\n"):
            assert part in GUIDE, snippet.library


@pytest.mark.parametrize(
    ("fields", "libraries", "code"),
    [
        ({"token_endpoint_auth_method": "private_key_jwt"}, 1, "client.PrivateKeyJwt(key)"),
        ({"token_endpoint_auth_method": "client_secret_post"}, 1, "client.ClientSecretPost("),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, 1, "client.ClientSecretJwt("),
        (SERVICE | {"scope": "payments:read"}, 2, "client.clientCredentialsGrant"),
        (
            SERVICE | {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [KEY]}},
            1,
            "client.clientCredentialsGrant",
        ),
    ],
)
def test_the_code_suits_how_the_client_authenticates(fields, libraries, code):
    shown = snippets(a_client(**fields))
    assert len(shown) == libraries
    assert code in shown[0].code


def test_a_public_client_s_code_has_no_secret():
    for snippet in snippets(a_public_client()):
        assert "SECRET" not in snippet.code


def test_who_may_not_add_is_not_asked_either(administrator):
    administrator.force_login(a_person(is_staff=True))
    assert administrator.get(url(Client, "add")).status_code == 403


def test_no_page_of_the_way_waits_for_a_script_to_be_seen(administrator):
    pages = [asked(administrator), asked(administrator, kind="website"), add(administrator)]
    for page in pages:
        assert "idp/no_script.css" in page.content.decode()
