"""The administrator's window: metadata only, and actions that call services. STYLE 15; R-9.4-3.

No page shows or changes a sealed template, a key or a consent.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from biometric_auth import models, tasks
from biometric_auth.admin import evidence_words
from biometric_auth.admin.lists import Listed
from biometric_auth.services import devices, lifecycle, retry


class Window(Listed):
    """Rows to look at: nothing to add, change or delete."""

    actions_on_top = True
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


def _may_act(window: Window, request: HttpRequest, permission: str) -> bool:
    """Actions ask for the change permission by itself, since the rows cannot be edited."""
    return request.user.has_perm(f"biometric_auth.{permission}_{window.opts.model_name}")


@admin.register(models.BiometricReference)
class BiometricReferenceAdmin(Window):
    """References: whose, in which state, under which rules. Never the template."""

    exports = True
    list_display = ("id", "subject", "state", "engine", "created_at", "last_used_at")
    list_filter = ("state", "engine", "application_model")
    search_fields = ("subject",)
    actions = ("revoke",)
    fields = (
        "id",
        "subject",
        "state",
        "engine",
        "application_model",
        "policy",
        "enrolment",
        "created_at",
        "settled_at",
        "review_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "revoked_reason",
        "erased_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.BiometricReference]:
        """Leave the sealed template in the database."""
        rows: QuerySet[models.BiometricReference] = super().get_queryset(request)
        return rows.defer("sealed_template")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Allow those who may change references."""
        return _may_act(self, request, "change")

    @admin.action(description="Revoke and erase", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[models.BiometricReference]) -> None:
        """Revoke the references of the people chosen and queue their erasure."""
        for subject in queryset.values_list("subject", flat=True).distinct():
            tasks.erase_soon(lifecycle.revoke(subject=subject, reason="administrator"))
        self.message_user(request, "Revoked; erasure is queued.", messages.SUCCESS)


@admin.register(models.Device)
class DeviceAdmin(Window):
    """Devices: grade and dates."""

    exports = True
    list_display = ("name", "subject", "kind", "possession", "created_at", "removed_at")
    list_filter = ("kind", "possession", ("removed_at", admin.EmptyFieldListFilter))
    search_fields = ("subject", "name")
    actions = ("remove",)
    exclude = ("public_key", "credential_id")

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """Allow those who may change devices."""
        return _may_act(self, request, "change")

    @admin.action(description="Remove", permissions=["remove"])
    def remove(self, request: HttpRequest, queryset: QuerySet[models.Device]) -> None:
        """Remove the devices chosen: effective at once."""
        for device in queryset:
            devices.remove(subject=device.subject, device_id=device.pk)
        self.message_user(request, "Removed.", messages.SUCCESS)


@admin.register(models.Transaction)
class TransactionAdmin(Window):
    """Transactions: who was asked what, how far it came, and what was shown."""

    exports = True
    list_display = ("id", "purpose", "state", "subject", "client_name", "created_at")
    list_filter = ("purpose", "state")
    date_hierarchy = "created_at"
    search_fields = ("subject", "id")
    fields = (
        "id",
        "purpose",
        "workflow",
        "state",
        "subject",
        "client_name",
        "text",
        "acr",
        "session_level",
        "policy",
        "device",
        "attempts_left",
        "captures_done",
        "created_at",
        "expires_at",
        "judged_at",
        "consumed_at",
        "shown",
    )
    readonly_fields = ("shown",)

    @admin.display(description="What it showed")
    def shown(self, row: models.Transaction) -> str:
        """Say what the provider got to judge."""
        lines = ((line,) for line in evidence_words.sentences(row.result))
        return format_html_join(mark_safe("<br>"), "{}", lines)


@admin.register(models.VerificationRecord)
class VerificationRecordAdmin(Window):
    """Judged captures: accepted or not, and by which rules. No cause of a refusal: R-9.2-11."""

    exports = True
    list_display = ("at", "subject", "purpose", "accepted", "duration_ms")
    list_filter = ("purpose", "accepted", "engine")
    date_hierarchy = "at"
    search_fields = ("subject",)
    exclude = ("outcome",)


@admin.register(models.ConsentReceipt)
class ConsentReceiptAdmin(Window):
    """Consents: kept as they were given."""

    exports = True
    list_display = ("subject", "purpose", "given_at", "withdrawn_at", "language")
    list_filter = ("purpose", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("subject",)


@admin.register(models.SecurityEvent)
class SecurityEventAdmin(Window):
    """Security events; their details may name the cause of a refusal, so they stay inside."""

    exports = True
    list_display = ("at", "kind", "subject", "transaction")
    list_filter = ("kind",)
    date_hierarchy = "at"
    search_fields = ("subject",)
    exclude = ("details",)


@admin.register(models.RetryLimit)
class RetryLimitAdmin(Window):
    """Failures in a row; an administrator may open the way again. R-9.2-10."""

    list_display = ("subject", "failures", "last_failure_at")
    exclude = ("quality_failures",)
    search_fields = ("subject",)
    actions = ("reopen",)

    def has_reopen_permission(self, request: HttpRequest) -> bool:
        """Allow those who may change retry limits."""
        return _may_act(self, request, "change")

    @admin.action(description="Open again", permissions=["reopen"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[models.RetryLimit]) -> None:
        """Forget the failures of the people chosen."""
        for subject in list(queryset.values_list("pk", flat=True)):
            retry.reopen(subject=subject)
        self.message_user(request, "Opened again.", messages.SUCCESS)
