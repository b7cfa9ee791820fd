"""The switch of remote biometrics: "add" stops, an action resumes. R-9.1-6."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from biometric_auth.admin.lists import Listed
from biometric_auth.models import BiometricStop
from biometric_auth.services import availability


class StopForm(ModelForm):  # type: ignore[type-arg]
    """What to stop, and why."""

    class Meta:
        model = BiometricStop
        fields = ("scope", "value", "reason")

    def clean(self) -> dict[str, Any]:
        """Refuse a stop that names nothing, and one that holds already."""
        given: dict[str, Any] = super().clean() or {}
        scope, value = given.get("scope", ""), given.get("value", "")
        if (scope == BiometricStop.Scope.ALL) is bool(value):
            self.add_error("value", "Name what to stop; nothing for all.")
        elif BiometricStop.objects.filter(scope=scope, value=value, resumed_at=None).exists():
            self.add_error(None, "That is stopped already.")
        return given


@admin.register(BiometricStop)
class BiometricStopAdmin(Listed):
    """What is stopped, and what was."""

    form = StopForm
    list_display = ("scope", "value", "reason", "stopped_at", "stopped_by", "resumed_at")
    list_filter = ("scope", "resumed_at")
    actions = ("resume",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a stop is a record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a stop is a record."""
        return False

    def has_resume_permission(self, request: HttpRequest) -> bool:
        """Ask for the change permission itself: the rows cannot be edited."""
        return request.user.has_perm("biometric_auth.change_biometricstop")

    def save_model(
        self,
        request: HttpRequest,
        obj: BiometricStop,
        form: ModelForm[BiometricStop],
        change: bool,  # noqa: FBT001 - ModelAdmin's signature
    ) -> None:
        """Stop it."""
        by = request.user.get_username()
        availability.stop(scope=obj.scope, value=obj.value, reason=obj.reason, by=by)
        obj.pk = BiometricStop.objects.get(scope=obj.scope, value=obj.value, resumed_at=None).pk

    @admin.action(description="Let it run again", permissions=["resume"])
    def resume(self, request: HttpRequest, queryset: QuerySet[BiometricStop]) -> None:
        """Resume what is chosen."""
        by = request.user.get_username()
        for row in queryset:
            availability.resume(scope=row.scope, value=row.value, by=by)
        self.message_user(request, "It runs again.", messages.SUCCESS)
