"""Enrolment policies: drafts, what they would change, who agreed. R-9.1-5.

"Add" writes a draft. Somebody else approves it, and it is put into force on its own page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse

from biometric_auth.admin.lists import Listed
from biometric_auth.domain import dual_control
from biometric_auth.domain.errors import BiometricError
from biometric_auth.models import EnrolmentPolicy
from biometric_auth.models.enrolment_policy import CONTENT
from biometric_auth.services import enrolment_policy, policy_drafts

State = EnrolmentPolicy.State
_WORDS = {name: name.replace("_", " ").capitalize() for name in CONTENT}
_STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    State.DRAFT: (("approve", "Approve"), ("withdraw", "Withdraw")),
    State.APPROVED: (("activate", "Put into force"), ("withdraw", "Withdraw")),
    State.SUPERSEDED: (("restore", "Draft this content again"),),
}


@admin.register(EnrolmentPolicy)
class EnrolmentPolicyAdmin(Listed):
    """The rules of enrolment and verification, and how they came into force."""

    list_display = ("version", "state", "created_by", "approved_by", "confirmed_by", "activated_at")
    list_filter = ("state",)
    list_select_related = ("restores",)
    actions = ("approve", "activate", "withdraw", "restore")
    change_form_outer_before_template = "admin/biometric_auth/agreement.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a version is never changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: references name the version they were made under."""
        return False

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Allow those whose agreement counts."""
        return request.user.has_perm("biometric_auth.approve_enrolmentpolicy")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start from the active version."""
        policy = enrolment_policy.usable()
        return model_to_dict(policy) if policy else {}

    def save_model(
        self,
        request: HttpRequest,
        obj: EnrolmentPolicy,
        form: ModelForm[EnrolmentPolicy],
        change: bool,  # noqa: FBT001 - ModelAdmin's signature
    ) -> None:
        """Draft what the form says."""
        made = policy_drafts.draft(values=form.cleaned_data, by=request.user.get_username())
        obj.pk, obj.version, obj.state = made.pk, made.version, made.state
        obj.created_at = made.created_at

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show beside the rules what they would change, who agreed, and what comes next."""
        row = self.get_object(request, object_id)
        agreement = _agreement(row, request) if row else {}
        context = (extra_context or {}) | {"agreement": agreement}
        shown: HttpResponse = super().change_view(request, object_id, form_url, context)
        return shown

    @admin.action(description="Approve", permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[EnrolmentPolicy]) -> None:
        """Add this administrator's approval."""
        self._step(request, queryset, policy_drafts.approve)

    @admin.action(description="Put into force", permissions=["approve"])
    def activate(self, request: HttpRequest, queryset: QuerySet[EnrolmentPolicy]) -> None:
        """Make an approved version the active one."""
        self._step(request, queryset, policy_drafts.activate)

    @admin.action(description="Withdraw", permissions=["add"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[EnrolmentPolicy]) -> None:
        """Give a draft up."""
        self._step(request, queryset, policy_drafts.withdraw)

    @admin.action(description="Draft this content again", permissions=["add"])
    def restore(self, request: HttpRequest, queryset: QuerySet[EnrolmentPolicy]) -> None:
        """Make a draft of an older version's content."""
        self._step(request, queryset, policy_drafts.restore)

    def _step(
        self, request: HttpRequest, rows: QuerySet[EnrolmentPolicy], step: Callable[..., Any]
    ) -> None:
        for row in rows:
            try:
                step(policy_id=row.pk, by=request.user.get_username())
            except BiometricError as error:
                self.message_user(request, f"Version {row.version}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"Version {row.version}: done.", messages.SUCCESS)


def _agreement(row: EnrolmentPolicy, request: HttpRequest) -> dict[str, Any]:
    """Return what a page says about a version: changes, people, next steps."""
    before = _before(row)
    needed = dual_control.approvals_needed(restores=row.restores_id is not None)
    by = request.user.get_username()
    objection = dual_control.objection(author=row.created_by, approvers=row.approvers, by=by)
    steps = [step for step in _STEPS.get(row.state, ()) if step[0] != "approve" or not objection]
    return {
        "before": before,
        "changes": list(dual_control.differences(_rules(before), _rules(row), words=_WORDS))
        if before
        else [],
        "history": _history(row),
        "missing": max(needed - len(row.approvers), 0) if row.state == State.DRAFT else 0,
        "objection": objection if row.state == State.DRAFT else "",
        "holds": enrolment_policy.is_signed(row),
        "steps": steps,
    }


def _rules(row: EnrolmentPolicy) -> dict[str, Any]:
    """Return the rules as they are read: durations in days and hours, not in seconds."""
    return {name: getattr(row, name) for name in CONTENT}


def _before(row: EnrolmentPolicy) -> EnrolmentPolicy | None:
    """Return the version that `row` replaces, would replace or replaced."""
    in_force = EnrolmentPolicy.objects.filter(state__in=(State.ACTIVE, State.SUPERSEDED))
    return in_force.filter(version__lt=row.version).order_by("-version").first()


def _history(row: EnrolmentPolicy) -> list[str]:
    said = [f"Drafted by {row.created_by} on {row.created_at:%d %B %Y at %H:%M} UTC."]
    if row.restores:
        said.append(f"Takes up the content of version {row.restores.version} again.")
    said += [f"Approved by {name}." for name in row.approvers]
    if row.activated_at:
        said.append(
            f"Put into force by {row.activated_by} on {row.activated_at:%d %B %Y at %H:%M} UTC."
        )
    return said
