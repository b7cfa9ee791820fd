"""ASSURANCE.md, "acr"; R-B-6; OIDC.md 6.6, L2: aliases in the admin, added and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.models import AccessToken, AcrAlias, AuthorizationCode, Grant, RefreshToken, SecurityEvent
from tests.factories import a_client, an_alias
from tests.idp.admin.pages import url
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA1, LOA2 = "urn:countersign:acr:loa1", "urn:countersign:acr:loa2"


def add(administrator, name, **form):
    return administrator.post(url(AcrAlias, "add"), {"name": name, "value": LOA1} | form)


def remove(administrator, alias):
    return administrator.post(url(AcrAlias, "delete", alias.pk), {"post": "yes"})


def issued_under(alias):
    """Return a relying party, and tokens whose `acr` is the alias."""
    rp = RelyingParty()
    return rp, rp.tokens(signed_in_browser(), acr_values=alias.name)


def test_l2_an_alias_is_added_and_that_is_recorded(administrator):
    assert add(administrator, "urn:bank:low").status_code == 302
    assert AcrAlias.objects.get().rule.value == LOA1
    assert SecurityEvent.objects.get().kind == "admin.acralias.added"


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": "phr"}, "This is a name of our own"),
        ({"name": LOA2}, "This is a name of our own"),
        ({"name": "a b"}, "printable ASCII"),
        ({"name": "taken", "value": LOA2}, f"The name already means {LOA1} everywhere."),
        ({"name": "taken"}, "The name already means this everywhere."),
        ({"name": "free", "value": "taken"}, "Select a valid choice"),
        ({"name": "AAL2"}, "Say what an assessor has found"),
        ({"name": "AAL2", "basis": "A report."}, "Say what an assessor has found"),
    ],
)
def test_a_name_that_cannot_stand_is_refused_with_the_reason(administrator, form, why):
    an_alias("taken", value=LOA1)
    response = add(administrator, **form)
    assert why in response.content.decode().replace("&#x27;", "'")
    assert AcrAlias.objects.count() == 1


def test_a_framework_s_word_is_added_with_its_evidence(administrator):
    form = {"basis": "Report 7 of the laboratory.", "expires_on": "2099-01-01"}
    assert add(administrator, "AAL1", **form).status_code == 302


def test_a_name_of_one_client_collides_with_that_of_everybody_in_either_order(administrator):
    client = a_client()
    an_alias("2", value=LOA2, client=client)
    assert f"already means {LOA2} at this client" in add(administrator, "2").content.decode()
    assert add(administrator, "2", client=a_client().pk).status_code == 302
    an_alias("gold", value=LOA2)
    page = add(administrator, "gold", client=client.pk).content.decode()
    assert f"already means {LOA2} everywhere" in page


def test_presets_fill_in_the_form_and_say_what_they_are(administrator):
    page = administrator.get(url(AcrAlias, "add")).content.decode()
    assert "Mapped, not assessed" in page
    assert "?name=urn%3Asingpass%3Aauthentication%3Aloa%3A3&amp;value=" in page
    assert "aal/3" not in page  # it means a level that this deployment does not offer
    filled = administrator.get(url(AcrAlias, "add"), {"name": "2", "value": LOA2})
    assert filled.context["adminform"].form.initial == {"name": "2", "value": LOA2}


def test_what_a_name_means_is_not_edited_but_its_evidence_is(administrator):
    alias = an_alias("AAL1", value=LOA1, basis="Old.", expires_on=timezone.now())
    form = {"name": "x", "value": LOA2, "basis": "New.", "expires_on": "2099-01-01"}
    assert administrator.post(url(AcrAlias, "change", alias.pk), form).status_code == 302
    alias.refresh_from_db()
    assert (alias.name, alias.value, alias.basis) == ("AAL1", LOA1, "New.")
    assert SecurityEvent.objects.get().kind == "admin.acralias.changed"


def test_an_alias_that_nobody_uses_goes_and_that_is_recorded(administrator):
    alias = an_alias()
    assert administrator.get(url(AcrAlias, "delete", alias.pk)).status_code == 200
    assert remove(administrator, alias).status_code == 302
    assert not AcrAlias.objects.exists()
    assert SecurityEvent.objects.get().kind == "admin.acralias.deleted"


def test_one_that_a_client_s_defaults_name_stays_and_the_page_says_why(administrator):
    alias = an_alias()
    client = a_client(name="Harbour Bank", default_acr_values=[LOA1, alias.name])
    assert "Harbour Bank asks for it" in remove(administrator, alias).content.decode()
    assert AcrAlias.objects.exists()
    client.is_active = False
    client.save()
    assert remove(administrator, alias).status_code == 302


def test_the_defaults_of_another_client_do_not_keep_it(administrator):
    alias = an_alias(client=a_client())
    a_client(default_acr_values=[alias.name])
    assert remove(administrator, alias).status_code == 302


@pytest.mark.parametrize("left", [AuthorizationCode, AccessToken, RefreshToken])
def test_one_that_live_tokens_carry_stays_until_the_last_of_them_ends(administrator, left):
    alias = an_alias(value=LOA1)
    rp, _tokens = issued_under(alias)
    if left is AuthorizationCode:
        rp.code(signed_in_browser(), acr_values=alias.name)
    past = timezone.now() - timedelta(minutes=1)
    for model in (AuthorizationCode, AccessToken, RefreshToken):
        if model is not left:
            model.objects.update(expires_at=past)
    assert "carry it" in remove(administrator, alias).content.decode()
    assert AcrAlias.objects.exists()
    left.objects.update(expires_at=past)
    assert remove(administrator, alias).status_code == 302


def test_revoking_what_was_issued_under_it_frees_it_and_keeps_what_was_said(administrator):
    alias = an_alias(value=LOA1)
    issued_under(alias)
    Grant.objects.all().revoke()
    assert remove(administrator, alias).status_code == 302
    assert Grant.objects.get().acr == alias.name
    assert Grant.objects.get().acr_alias is None
