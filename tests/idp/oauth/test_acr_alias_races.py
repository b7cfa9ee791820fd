"""OIDC.md 6.6: names of `acr` values given, used and taken back at once, on PostgreSQL."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connections, transaction

from idp.models import AcrAlias, Client, Grant
from idp.oauth import acr_aliases
from tests.factories import a_client, an_alias
from tests.idp.relying_party import RelyingParty, answer, signed_in_browser

pytestmark = [
    pytest.mark.django_db(databases=["default", "biometric"], transaction=True),
    pytest.mark.postgres,
]
LOA1, LOA2 = "urn:countersign:acr:loa1", "urn:countersign:acr:loa2"


def in_threads(*works):
    """Run each in a thread with a connection of its own; return what they return."""

    def run(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_twenty_meanings_given_at_once_a_client_sees_one():
    clients, line = [a_client() for _ in range(5)], Barrier(20)

    def give(client, value):
        line.wait()
        alias = AcrAlias(name="2", value=value, client=client)
        with transaction.atomic():
            if acr_aliases.refusal(alias):
                return False
            alias.save()
            return True

    wanted = [(client, value) for client in (None, *clients[:4]) * 2 for value in (LOA1, LOA2)]
    given = in_threads(*(lambda one=one: give(*one) for one in wanted))
    assert any(given)
    for client in clients:
        visible = AcrAlias.objects.visible_at(client)
        assert len({alias.value for alias in visible}) <= 1, client
    assert AcrAlias.objects.count() == sum(given)


def remove(alias):
    """Take an alias back as the admin does; return whether it went."""
    with transaction.atomic():
        if acr_aliases.uses(alias):
            return False
        return AcrAlias.objects.filter(pk=alias.pk).delete()[0] == 1


@pytest.mark.parametrize("_time", range(5))
def test_an_alias_goes_or_a_grant_is_issued_under_it_never_both(_time):
    alias, rp, browser = an_alias(value=LOA1), RelyingParty(), signed_in_browser()
    rp.has_consent(browser)
    given, went = in_threads(
        lambda: answer(rp.authorize(browser, acr_values=alias.name)), lambda: remove(alias)
    )
    assert given["code"]
    grant = Grant.objects.get()
    named = (LOA1, None) if went else (alias.name, alias.pk)
    assert (grant.acr, grant.acr_alias_id) == named
    assert AcrAlias.objects.exists() is not went


def test_a_grant_that_loses_against_the_removal_is_answered_in_our_own_words(monkeypatch):
    """The narrowest point: found, and gone before the grant is committed."""
    alias, rp, browser = an_alias(value=LOA1), RelyingParty(), signed_in_browser()
    rp.has_consent(browser)
    find, went = acr_aliases.find, []

    def find_and_lose(name, value, client):
        found = find(name, value, client)
        if found:
            went.extend(in_threads(lambda: remove(found)))
        return found

    monkeypatch.setattr(acr_aliases, "find", find_and_lose)
    assert answer(rp.authorize(browser, acr_values=alias.name))["code"]
    assert went == [True]
    assert [(grant.acr, grant.acr_alias) for grant in Grant.objects.all()] == [(LOA1, None)]


def test_who_removes_an_alias_waits_for_a_client_that_is_about_to_name_it():
    alias, client, held = an_alias(value=LOA1), a_client(), Event()

    def store():
        with transaction.atomic():
            acr_aliases.hold([alias.name], client)
            held.set()
            time.sleep(0.3)
            Client.objects.filter(pk=client.pk).update(default_acr_values=[alias.name])

    def remove_then():
        held.wait(5)
        return remove(alias)

    assert in_threads(store, remove_then) == [None, False]
    assert AcrAlias.objects.exists()
