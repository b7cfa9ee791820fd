"""Sign the versions that were published before two people had to agree. R-9.1-5."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from biometric_auth.models import EnrolmentPolicy
from biometric_auth.models.enrolment_policy import CONTENT
from biometric_auth.services import enrolment_policy

EARLIER = "nobody (published before approvals)"


def sign(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every row its state and a signature over what it says now."""
    rows: Any = apps.get_model("biometric_auth", "EnrolmentPolicy").objects
    for row in rows.using(schema_editor.connection.alias).all():
        row.state = "active" if row.is_active else "superseded"
        row.activated_at, row.activated_by = row.created_at, row.created_by
        row.approved_by = EARLIER if row.version > 1 else ""
        content = {name: getattr(row, name) for name in CONTENT}
        today = EnrolmentPolicy(
            version=row.version,
            created_by=row.created_by,
            approved_by=row.approved_by,
            **content,
        )
        row.signature = enrolment_policy.sign(today)
        row.save()


def unsign(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Say by the earlier column which version is active."""
    rows: Any = apps.get_model("biometric_auth", "EnrolmentPolicy").objects
    rows.using(schema_editor.connection.alias).filter(state="active").update(is_active=True)


class Migration(migrations.Migration):
    dependencies = [("biometric_auth", "0002_policy_drafts")]

    operations = [migrations.RunPython(sign, unsign)]
