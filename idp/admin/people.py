"""People, their passkeys, their apps for one-time codes and their recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from idp.admin.window import Audited, Window, tell
from idp.authentication import one_time_code, recovery_code, session
from idp.models import OneTimeCodeSecret, PairwiseSubject, Passkey, RecoveryCode, User
from idp.tasks import deliver_soon

admin.site.unregister(Group)  # the groups are the roles, and their table is in the code

ROLE_FIELDS = ("is_staff", "is_superuser", "groups")


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


class PasswordForm(AdminPasswordChangeForm):
    """A new password, or none any more. A new one ends sessions by itself."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Save it; without a password, what it opened ends as well. OIDC.md B9."""
        user: User = super().save(commit)
        if not user.has_usable_password():
            deliver_soon(session.end_all(user))
        return user


@admin.register(User)
class PersonAdmin(DjangoUserAdmin, Audited):  # type: ignore[type-arg]
    """People."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = PasswordForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff")
    readonly_fields = ("subject", "last_login", "date_joined")
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("username", "password", "subject")}),
        ("Claims", {"fields": ("first_name", "last_name", "email", "claims")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Leave those who administer to the superuser: a new password would be their role."""
        may: bool = super().has_change_permission(request, obj)
        if obj is None or _is_superuser(request):
            return may
        return may and not (obj.is_staff or obj.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Let superusers alone give roles."""
        fields = super().get_readonly_fields(request, obj)
        return fields if _is_superuser(request) else (*fields, *ROLE_FIELDS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Save; a closed account keeps no session and no grant. OIDC.md B9."""
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            deliver_soon(session.end_all(obj))


@admin.register(Passkey)
class PasskeyAdmin(Window):
    """Passkeys of people."""

    list_display = ("name", "user", "backup_eligible", "possession", "created_at", "last_used_at")
    list_select_related = ("user",)
    fields = ("name", "user", "backup_eligible", "possession", "enrolment", "created_at")


@admin.register(PairwiseSubject)
class PairwiseSubjectAdmin(Window):
    """What single sectors call a person. OpenID Connect Core 8.1."""

    list_display = ("user", "sector_identifier", "subject")
    list_filter = ("sector_identifier",)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject", "subject")


@admin.register(OneTimeCodeSecret)
class OneTimeCodeAdmin(Window):
    """Apps for one-time codes: that there is one, never its secret."""

    list_display = ("user", "enrolment", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject")
    fields = ("user", "enrolment", "created_at", "last_used_at")
    actions = ("forget",)

    @admin.action(description="Remove", permissions=["end"])
    def forget(self, request: HttpRequest, queryset: QuerySet[OneTimeCodeSecret]) -> None:
        """Remove the apps of people who have lost theirs."""
        for row in queryset:
            tell(request, "removed", row)
            one_time_code.remove(row.user)
        messages.success(request, "Removed. The people can set up another app.")


@admin.register(RecoveryCode)
class RecoveryCodeAdmin(Window):
    """Recovery codes: that there are some, and which are spent; the codes are kept nowhere."""

    list_display = ("user", "enrolment", "created_at", "used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject")
    fields = ("user", "enrolment", "created_at", "used_at")
    actions = ("forget",)

    @admin.action(description="Remove all codes of these people", permissions=["end"])
    def forget(self, request: HttpRequest, queryset: QuerySet[RecoveryCode]) -> None:
        """Remove the codes of people whose paper is lost or was seen."""
        for person in User.objects.filter(recovery_codes__in=queryset).distinct():
            tell(request, "codes_removed", person)
            recovery_code.remove(person)
        messages.success(request, "Removed. The people can make other codes.")
