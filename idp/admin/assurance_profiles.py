"""Assurance profiles: drafts, what they would change, who agreed. R-9.1-5; ASSURANCE.md.

"Add" writes a draft. Its page tries it on the last authentications before anybody approves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from idp.admin.agreed import Agreed, carry_out
from idp.authentication import histories, profile_drafts, profiles
from idp.authentication.profile_drafts import ProfileError
from idp.models import AssuranceProfile
from idp.protocol import dual_control, what_if

State = AssuranceProfile.State
_STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    State.DRAFT: (("approve", "Approve"), ("withdraw", "Withdraw")),
    State.APPROVED: (("activate", "Put into force"), ("withdraw", "Withdraw")),
    State.SUPERSEDED: (("restore", "Draft these rules again"),),
}
_WORDS = {
    "accept_self_tested_pad": "Attack detection that only we have tested",
    "accept_browser_capture": "A camera in a browser",
}


@admin.register(AssuranceProfile)
class AssuranceProfileAdmin(Agreed):
    """What counts as evidence here, and how it came into force."""

    list_display = (
        "version",
        "name",
        "state",
        "created_by",
        "approved_by",
        "confirmed_by",
        "activated_at",
    )
    list_filter = ("state",)
    list_select_related = ("restores",)
    actions = ("approve", "activate", "withdraw", "restore")

    def save_model(
        self,
        request: HttpRequest,
        obj: AssuranceProfile,
        form: ModelForm[AssuranceProfile],
        change: bool,  # noqa: FBT001 - ModelAdmin's signature
    ) -> None:
        """Draft what the form says."""
        made = profile_drafts.draft(
            policy=obj.policy, reason=obj.reason, by=request.user.get_username()
        )
        obj.pk, obj.version, obj.created_at = made.pk, made.version, made.created_at

    def about(self, request: HttpRequest, row: AssuranceProfile) -> dict[str, Any]:
        """Return what the version would change, who agreed, and what comes next."""
        return {"agreement": _agreement(row, request)}

    @admin.action(description="Approve", permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[AssuranceProfile]) -> None:
        """Add this administrator's approval."""
        self._step(request, queryset, profile_drafts.approve)

    @admin.action(description="Put into force", permissions=["approve"])
    def activate(self, request: HttpRequest, queryset: QuerySet[AssuranceProfile]) -> None:
        """Make an approved version the active one."""
        self._step(request, queryset, profile_drafts.activate)

    @admin.action(description="Withdraw", permissions=["add"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[AssuranceProfile]) -> None:
        """Give a draft up."""
        self._step(request, queryset, profile_drafts.withdraw)

    @admin.action(description="Draft these rules again", permissions=["add"])
    def restore(self, request: HttpRequest, queryset: QuerySet[AssuranceProfile]) -> None:
        """Make a draft of an older version's rules."""
        for row in queryset:
            reason = f"As in version {row.version}: {row.reason}"
            profile_drafts.draft(policy=row.policy, reason=reason, by=request.user.get_username())
            self.message_user(request, f"Version {row.version} is drafted again.")

    def _step(
        self, request: HttpRequest, rows: QuerySet[AssuranceProfile], step: Callable[..., Any]
    ) -> None:
        carry_out(
            self,
            request,
            rows,
            lambda key, by: step(profile_id=key, by=by),
            refusal=ProfileError,
            called=lambda row: f"Version {row.version}",
        )


def _agreement(row: AssuranceProfile, request: HttpRequest) -> dict[str, Any]:
    """Return what a page says about a version: changes, people, next steps."""
    needed = dual_control.approvals_needed(restores=row.restores_id is not None)
    by, drafted = request.user.get_username(), row.state == State.DRAFT
    objection = dual_control.objection(author=row.created_by, approvers=row.approvers, by=by)
    before = AssuranceProfile.objects.been_in_force().filter(version__lt=row.version).first()
    waiting = row.state in (State.DRAFT, State.APPROVED)
    return {
        "before": before,
        "changes": _changes(before, row) if before else [],
        "what_if": what_if.sentences(histories.try_out(row.policy)) if waiting else [],
        "history": _history(row),
        "missing": max(needed - len(row.approvers), 0) if drafted else 0,
        "objection": objection if drafted else "",
        "holds": profiles.is_signed(row),
        "steps": [one for one in _STEPS.get(row.state, ()) if one[0] != "approve" or not objection],
    }


def _changes(before: AssuranceProfile, row: AssuranceProfile) -> list[str]:
    return [
        f"{words} {'begins to count' if getattr(row, name) else 'counts no more'}."
        for name, words in _WORDS.items()
        if getattr(row, name) != getattr(before, name)
    ]


def _history(row: AssuranceProfile) -> list[str]:
    said = [f"Drafted by {row.created_by} on {row.created_at:%d %B %Y at %H:%M} UTC."]
    if row.restores:
        said.append(f"Takes up the rules of version {row.restores.version} again.")
    said += [f"Approved by {name}." for name in row.approvers]
    if row.activated_at:
        said.append(
            f"Put into force by {row.activated_by} on {row.activated_at:%d %B %Y at %H:%M} UTC."
        )
    return said
