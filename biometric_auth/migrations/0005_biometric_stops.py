"""The switch, and what it names: the client of a transaction, the model of a device. R-9.1-6."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("biometric_auth", "0004_policies_are_agreed"),
    ]

    operations = [
        migrations.AddField(
            model_name="device",
            name="model",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="transaction",
            name="client_id",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.CreateModel(
            name="BiometricStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "All"),
                            ("client", "Client"),
                            ("engine", "Engine"),
                            ("device_model", "Device Model"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        blank=True,
                        help_text="The client's identifier, the engine's name with version, or the AAGUID of the device's model; empty for all.",
                        max_length=120,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("stopped_at", models.DateTimeField(editable=False)),
                ("stopped_by", models.CharField(editable=False, max_length=150)),
                ("resumed_at", models.DateTimeField(editable=False, null=True)),
                ("resumed_by", models.CharField(blank=True, editable=False, max_length=150)),
            ],
            options={
                "ordering": ("-stopped_at",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resumed_at", None)),
                        fields=("scope", "value"),
                        name="one_stop_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope", "all"), ("value", "")),
                            models.Q(
                                models.Q(("scope", "all"), _negated=True),
                                models.Q(("value", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stop_names_what_it_stops",
                    ),
                ],
            },
        ),
    ]
