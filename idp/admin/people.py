"""People, their passkeys, their apps for one-time codes and their recovery codes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from idp.admin.window import Audited, Window, tell
from idp.authentication import authenticators, one_time_code, recovery, recovery_code, session
from idp.models import OneTimeCodeSecret, PairwiseSubject, Passkey, RecoveryCode, User
from idp.protocol.recovery import Way
from idp.tasks import deliver_soon, send_soon

admin.site.unregister(Group)  # the groups are the roles, and their table is in the code

CLOSING = "is_active"
"""What a role may change of a person: a name or an address would be a way into their account."""


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
    readonly_fields = ("subject", "last_login", "date_joined", "ways", "cooling_off_until")
    actions = ("recover",)
    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}}
    fieldsets = (
        (None, {"fields": ("username", "password", "subject")}),
        ("Claims", {"fields": ("first_name", "last_name", "email", "claims")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Ways to sign in and to recover", {"fields": ("ways", "cooling_off_until")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Leave those who administer to the superuser: a new password would be their role."""
        may: bool = super().has_change_permission(request, obj)
        if obj is None or _is_superuser(request):
            return may
        return may and not (obj.is_staff or obj.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Let superusers alone change whom an account belongs to, and give roles."""
        fields = super().get_readonly_fields(request, obj)
        if _is_superuser(request):
            return fields
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return tuple(name for name in shown if name not in {CLOSING, "password"})

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's signature
        form_url: str = "",
    ) -> HttpResponse:
        """Let superusers alone set a password: whoever knows it could sign in as the person."""
        if not _is_superuser(request):
            raise PermissionDenied
        response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    @admin.display(description="What the account knows of its person")
    def ways(self, person: User) -> str:
        """Return the person's ways, as the recovery rules count them."""
        known = recovery.account(person)
        return ", ".join(way.value.replace("_", " ") for way in Way if way in known) or "nothing"

    @admin.action(description="Send a recovery link", permissions=["change"])
    def recover(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Begin a recovery for people who asked the help desk. R-9.4-9."""
        for person in queryset:
            letter = None
            if person.is_active and not (person.is_staff or person.is_superuser):
                by = request.user.get_username()
                letter = recovery.start(person, by=by, language=settings.LANGUAGE_CODE)
            if letter is None:
                messages.error(
                    request,
                    f"{person}: no link was sent. It takes an open account that does not "
                    "administer, a confirmed address, and not too many links within the hour.",
                )
            else:
                send_soon(letter)
                messages.success(request, f"{person}: the link is on its way.")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Save; a closed account keeps no session and no grant. OIDC.md B9.

        Nobody has confirmed a new address, unless the claims say so in the same form.
        """
        if change and "email" in form.changed_data and form.initial["claims"] == obj.claims:
            obj.claims = obj.claims | {"email_verified": False}
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            deliver_soon(session.end_all(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Take along what is the person's: whoever may delete people asks for nothing else."""
        rows, counts, _others, protected = super().get_deleted_objects(objs, request)
        return rows, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Sign the person out everywhere, so that clients are told, before the rows go. B9, K1."""
        deliver_soon(session.end_all(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Likewise for each of several people."""
        for person in queryset:
            deliver_soon(session.end_all(person))
        super().delete_queryset(request, queryset)


@admin.register(Passkey)
class PasskeyAdmin(Window):
    """Passkeys of people."""

    list_display = ("name", "user", "backup_eligible", "possession", "created_at", "last_used_at")
    list_select_related = ("user",)
    fields = (
        "name",
        "user",
        "aaguid",
        "backup_eligible",
        "backed_up",
        "possession",
        "enrolment",
        "created_at",
    )

    @admin.display(description="possession")
    def possession(self, row: Passkey) -> int:
        """Return its grade, as an assertion would have it now."""
        return authenticators.possession(row)


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
