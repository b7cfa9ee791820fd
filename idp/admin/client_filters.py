"""Ways to find clients: who registered them, how they stand, what they are allowed. RFC 9700."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.models import Client
from idp.oauth import client_posture
from idp.protocol.posture import Report, Verdict


class Origin(admin.SimpleListFilter):
    """Who registered the client."""

    title = "registered by"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two kinds."""
        return [("itself", "itself"), ("administrator", "an administrator")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        """Return the clients of one kind."""
        if self.value() == "itself":
            return queryset.exclude(registration_token_sha256="")
        if self.value() == "administrator":
            return queryset.filter(registration_token_sha256="")
        return queryset


class State(admin.SimpleListFilter):
    """Whether the client may do anything at all."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two states."""
        return [("active", "active"), ("inactive", "inactive")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        """Return the clients in one state."""
        if self.value() in {"active", "inactive"}:
            return queryset.filter(is_active=self.value() == "active")
        return queryset


class Posture(admin.SimpleListFilter):
    """How the client stands against good practice."""

    title = "posture"
    parameter_name = "posture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the verdicts."""
        return [(verdict, verdict) for verdict in Verdict]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        """Return the clients with one verdict."""
        wanted = self.value()
        return _judged(queryset, lambda report: report.verdict == wanted) if wanted else queryset


_FOUND_BY: Mapping[str, tuple[str, str]] = {
    "no_pkce": ("without PKCE", "no_pkce"),
    "implicit": ("tokens through the browser", "access_token_in_browser"),
    "secret": ("a shared secret", "shared_secret"),
    "deaf": ("not told of logouts", "deaf_to_logout"),
}


class Weakness(admin.SimpleListFilter):
    """One thing that its posture names."""

    title = "finding"
    parameter_name = "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what is looked for most."""
        return [(value, title) for value, (title, _code) in _FOUND_BY.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        """Return the clients of which it was found."""
        found = _FOUND_BY.get(self.value() or "")
        if not found:
            return queryset
        return _judged(queryset, lambda report: found[1] in {it.code for it in report.findings})


def _judged(queryset: QuerySet[Client], wanted: Callable[[Report], bool]) -> QuerySet[Client]:
    """Return the clients whose report is wanted: the rules are no SQL."""
    server = client_posture.this_provider()
    kept = [row.pk for row in queryset if wanted(client_posture.report(row, at=server))]
    return queryset.filter(pk__in=kept)
