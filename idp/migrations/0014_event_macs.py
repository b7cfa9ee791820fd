"""Give every event an identifier and a MAC over what it says from today on. R-9.1-7."""

import uuid
from typing import Any

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from idp.models import security_event
from idp.protocol import event_chain


def fix(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Compute what the rows of before lack. Nobody can tell what happened to them until now."""
    rows: Any = apps.get_model("idp", "SecurityEvent").objects
    for row in rows.using(schema_editor.connection.alias).iterator():
        row.uuid = uuid.uuid4()
        content = {
            "uuid": str(row.uuid),
            "at": row.at.isoformat(),
            "kind": row.kind,
            "subject": row.subject,
            "client": row.client_id,
            "details": row.details,
        }
        row.mac = event_chain.event_mac(security_event.keys()[0], content)
        row.save(update_fields=["uuid", "mac"])


class Migration(migrations.Migration):
    dependencies = [("idp", "0013_evidence_records")]

    operations = [
        migrations.AddField("securityevent", "uuid", models.UUIDField(null=True)),
        migrations.AddField("securityevent", "mac", models.CharField(max_length=64, default="")),
        migrations.AlterField(
            "securityevent",
            "at",
            models.DateTimeField(db_index=True, default=django.utils.timezone.now),
        ),
        migrations.RunPython(fix, migrations.RunPython.noop),
    ]
