"""People and their passkeys."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from idp.admin.window import Audited, Window
from idp.models import PairwiseSubject, Passkey, User

admin.site.unregister(Group)  # nothing here is granted by groups


@admin.register(User)
class PersonAdmin(DjangoUserAdmin, Audited):  # type: ignore[type-arg]
    """People."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff")
    readonly_fields = ("subject", "last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "subject")}),
        ("Claims", {"fields": ("first_name", "last_name", "email", "claims")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )


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
