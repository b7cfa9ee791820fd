"""By what a reference's features are protected beneath the seal. R-9.2-13."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("biometric_auth", "0008_running_rates")]

    operations = [
        migrations.AddField(
            "biometricreference",
            "protection",
            models.CharField(default="sealed/1", max_length=40),
        ),
    ]
