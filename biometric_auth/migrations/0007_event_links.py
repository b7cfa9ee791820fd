"""The chain of security events. R-9.1-7."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("biometric_auth", "0006_event_macs")]

    operations = [
        migrations.AlterField(
            "securityevent",
            "uuid",
            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            "securityevent", "mac", models.CharField(editable=False, max_length=64)
        ),
        migrations.CreateModel(
            name="EventLink",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("mac", models.CharField(max_length=64)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="link",
                        to="biometric_auth.securityevent",
                    ),
                ),
            ],
        ),
    ]
