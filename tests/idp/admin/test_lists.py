"""R-9.2-11, STYLE 14: a list answers by what it shows; no address asks about another column."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from biometric_auth.models import VerificationRecord
from tests.biometric_auth.records import a_record

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LISTS = dict(
    sorted((model._meta.label_lower, page) for model, page in admin.site._registry.items())
)


def address(label):
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def filtered_by(page):
    """Return the names of columns that a list shows or has a filter for."""
    filters = [one[0] if isinstance(one, tuple) else one for one in page.list_filter]
    return {*page.list_display, *filters, page.date_hierarchy}


def hidden(page):
    columns = {field.name for field in page.model._meta.concrete_fields}
    return sorted(columns - filtered_by(page))


@pytest.mark.parametrize("label", LISTS)
def test_no_address_asks_about_a_column_that_is_not_shown(administrator, label):
    answered = [
        column
        for column in hidden(LISTS[label])
        if administrator.get(address(label), {f"{column}__isnull": "0"}).status_code != 400
    ]
    assert answered == []


@pytest.mark.parametrize("label", LISTS)
def test_every_filter_of_a_list_works(administrator, label):
    page = LISTS[label]
    for one in page.list_filter:
        name = getattr(one, "parameter_name", None) or (one[0] if isinstance(one, tuple) else one)
        answer = administrator.get(address(label), {name: "1"})
        assert answer.status_code in {200, 302}, name


def test_the_cause_of_a_refusal_is_not_found_by_guessing(administrator):
    a_record("sub-alice", outcome="injection")
    page = address(VerificationRecord._meta.label_lower)
    assert "sub-alice" in administrator.get(page).content.decode()
    for guess in ("outcome", "outcome__exact", "outcome__startswith", "outcome__in"):
        assert administrator.get(page, {guess: "injection"}).status_code == 400
