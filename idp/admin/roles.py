"""Roles of the people who administer, as groups: what each may see, make, change and run. R-9.4-3.

The table is the truth: every `migrate` sets the groups to it. An action that works on rows that
nobody edits (ending a session, revoking a reference) asks for "change". The administrator is the
superuser, who alone gives roles.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import router

SECURITY_OFFICER = "security officer"
ENROLMENT_OFFICER = "enrolment officer"
AUDITOR = "auditor"
HELP_DESK = "help desk"
ROLES = (SECURITY_OFFICER, ENROLMENT_OFFICER, AUDITOR, HELP_DESK)

# Model: what the security officer, the enrolment officer, the auditor and the help desk may.
_TABLE: dict[str, tuple[str, str, str, str]] = {
    "idp.acralias": ("view add change delete", "", "view", ""),
    "idp.assuranceprofile": ("view add approve", "", "view", ""),
    "idp.authenticatormodel": ("view", "", "view", ""),
    "idp.client": ("view add change export", "", "view export", ""),
    "idp.consent": ("view change export", "", "view export", "view change"),
    "idp.grant": ("view change export", "", "view export", "view change"),
    "idp.clientchange": ("view approve", "", "view", ""),
    "idp.initialaccesstoken": ("view add change", "", "view", ""),
    "idp.letter": ("view", "", "view", "view"),
    "idp.logoutnotice": ("view", "", "view", ""),
    "idp.onetimecodesecret": ("view change", "", "view", "view"),
    "idp.pairwisesubject": ("view", "", "view", ""),
    "idp.passkey": ("view", "", "view", "view"),
    "idp.protectedresource": ("view add change", "", "view", ""),
    "idp.recovery": ("view change", "", "view", "view change"),
    "idp.recoverycode": ("view change", "", "view", "view"),
    "idp.riskrecord": ("view add approve", "", "view", ""),
    "idp.scoperequirement": ("view add change delete", "", "view", ""),
    "idp.securityevent": ("view export", "", "view export", ""),
    "idp.session": ("view change", "", "view", "view change"),
    "idp.signingkey": ("view", "", "view", ""),
    "idp.user": ("view", "view", "view", "view change"),
    "biometric_auth.biometricreference": (
        "view change export",
        "view change",
        "view export",
        "view",
    ),
    "biometric_auth.biometricstop": ("view add change", "view", "view", "view"),
    "biometric_auth.consentreceipt": ("view export", "view", "view export", ""),
    "biometric_auth.device": ("view change export", "view change", "view export", "view"),
    "biometric_auth.enrolmentpolicy": ("view add approve", "view add", "view", ""),
    "biometric_auth.retrylimit": ("view", "view change", "view", "view change"),
    "biometric_auth.securityevent": ("view export", "", "view export", ""),
    "biometric_auth.transaction": ("view export", "view", "view export", ""),
    "biometric_auth.verificationrecord": ("view watch export", "view", "view watch export", ""),
}

APPS = tuple(dict.fromkeys(name.split(".")[0] for name in _TABLE))


def permissions_of(role: str) -> frozenset[str]:
    """Return the permissions of a role, as `app.verb_model`."""
    column = ROLES.index(role)
    return frozenset(
        f"{app}.{verb}_{model}"
        for (app, model), cells in ((name.split("."), cells) for name, cells in _TABLE.items())
        for verb in cells[column].split()
    )


def _make_export_permissions(using: str) -> None:
    """Make the permissions to export, which Django makes for no model by itself."""
    exported = {name for name, cells in _TABLE.items() if "export" in " ".join(cells).split()}
    Permission.objects.using(using).bulk_create(
        (
            Permission(
                content_type=kind,
                codename=f"export_{kind.model}",
                name=f"Can export {kind.name}"[:255],
            )
            for kind in ContentType.objects.using(using).filter(app_label__in=APPS)
            if f"{kind.app_label}.{kind.model}" in exported
        ),
        ignore_conflicts=True,
    )


def set_up(using: str, **_signal: Any) -> None:
    """Make the groups and give each what the table says, no more.

    Permissions of both databases' tables live beside the people, in the default one. They come
    into being application by application: what is not there yet follows with its own.
    """
    if not router.allow_migrate_model(using, Group):
        return
    _make_export_permissions(using)
    known = {
        f"{one.content_type.app_label}.{one.codename}": one
        for one in Permission.objects.using(using).select_related("content_type")
    }
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set(known[name] for name in permissions_of(role) & known.keys())
