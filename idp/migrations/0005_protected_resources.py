import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("idp", "0004_grants_of_clients")]

    operations = [
        migrations.CreateModel(
            name="ProtectedResource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifier", models.CharField(max_length=512, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("scope", models.TextField(blank=True)),
                (
                    "access_token_format",
                    models.CharField(
                        blank=True,
                        choices=[("opaque", "Opaque"), ("jwt", "JWT (RFC 9068)")],
                        max_length=8,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="resources",
                        to="idp.client",
                    ),
                ),
            ],
        ),
    ]
