"""Risk records: who weighed what, until when, and the record as an auditor takes it. R-5.1-1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.admin.agreed import Agreed, carry_out
from idp.authentication import profiles, risk_records
from idp.authentication.risk_records import RecordError
from idp.models import RiskRecord
from idp.protocol import dual_control

State = RiskRecord.State


@admin.register(RiskRecord)
class RiskRecordAdmin(Agreed):
    """What was weighed before people came in. "Add" writes a draft; somebody else approves it."""

    list_display = (
        "__str__",
        "state",
        "target_level",
        "created_by",
        "approved_by",
        "review_on",
    )
    list_filter = ("state",)
    actions = ("approve", "withdraw", "export")

    def save_model(
        self,
        request: HttpRequest,
        obj: RiskRecord,
        form: ModelForm[RiskRecord],
        change: bool,  # noqa: FBT001 - ModelAdmin's signature
    ) -> None:
        """Keep what the form says, as a draft."""
        risk_records.draft(obj, by=request.user.get_username())

    def about(self, request: HttpRequest, row: RiskRecord) -> dict[str, Any]:
        """Return who agreed, and what comes next."""
        return {"agreement": _agreement(row, request.user.get_username())}

    @admin.action(description="Approve and put into force", permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[RiskRecord]) -> None:
        """Put a draft into force."""
        self._step(request, queryset, risk_records.approve)

    @admin.action(description="Withdraw", permissions=["add"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[RiskRecord]) -> None:
        """Give a draft up."""
        self._step(request, queryset, risk_records.withdraw)

    @admin.action(description="Export as JSON", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[RiskRecord]) -> HttpResponse:
        """Return the records as they were signed."""
        del request
        said = [
            row.statement
            | {
                "record": row.pk,
                "state": row.state,
                "approved_at": row.approved_at and row.approved_at.isoformat(),
                "signature": row.signature,
                "signature_holds": risk_records.is_signed(row),
            }
            for row in queryset
        ]
        response = JsonResponse({"risk_records": said}, json_dumps_params={"indent": 2})
        response["Content-Disposition"] = 'attachment; filename="risk-records.json"'
        return response

    def _step(
        self, request: HttpRequest, rows: QuerySet[RiskRecord], step: Callable[..., None]
    ) -> None:
        carry_out(
            self,
            request,
            rows,
            lambda key, by: step(record_id=key, by=by),
            refusal=RecordError,
        )


def _agreement(row: RiskRecord, by: str) -> dict[str, Any]:
    drafted = row.state == State.DRAFT
    objection = dual_control.objection(author=row.created_by, approvers=(), by=by)
    missing = risk_records.not_weighed(row, profiles.in_force().policy)
    history = [f"Written by {row.created_by} on {row.created_at:%d %B %Y}."]
    if row.approved_at:
        history.append(f"Approved by {row.approved_by} on {row.approved_at:%d %B %Y}.")
    steps = [("approve", "Approve and put into force")] if drafted and not objection else []
    steps += [("withdraw", "Withdraw")] if drafted else []
    return {
        "title": "Who agreed",
        "warnings": [
            f"The assurance profile counts {one}, which is not accepted here." for one in missing
        ],
        "history": history,
        "missing": 1 if drafted else 0,
        "objection": objection if drafted else "",
        "holds": risk_records.is_signed(row),
        "steps": [*steps, ("export", "Export as JSON")],
    }
